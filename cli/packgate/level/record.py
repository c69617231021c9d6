"""The record of a change of level: one line of JSON in the message of its commit, found again by its audit id.

The id is not that of the commit, so that it outlives a rebase or a merge that makes another commit of the same change. The record holds a
digest of what changed: a commit that carries anything more or less than that is not taken for it.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.gitio.writing import Differences, WritableRepository

KEY = "Packgate-Level:"
APPLY, UNDO = "apply", "undo"
_ID = re.compile(r"lvl-[0-9a-f]{16}")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Record:
    """What a commit says of itself. ``before`` is the level that held, None when there was none; ``override`` why the gates of the rollout
    were not asked; ``undoes`` the audit id of what an undo takes back; ``changes`` the digest of the files that changed."""

    action: str
    level: str | None
    before: str | None
    by: str
    time: str
    override: str
    changes: str
    files: int
    audit: str = ""
    undoes: str | None = None
    v: int = 1

    def line(self) -> str:
        """The line of the message."""
        return f"{KEY} {json.dumps(asdict(self), sort_keys=True, separators=(',', ':'))}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record with the commit that carries it."""

    record: Record
    commit: str


def audit_id(parent: str, record: Record) -> str:
    """The id of a change: it follows from what is done, on which commit, by whom and when."""
    about = json.dumps([parent, {**asdict(record), "audit": ""}], sort_keys=True)
    return "lvl-" + hashlib.sha256(about.encode()).hexdigest()[:16]


def changes_digest(changes: Differences) -> str:
    """A digest of the files that differ, each with its mode and content before and after."""
    lines = [
        "\0".join((path, *("" if entry is None else f"{entry.mode} {entry.blob}" for entry in pair)))
        for path, pair in sorted(changes.items())
    ]
    return "sha256:" + hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def message(record: Record, lines: list[str]) -> str:
    """The message of the commit."""
    again = f"the level {record.level}" if record.level else "no level"
    title = f"Apply the level {record.level}" if record.action == APPLY else f"Undo {record.undoes}: {again} again"
    why = f"Gates of the rollout were not asked: {record.override}"
    return "\n".join((title, "", *lines, *([""] if lines else []), why, "", record.line())) + "\n"


def records(repository: WritableRepository, ref: str = "HEAD") -> Iterator[Recorded]:
    """The records that a ref holds, newest first. What is not one is passed over: a message is only text."""
    for commit, text in repository.messages(KEY, ref):
        for line in text.splitlines():
            if not line.startswith(KEY):
                continue
            try:
                data = json.loads(line.removeprefix(KEY))
                found = Record(**data)
            except (ValueError, TypeError, RecursionError):
                continue
            if isinstance(found.audit, str) and _ID.fullmatch(found.audit) and found.v == 1:
                yield Recorded(found, commit)


def find(repository: WritableRepository, name: str) -> Recorded:
    """The record of an audit id, or of a commit. Raises `UserError` when there is none."""
    known = list(records(repository))
    commit = repository.commit(name) if _COMMIT.fullmatch(name) and repository.knows(name) else None
    for each in known:
        if name == each.record.audit or commit == each.commit:
            return each
    shown = ", ".join(each.record.audit for each in known[:3])
    hint = f"the last are {shown}" if shown else "no level was ever applied here"
    raise UserError(f"no commit of this branch carries the change '{name}'", hint)
