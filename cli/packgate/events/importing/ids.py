"""Ids of imported events: the same thing in the same record has the same id whenever it is imported, so that nothing counts twice."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIX = "imp-"
_DIGITS = 24


def event_id(*parts: str | int | None) -> str:
    """The id of what these parts tell from everything else."""
    return PREFIX + hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:_DIGITS]


class KnownIds:
    """Ids that were seen. They are kept in a temporary database, which moves to the disk when it grows: memory stays flat."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("PRAGMA synchronous = OFF")
        self._base.execute("CREATE TABLE ids (id TEXT PRIMARY KEY) WITHOUT ROWID")
        self._base.execute("BEGIN")
        for id in ids:
            self.add(id)

    def add(self, id: str) -> bool:
        """Note an id; False when it was known."""
        return self._base.execute("INSERT OR IGNORE INTO ids VALUES (?)", (id,)).rowcount == 1

    def close(self) -> None:
        """Forget all."""
        self._base.close()
