"""Open what a bundle is to be built from: a pack's folder, or the pack at the commit of its release."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from packgate.errors import UserError
from packgate.lint.runner import lint
from packgate.lint.targets import open_targets
from packgate.source.files import join
from packgate.source.result import has_errors
from packgate.source.workspace import find_root, load_workspace, pack_names
from packgate.testing.suite import Selection, make_suite

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packgate.diagnostics import Diagnostic
    from packgate.source.cache import ValidationCache
    from packgate.source.result import LoadResult
    from packgate.source.workspace import Workspace


@dataclass(slots=True)
class Opened:
    """A pack with the repository around it. ``findings``: what keeps it from being built, errors only; none when it can be."""

    space: Workspace
    result: LoadResult | None
    findings: list[Diagnostic]


def pack_folder(folder: Path, name: str | None) -> Path:
    """The folder of a pack: the folder itself, else the named pack of its packs/, else its only one. Raises `UserError`."""
    if (folder / "pack.yaml").is_file():
        if name not in (None, folder.resolve().name):
            raise UserError(f"{folder} is one pack, '{folder.resolve().name}', not '{name}'")
        return folder
    names = pack_names(str(folder / "packs"))
    if name is None and len(names) == 1:
        name = names[0]
    if name is None and names:
        raise UserError(f"{folder} has several packs", "name one with --pack: " + ", ".join(names))
    if name not in names:
        raise UserError(f"{folder}: there is no pack" + (f" '{name}' in its packs/" if name else " here"))
    return folder / "packs" / str(name)


def open_pack(folder: Path, today: str, cache: ValidationCache | None = None) -> Opened:
    """Load, lint and test a pack. ``today``: the day that waivers are held against, the release's own."""
    root = find_root(str(folder))
    path = str(folder) if os.sep in str(folder) else os.path.join(os.curdir, str(folder))
    space = load_workspace(None if root is None else os.path.relpath(root), [path], cache=cache)
    result = space.results[0] if space.results else None
    found = _errors(space.diagnostics)
    if not found:
        found = _errors(_lint(path, today, cache))
    if not found:
        found = _errors(make_suite(space, Selection(), cache=cache).run().diagnostics)
    return Opened(space, result if result is not None and not has_errors(found) else None, found)


def shown_from(findings: Iterable[Diagnostic], folder: Path, shown: str) -> list[Diagnostic]:
    """Findings with their files as the reader knows them: not where a commit was unpacked to."""
    base = os.path.realpath(folder)
    return [
        replace(found, position=replace(
            found.position, file=join(shown, os.path.relpath(os.path.realpath(found.position.file), base)),
        )) for found in findings
    ]


def _lint(path: str, today: str, cache: ValidationCache | None) -> list[Diagnostic]:
    targets = open_targets([path], today=today, cache=cache, default_pack=path)
    return [found for target in targets for found in target.reported([*target.diagnostics, *lint(target.context)])]


def _errors(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [found for found in findings if has_errors([found])]
