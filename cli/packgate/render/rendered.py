"""Render targets: plan and files, from a subject and options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.render.candidates import find_candidates
from packgate.render.plan import make_plan
from packgate.render.targets import find_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packgate.render.candidates import Candidates
    from packgate.render.options import Settings
    from packgate.render.plan import Plan
    from packgate.render.subject import Subject


@dataclass(frozen=True, slots=True)
class Rendered:
    """A target. ``files``: bytes by path, relative to the target's folder, sorted."""

    plan: Plan
    files: Mapping[str, bytes]


def render(subject: Subject, targets: Iterable[str], settings: Settings) -> dict[str, Rendered]:
    """Render targets, by name. Raises `UserError` for a target that there is not and for options that it can't take."""
    judged: dict[str, Candidates] = {}
    found = {}
    for name in sorted(set(targets)):
        target, options = find_target(name), settings.of(name)
        if options.programs not in judged:
            judged[options.programs] = find_candidates(subject, options.programs)
        plan = make_plan(target, options, judged[options.programs])
        files = target.files(plan)
        found[name] = Rendered(plan, {path: files[path] for path in sorted(files)})
    return found


def all_files(rendered: Mapping[str, Rendered]) -> dict[str, bytes]:
    """All files by their path with the target's folder in front: `claude-code/managed-settings.d/20-packgate.json`."""
    return {f"{name}/{path}": data for name, each in sorted(rendered.items()) for path, data in each.files.items()}
