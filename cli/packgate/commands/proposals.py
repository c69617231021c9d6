"""What a simulation compares: the policies that hold at present, and those that are proposed, by what the arguments name."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packgate.commands.open_sides import Opener
from packgate.commands.shared import open_cache
from packgate.errors import UserError
from packgate.impact.simulation.pair import Policies, policies_of
from packgate.model.policy import Assignment, Rollout

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import ExitStack

    from packgate.diagnostics import Diagnostic
    from packgate.impact.sides import Side
    from packgate.model.policy import Pack
    from packgate.source.workspace import Workspace

NOTHING = "nothing"


class Broken(Exception):
    """Policies that are to be compared have errors."""

    def __init__(self, findings: Sequence[Diagnostic]) -> None:
        super().__init__("packs have errors")
        self.findings = list(findings)


def open_proposal(stack: ExitStack, target: str | None, against: str | None, stage: str | None) -> tuple[Policies, Policies]:
    """The policies before and after.

    ``target``: a level, a pack (by name or folder), a policy repository's folder, a bundle or a commit; None for the working tree.
    ``against``: what holds at present, by default what is committed. ``stage``: of a pack that is named (default: block), else of all that
    is proposed. Raises `Broken`, and `UserError` for what is nothing of all that.
    """
    opener = Opener(stack, ())
    present = _present(opener, against)
    before = policies_of(NOTHING, _empty()) if present is None else _sound(present)
    if target is None:
        after = replace(_sound(opener.working_tree()), stage=stage)
    elif _is_level(target):
        after = replace(_level(stack, opener, against, target), stage=stage)
    else:
        pack = _pack_folder(target)
        after = replace(_sound(_named(opener, target)), stage=stage) if pack is None else _with_pack(before, pack, stage or "block")
    return before, after


def _named(opener: Opener, target: str) -> Side:
    """A folder, a bundle or a commit. Raises `UserError` that names all that it could have been."""
    if os.path.exists(target) or opener.repository().knows(target):
        return opener.named(target)
    from packgate.level.levels import NAMES
    from packgate.source.suggest import did_you_mean

    try:
        opener.repository().commit(target)
    except UserError as error:
        hint = error.hint or did_you_mean(target, (*NAMES, *_pack_names()))
    raise UserError(f"'{target}' is no pack, level, branch, tag, commit, folder or bundle", hint)


def _pack_names() -> list[str]:
    from packgate.resources import packs_folder
    from packgate.source.workspace import find_root, pack_names

    root = find_root(".")
    return [*(pack_names(os.path.join(root, "packs")) if root is not None else []), *pack_names(packs_folder())]


def _present(opener: Opener, against: str | None) -> Side | None:
    """What holds at present; None where nothing does: outside of a repository, or before the first commit."""
    if against is not None:
        return opener.named(against)
    commit = _head(opener)
    return None if commit is None else opener.commit(commit, "HEAD")


def _head(opener: Opener) -> str | None:
    from packgate.source.workspace import find_root

    if find_root(".") is None:
        return None
    try:
        repository = opener.repository()
    except UserError as error:
        if error.message.endswith("not inside a git repository"):
            return None
        raise
    return repository.commit("HEAD") if repository.knows("HEAD") else None


def _sound(side: Side) -> Policies:
    if side.findings:
        raise Broken(side.findings)
    return policies_of(side.label, side.space)


def _empty() -> Workspace:
    from packgate.source.workspace import load_workspace

    return load_workspace(None, [])


def _is_level(name: str) -> bool:
    from packgate.level.levels import NAMES

    return name in NAMES and not os.path.isdir(name)


def _level(stack: ExitStack, opener: Opener, against: str | None, name: str) -> Policies:
    """What holds at present, with a level applied to it."""
    from packgate.level.levels import level_named
    from packgate.level.planning import folder_state, planned
    from packgate.level.simulating import write_with

    if against is not None and os.path.isdir(against):
        root = Path(against)
    else:
        root = Path(stack.enter_context(TemporaryDirectory(prefix="packgate-commit-")))
        commit = opener.repository().commit(against) if against is not None else _head(opener)
        if commit is not None:
            from packgate.source.files import YAML
            from packgate.source.workspace import find_root

            repository = opener.repository()
            repository.export(commit, repository.prefix(find_root(".") or repository.root), root, YAML)
    target = Path(stack.enter_context(TemporaryDirectory(prefix="packgate-level-")), "head")
    write_with(root, planned(folder_state(str(root)), level_named(name)), target)
    return _sound(opener.folder(f"level {name}", target, "."))


def _pack_folder(target: str) -> str | None:
    """The folder of a pack: of one that is named, in the repository or carried by packgate, or of a path; None for anything else."""
    from packgate.resources import packs_folder
    from packgate.source.workspace import find_root

    if os.sep in target or target in (".", ".."):
        return target if os.path.isfile(os.path.join(target, "pack.yaml")) else None
    root = find_root(".")
    places = ([os.path.join(os.path.relpath(root), "packs")] if root is not None else []) + [packs_folder()]
    return next((os.path.join(place, target) for place in places if os.path.isfile(os.path.join(place, target, "pack.yaml"))), None)


def _with_pack(present: Policies, folder: str, stage: str) -> Policies:
    """What holds at present, with one pack at a stage for everybody in place of the one of its name."""
    from packgate.source.workspace import find_root, load_workspace

    root = find_root(".")
    space = load_workspace(None if root is None else os.path.relpath(root), [folder], cache=open_cache())
    if not space.ok:
        raise Broken(space.diagnostics)
    # Loaded for this alone.
    pack: Pack = space.packs[0]
    pack.rollout = Rollout(stage)
    others = tuple(each for each in present.packs if each.name != pack.name)
    vocabulary = present.vocabulary.extended(space.vocabulary.families.values(), space.vocabulary.fields.values())
    return replace(
        present, label=f"pack {pack.name} at {stage}", packs=(*others, pack), vocabulary=vocabulary,
        lists={**present.lists, **space.lists}, assigned=(Assignment(pack.name, stage), *present.assigned),
    )
