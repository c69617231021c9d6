"""Suppression comments: ``# packgate: ignore[PG212] reason``.

On the line of a finding, alone on the line above it, or on the ``- id:`` line of a policy for all of it; with ``ignore-file`` in
the comment at the head of a file for all of the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packgate.diagnostics import Diagnostic
    from packgate.source.file import SourceFile

_MARK = re.compile(r"#+\s*packgate\s*:", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#+\s*packgate:\s*(ignore-file|ignore)\[([^\]]*)\](?:\s+(.*))?")
_CODE = re.compile(r"PG[0-9]{3}")
_ITEM = re.compile(r"\s*-\s+id\s*:")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One directive. ``first`` to ``last`` are the lines it covers; ``line`` is its own, ``column`` that of its ``#``."""

    file: SourceFile
    line: int
    column: int
    codes: tuple[str, ...]
    reason: str
    first: int
    last: int

    def covers(self, finding: Diagnostic) -> bool:
        """Whether it suppresses a finding of its file."""
        return finding.code in self.codes and self.first <= finding.position.line <= self.last


@dataclass(frozen=True, slots=True)
class Malformed:
    """A comment that is meant as a directive and is none, with what is wrong."""

    file: SourceFile
    line: int
    column: int
    problem: str


def read_suppressions(file: SourceFile) -> tuple[list[Suppression], list[Malformed]]:
    """The directives of a file."""
    found: list[Suppression] = []
    malformed: list[Malformed] = []
    if "packgate" not in file.text.lower():
        return found, malformed
    for line, comment in sorted(file.comments.items()):
        if _MARK.match(comment) is None:
            continue
        column = file.lines[line - 1].rindex(comment) + 1 if comment in file.lines[line - 1] else 1
        read = _read(file, line, column, comment)
        if isinstance(read, Malformed):
            malformed.append(read)
        else:
            found.append(read)
    return found, malformed


def _read(file: SourceFile, line: int, column: int, comment: str) -> Suppression | Malformed:
    match = _DIRECTIVE.fullmatch(comment)
    if match is None:
        return Malformed(file, line, column, "this is not a directive; write '# packgate: ignore[PG212] reason'")
    kind, listed, reason = match.groups()
    codes = tuple(code.strip() for code in listed.split(","))
    wrong = next((code for code in codes if _CODE.fullmatch(code) is None), None)
    if wrong is not None:
        return Malformed(file, line, column, f"'{wrong}' is not a code such as PG212")
    if kind == "ignore-file":
        if line > _head_end(file):
            return Malformed(file, line, column, "ignore-file belongs into the comment at the head of the file")
        return Suppression(file, line, column, codes, reason or "", 1, len(file.lines) + 1)
    return Suppression(file, line, column, codes, reason or "", *_covered(file, line))


def _head_end(file: SourceFile) -> int:
    """The last line of the comment that the file begins with."""
    for number, text in enumerate(file.lines, 1):
        if text.strip() and not text.lstrip().startswith("#") and text.strip() != "---":
            return number - 1
    return len(file.lines)


def _covered(file: SourceFile, line: int) -> tuple[int, int]:
    """The lines that a directive on a line covers: that line or, alone on it, the next that is no comment; from there the whole
    item when an ``id`` begins it."""
    target = line
    if file.lines[line - 1].lstrip().startswith("#"):
        target = line + 1
        while target <= len(file.lines) and file.lines[target - 1].lstrip()[:1] in ("#", ""):
            target += 1
    if target > len(file.lines) or _ITEM.match(file.lines[target - 1]) is None:
        return target, target
    return target, _item_end(file, target)


def _item_end(file: SourceFile, line: int) -> int:
    dash = len(file.lines[line - 1]) - len(file.lines[line - 1].lstrip())
    end = line
    for number in range(line + 1, len(file.lines) + 1):
        text = file.lines[number - 1]
        if text.strip() and len(text) - len(text.lstrip()) <= dash:
            break
        end = number
    return end
