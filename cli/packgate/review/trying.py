"""Edits of a policy repository, tried on a copy before anything is written."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packgate.engine.assignments import Assignments
from packgate.engine.gate import build_gate
from packgate.errors import UserError
from packgate.model.action import ActionError, parse_action
from packgate.source.workspace import load_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from packgate.engine.gate import Gate
    from packgate.model.decision import Decision
    from packgate.source.cache import ValidationCache
    from packgate.source.result import LoadResult
    from packgate.source.workspace import Workspace

# What policies are made of.
_FOLDERS, _FILES = ("packs", "context"), ("packgate.yaml", "assignments.yaml")


@contextmanager
def copied(root: Path, texts: Mapping[Path, str]) -> Iterator[Path]:
    """A copy of a policy repository's packs, settings and context in which files have other texts."""
    with TemporaryDirectory(prefix="packgate-review-") as place:
        copy = Path(place)
        for name in _FOLDERS:
            if (root / name).is_dir():
                shutil.copytree(root / name, copy / name)
        for name in _FILES:
            if (root / name).is_file():
                shutil.copyfile(root / name, copy / name)
        for path, text in texts.items():
            target = copy / os.path.relpath(path, root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
        yield copy


@contextmanager
def tried(root: Path, texts: Mapping[Path, str], cache: ValidationCache | None = None) -> Iterator[Workspace]:
    """A copy of a policy repository in which files have other texts, loaded. Raises `UserError` when it has errors then."""
    with copied(root, texts) as copy:
        space = load_workspace(str(copy), cache=cache)
        if not space.ok:
            first = next(each for each in space.diagnostics if each.severity.value == "error")
            raise UserError(f"{os.path.relpath(first.position.file, copy)}:{first.position.line}: {first.message}", "nothing was written")
        yield space


def gate_of(space: Workspace) -> Gate:
    """The gate of a workspace, with its assignments."""
    assignments = Assignments(space.assigned, space.lists, space.stage)
    return build_gate(space.packs, space.vocabulary, lists=space.lists, assignments=assignments, surroundings=space.surroundings)


def decided(gate: Gate, example: dict[str, Any], now: str) -> Decision:
    """The decision on an example at stage block. Raises `UserError` for one that can't be decided."""
    try:
        return gate.decide(parse_action(example), stage="block", now=now)
    except ActionError as error:
        raise UserError(f"the cluster's example can't be decided: {error}") from error


def pack_named(space: Workspace, name: str, root: str) -> LoadResult:
    """A pack of the repository itself. Raises `UserError` for one that it does not have or only extends."""
    for result in space.results:
        if result.pack is not None and result.pack.name == name:
            if os.path.relpath(os.path.realpath(result.path), os.path.realpath(root)).startswith(".."):
                raise UserError(f"the pack '{name}' is not one of this repository's", "extend it with a pack of your own")
            return result
    raise UserError(f"this repository has no pack '{name}'", "simulate a pack of your own that extends it")
