"""One side of a comparison: the packs of a folder, ready to be read and to decide."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from packgate.engine.gate import build_gate
from packgate.source.workspace import load_workspace
from packgate.testing.cases import collect
from packgate.testing.corpus import load_corpora

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from packgate.diagnostics import Diagnostic, Position
    from packgate.engine.gate import Gate
    from packgate.model.policy import Pack, Policy
    from packgate.source.cache import ValidationCache
    from packgate.source.result import LoadResult
    from packgate.source.workspace import Workspace


@dataclass(slots=True)
class PackSide:
    """A pack as one side has it. ``types``: the type of every field; ``lists``: those of the context. ``folder`` is where the side was
    loaded from, ``prefix`` what stands for it in what is shown."""

    pack: Pack
    result: LoadResult
    types: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    gate: Gate
    folder: str
    prefix: str
    policies: dict[str, Policy] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The pack's name."""
        return self.pack.name

    def shown(self, position: Position) -> Position:
        """A position with its file as the reader knows it: not where a commit was unpacked to."""
        return replace(position, file=os.path.normpath(os.path.join(self.prefix, os.path.relpath(position.file, self.folder))))


@dataclass(slots=True)
class Tried:
    """An action that both sides decide. ``source`` says what it is: ``case``, ``benign``, ``attack``, ``event``, ``imported``; ``name``
    which. ``unreplayable``: why there is no action, of something that was recorded but can't be decided again."""

    source: str
    name: str
    action: dict[str, Any]
    unreplayable: str | None = None


@dataclass(slots=True)
class Side:
    """Everything of one side. ``label`` is what the reader called it; packs are by name."""

    label: str
    space: Workspace
    packs: dict[str, PackSide]
    tried: list[Tried]
    findings: list[Diagnostic]


def open_side(label: str, folder: Path, names: Sequence[str], prefix: str = "", cache: ValidationCache | None = None) -> Side:
    """Load the packs of a folder: a policy repository, or one pack. ``names``: only these packs; ``prefix``: what stands for the
    folder in what is shown.

    Findings are those of the files; a side with errors has no packs.
    """
    alone = (folder / "pack.yaml").is_file()
    space = load_workspace(None, [str(folder)], cache=cache) if alone else load_workspace(str(folder), cache=cache)
    return side_of(label, space, folder, names, prefix, cache)


def side_of(
    label: str, space: Workspace, folder: Path, names: Sequence[str], prefix: str = "", cache: ValidationCache | None = None
) -> Side:
    """A side of what was loaded from a folder already; see `open_side`."""
    if not space.ok:
        return Side(label, space, {}, [], space.diagnostics)
    types = {name: each.type for name, each in space.vocabulary.fields.items()}
    packs: dict[str, PackSide] = {}
    for result in space.results:
        pack = result.pack
        if pack is None or (names and pack.name not in names):
            continue
        gate = build_gate([pack], result.vocabulary, lists=space.lists, surroundings=space.surroundings)
        packs[pack.name] = PackSide(pack, result, types, space.lists, gate, str(folder), prefix)
        packs[pack.name].policies = {policy.id: policy for policy in pack.policies}
    tried, findings = _tried(space, packs, folder if space.root else None, cache)
    return Side(label, space, packs, tried, findings)


def _tried(
    space: Workspace, packs: Mapping[str, PackSide], root: Path | None, cache: ValidationCache | None
) -> tuple[list[Tried], list[Diagnostic]]:
    """The actions of the packs' cases and of the corpora."""
    cases = collect(side.result for side in packs.values())
    tried = [Tried("case", case.name, case.action) for case in cases if case.action is not None]
    if root is None or not (root / "testcases").is_dir():
        return tried, []
    corpora, findings = load_corpora(root / "testcases", cache)
    tried += [Tried(case.polarity, case.corpus + case.place.removeprefix("/cases"), case.action) for case in corpora]
    return tried, findings
