"""The parser's own complaints, said for people."""

from __future__ import annotations

import re

from packgate.diagnostics import Diagnostic, Position
from packgate.source import codes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What a YAML stream may hold (YAML 1.2, production c-printable).
_NOT_PRINTABLE = re.compile("[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Characters that reorder or hide text, or that YAML 1.1 takes for a line end and YAML 1.2 does not.
_HIDDEN = re.compile("[\x85\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]")

_RULES: tuple[tuple[str, str, str], ...] = (
    # words of the problem, what to say, hint
    ("mapping values are not allowed", "a key cannot stand here", "text with ': ' in it needs quotes; check the indentation"),
    ("scanning an alias", "'*' begins an alias, which is not allowed", "quote text that begins with *"),
    ("scanning an anchor", "'&' begins an anchor, which is not allowed", "quote text that begins with &"),
    ("tag", "'!' begins a tag, which is not allowed", "quote text that begins with !"),
    ("unknown escape", "unknown escape in double quotes", "use single quotes for text with backslashes"),
    ("cannot start any token", "text cannot begin with this character", "quote the text"),
    ("unexpected end of stream", "the quote is never closed", "close it"),
    ("unexpected document indicator", "the quote is never closed", "close it"),
    ("could not find expected ':'", "a key without ':'", "end the key with ': ', or indent the continued text"),
    ("',' or ']'", "the list that [ opens is not closed", "put , between items and ] at the end; quote items with [ or ]"),
    ("',' or '}'", "the mapping that { opens is not closed", "put , between entries and } at the end; quote text with { or }"),
    ("expected '-' indicator", "this does not belong to the list above", "begin the item with '- ', or mend the indentation"),
    ("expected <block end>", "this does not belong to the block above", "mend the indentation"),
    ("expected key", "this does not belong to the mapping above", "mend the indentation, or quote the text before it"),
    ("node content", "a value is missing", "close the brackets, and put a value after each comma"),
    ("document start", "text after the end of the document", "mend the indentation: top-level keys begin in column 1"),
)
# Where the opening of what went wrong tells more than the place where the parser gave up.
_AT_CONTEXT = ("unexpected end of stream", "unexpected document indicator", "',' or ']'", "',' or '}'")


def syntax_error(error: Any, text: str, path: str) -> Diagnostic:
    """The diagnostic of a PyYAML error."""
    bad = _NOT_PRINTABLE.search(text)
    mark = getattr(error, "problem_mark", None)
    if mark is None and bad is not None:
        return _character(bad, text, path, "control character")
    if mark is None:
        return Diagnostic(codes.SYNTAX, f"not YAML: {error}", Position(path))
    problem = error.problem or ""
    words = f"{error.context or ''}: {problem}"
    if any(part in problem for part in _AT_CONTEXT) and error.context_mark is not None:
        mark = error.context_mark
    position = Position(path, mark.line + 1, mark.column + 1)
    if text[mark.index : mark.index + 1] == "\t":
        return Diagnostic(codes.SYNTAX, "a tab cannot indent YAML", position, hint="indent with spaces")
    for part, message, hint in _RULES:
        if part in words:
            return Diagnostic(codes.SYNTAX, message, position, hint=hint)
    return Diagnostic(codes.SYNTAX, f"not YAML: {problem}", position)


def hidden_characters(text: str, path: str, limit: int = 20) -> list[Diagnostic]:
    """Characters that make a file read differently from how it looks."""
    if text.isascii():
        return []
    found = []
    for match in _HIDDEN.finditer(text):
        found.append(_character(match, text, path, "invisible character"))
        if len(found) == limit:
            break
    return found


def _character(match: re.Match[str], text: str, path: str, what: str) -> Diagnostic:
    number = f"{ord(match[0]):04X}"
    return Diagnostic(
        codes.HIDDEN_CHARACTER, f"{what} U+{number}", place_of(text, match.start(), path),
        hint=f'remove it, or write it as an escape in double quotes: "\\u{number}"',
    )


def place_of(text: str, index: int, path: str) -> Position:
    """The position of a code point of the text."""
    before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    return Position(path, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
