"""The figures of agents by recorded payloads, for packs that are installed for the hook in a folder of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.conform.payloads.passes import make_pass
from packgate.conform.payloads.tally import figures
from packgate.conform.payloads.templates import NAMES
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packgate.conform.setup import InstalledHook
    from packgate.render.subject import Subject


def check_names(targets: Sequence[str]) -> None:
    """Raises `UserError` for an agent without recorded payloads."""
    unknown = [name for name in targets if name not in NAMES]
    if unknown:
        raise UserError(f"no payloads of '{unknown[0]}' were recorded", "agents with recorded payloads are " + ", ".join(NAMES))


def ask(
    subject: Subject, hook: InstalledHook, targets: Sequence[str], extent: str, jobs: int, now: str,
    tick: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """The figures by agent: of ``targets``, or of all where none is named. ``now``: RFC 3339; ``tick``: see `passes.Pass.run`."""
    tallies = make_pass(subject.cases, subject.gate, hook, targets or NAMES, extent, now).run(jobs, tick)
    return {agent: figures(agent, tally) for agent, tally in tallies.items()}
