"""Source text with numbered underlines, for a terminal or a file: what can't be seen is written out, wide letters count as two
columns, and long lines are folded with their underlines below each part."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# A stretch of text, from and to, and the number that its underline has.
Mark = tuple[int, int, int]

_TAB = "    "
_NARROWEST = 30
# More numbers of one underline are given as a range.
_MOST_NUMBERS = 4
# Kinds of characters that a terminal acts on or does not show: controls, formats (also those that turn the direction of a text),
# halves of pairs, private ones, and separators of lines.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def visible(text: str) -> str:
    """A line with every tab as blanks and every character that is not seen as its escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join([_TAB if char == "\t" else _escape(char) if unicodedata.category(char) in _UNSEEN else char for char in text])


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def columns(text: str) -> int:
    """How many columns of a terminal a line takes that `visible` made."""
    if text.isascii():
        return len(text)
    return sum(map(_columns_of, text))


def _columns_of(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def underlined(source: str, marks: Iterable[Mark], hide: Callable[[str], str], width: int) -> list[str]:
    """The lines of a source text, folded to ``width`` columns, each followed by the underlines of what stands in it. A mark over
    several lines is drawn below each. ``hide`` masks secrets; around one of several lines nothing is underlined."""
    width = max(width, _NARROWEST)
    masked = hide(source).split("\n")
    if masked != [hide(line) for line in source.split("\n")]:
        return [part for line in masked for part in _folded(visible(line), width)]
    left = sorted(marks)
    out: list[str] = []
    start = 0
    for line in source.split("\n"):
        end = start + len(line)
        inside = [(max(first - start, 0), min(last, end) - start, number) for first, last, number in left if first <= end and last > start]
        out += _line(line, [mark for mark in inside if mark[1] > mark[0] or not line], hide, width)
        left = [mark for mark in left if mark[1] > end]
        start = end + 1
    return out


def _line(line: str, marks: list[Mark], hide: Callable[[str], str], width: int) -> list[str]:
    masked = hide(line)
    if masked == line:
        # Of most lines nothing is hidden, and then nothing moves.
        placed = [(columns(visible(line[:first])), columns(visible(line[:last])), number) for first, last, number in marks]
    else:
        placed = [
            (columns(visible(hide(line[:first]))), columns(visible(hide(line[:last]))), number) for first, last, number in marks
        ]
    out: list[str] = []
    at = 0
    for part in _folded(visible(masked), width):
        wide = columns(part)
        out.append(part)
        out += _marker_lines([
            (max(first - at, 0), min(last - at, wide), number) for first, last, number in placed
            if (first < at + wide and last > at) or (not wide and first == at)
        ])
        at += wide
    return out


def _folded(text: str, width: int) -> list[str]:
    """A line in parts of at most so many columns."""
    parts: list[str] = []
    part: list[str] = []
    taken = 0
    for char in text:
        wide = _columns_of(char)
        if taken + wide > width:
            parts.append("".join(part))
            part, taken = [], 0
        part.append(char)
        taken += wide
    return [*parts, "".join(part)]


def _marker_lines(marks: Iterable[Mark]) -> list[str]:
    """Underlines for one line; marks of the same text share one, overlapping ones get lines of their own."""
    grouped: dict[tuple[int, int], list[int]] = {}
    for start, end, number in marks:
        grouped.setdefault((start, max(end, start + 1)), []).append(number)
    rows: list[str] = []
    for (start, end), numbers in sorted(grouped.items()):
        label = ",".join(map(str, numbers)) if len(numbers) <= _MOST_NUMBERS else f"{numbers[0]}-{numbers[-1]}"
        mark = "~" * (end - start) + " " + label
        for index, row in enumerate(rows):
            if len(row) < start:
                rows[index] = row.ljust(start) + mark
                break
        else:
            rows.append(" " * start + mark)
    return rows
