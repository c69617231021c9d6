"""A change of level as a commit that is on no branch yet: what it changes, and the record that it carries."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packgate.errors import UserError
from packgate.gitio.writing import Differences, Entry
from packgate.level.levels import level_named
from packgate.level.planning import ASSIGNMENTS, SETTINGS, State, planned
from packgate.level.record import APPLY, UNDO, Record, audit_id, changes_digest, find, message, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.gitio.writing import WritableRepository

_NEW_FILE = "100644"


class Conflicts(Exception):
    """Files that a later commit changed, so that an undo would take back more than it should."""

    def __init__(self, paths: list[str], audit: str) -> None:
        super().__init__(f"{len(paths)} files have changed since {audit}")
        self.paths = paths
        self.audit = audit


@dataclass(frozen=True, slots=True)
class Change:
    """A commit that waits to be the head. ``parent`` is the commit that it stands on."""

    commit: str
    parent: str
    record: Record
    differences: Differences


def state_of(repository: WritableRepository, prefix: str, ref: str = "HEAD") -> State:
    """The committed state of the policy repository in a folder of a git repository."""
    start = f"{prefix}/" if prefix else ""
    entries = {path.removeprefix(start): entry for path, entry in repository.entries(repository.commit(ref), prefix).items()}
    kept = {path: entry for path, entry in entries.items() if path.startswith("packs/") or path in (ASSIGNMENTS, SETTINGS)}
    ours = {each.record.level for each in records(repository, ref) if each.record.level}
    return State(frozenset(kept), lambda path: repository.content(kept[path]), tuple(sorted(ours)))


def change_to(repository: WritableRepository, prefix: str, level: str, override: str, now: str) -> Change:
    """The commit that applies a level. Raises `UserError` when it holds already, or can't be written."""
    _check_ready(repository)
    wanted = level_named(level)
    state = state_of(repository, prefix)
    start = f"{prefix}/" if prefix else ""
    contents = {start + path: data for path, data in planned(state, wanted).items()}
    if not contents:
        raise UserError(f"the level {level} is what holds, unchanged")
    parent = repository.commit("HEAD")
    before = repository.entries(parent, prefix)
    blobs = repository.store({path: data for path, data in contents.items() if data is not None})
    after = {path: _entry(path, blobs, before) if data is not None else None for path, data in contents.items()}
    record = Record(APPLY, level, state.level(), repository.identity(), now, override, "", 0)
    return _made(repository, parent, record, after, [wanted.summary[0].upper() + wanted.summary[1:] + "."])


def change_back(repository: WritableRepository, name: str, now: str, reason: str | None = None) -> Change:
    """The commit that takes back a change, named by its audit id or its commit. Files that it did not touch stay as they are.

    Raises `Conflicts` when a file that it touched was changed since, `UserError` when it was taken back before, or is not what it says.
    """
    _check_ready(repository)
    target = find(repository, name)
    parent = repository.commit("HEAD")
    done = repository.differences(repository.parent(target.commit), target.commit)
    said = target.record
    if changes_digest(done) != said.changes:
        raise UserError(
            f"commit {target.commit[:12]} changes other files than {said.audit} did, so it can't be taken back alone",
            f"it was amended or merged together with something else: git revert {target.commit[:12]}",
        )
    present = repository.entries(parent)
    off = sorted(path for path, (_, after) in done.items() if present.get(path) != after)
    if off and all(present.get(path) == before for path, (before, _) in done.items()):
        raise UserError(f"{said.audit} is taken back already: every file is as it was before")
    if off:
        raise Conflicts(off, said.audit)
    override = reason or f"the state before {said.audit} is restored as it was"
    record = Record(UNDO, said.before, said.level, repository.identity(), now, override, "", 0, undoes=said.audit)
    return _made(repository, parent, record, {path: before for path, (before, _) in done.items()}, [])


def _made(
    repository: WritableRepository, parent: str, record: Record, after: Mapping[str, Entry | None], lines: list[str]
) -> Change:
    before = repository.entries(parent)
    differences = {path: (before.get(path), entry) for path, entry in sorted(after.items()) if before.get(path) != entry}
    repository.check_plain(differences)
    _check_clean(repository, differences)
    record = replace(record, changes=changes_digest(differences), files=len(differences))
    record = replace(record, audit=audit_id(parent, record))
    listed = [f"- {_verb(*pair)} {path}" for path, pair in differences.items()]
    commit = repository.make_commit(parent, after, message(record, [*lines, *([""] if lines else []), *listed]))
    return Change(commit, parent, record, differences)


def _entry(path: str, blobs: Mapping[str, str], before: Mapping[str, Entry]) -> Entry:
    known = before.get(path)
    return Entry(known.mode if known is not None else _NEW_FILE, blobs[path])


def _verb(before: Entry | None, after: Entry | None) -> str:
    return "adds" if before is None else "removes" if after is None else "changes"


def _check_ready(repository: WritableRepository) -> None:
    if not repository.knows("HEAD"):
        raise UserError("nothing is committed yet", "commit what is there first: a level is taken back to what was committed")
    under_way = repository.under_way()
    if under_way is not None:
        raise UserError(f"something else is under way in this repository ({under_way})", "end it first; git status says how")


def _check_clean(repository: WritableRepository, differences: Differences) -> None:
    """Nobody's work is written over: the files, and others in folders of levels, are as they were committed."""
    folders = {os.path.dirname(path) for path in differences if os.path.basename(path) == "pack.yaml"}
    dirty = repository.changed_files(sorted({*differences, *folders}))
    if dirty:
        shown = ", ".join(dirty[:5]) + (f" and {len(dirty) - 5} more" if len(dirty) > 5 else "")
        raise UserError(f"not committed: {shown}", "commit or remove that first; it would be written over")
