"""Text that is safe to print: nothing in a report can move the cursor, hide text or break a format."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")


def visible(text: str) -> str:
    """The text with control and invisible characters written as escapes; tabs and line ends stay."""
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def one_line(text: str) -> str:
    """The visible text on one line."""
    return " ".join(visible(text).split())


def spaced(text: str) -> str:
    """The text with four spaces for a tab: what a tab looks like depends on where it stands."""
    return text.replace("\t", "    ")


def width(text: str) -> int:
    """How many columns the text takes on a terminal, tabs aside."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def underline(excerpt: str, column: int, end_column: int | None) -> str | None:
    """The line below an excerpt that marks ``[column, end_column)``; None when the place is not in it."""
    start = column - 1
    if not 0 <= start <= len(excerpt):
        return None
    end = min(max(end_column or 0, column + 1) - 1, max(len(excerpt), start + 1))
    return " " * width(spaced(excerpt[:start])) + "^" * max(1, width(spaced(excerpt[start:end])))
