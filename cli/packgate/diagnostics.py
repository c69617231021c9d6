"""The one currency of every check: what is wrong, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(str, Enum):
    """How bad a finding is; an error makes the verb exit with 1, a warning does so under ``--strict``."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file: 1-based line and column in code points; ``end_*`` are exclusive and may be absent."""

    file: str
    line: int = 1
    column: int = 1
    end_line: int | None = None
    end_column: int | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the half-open range of code points ``[start, end)`` of a file by ``text``."""

    file: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair that a tool can make; only a ``safe`` one is applied without being asked for by name."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. ``code`` is stable (``PG…``), ``excerpt`` the offending text, ``hint`` what to do."""

    code: str
    message: str
    position: Position
    severity: Severity = Severity.ERROR
    excerpt: str | None = None
    hint: str | None = None
    fix: Fix | None = None

    def sort_key(self) -> tuple[Position, str, str]:
        """Order of findings in every report: by place, then code, then text."""
        return (_plain(self.position), self.code, self.message)


def _plain(position: Position) -> Position:
    return Position(position.file, position.line, position.column, position.end_line or 0, position.end_column or 0)
