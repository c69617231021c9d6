"""A file as read: its text, its data and where everything in it stands."""

from __future__ import annotations

import re

from packgate.diagnostics import Diagnostic, Fix, Position, Severity
from packgate.source.comments import find_comments
from packgate.source.pointer import parent
from packgate.source.yaml import Document, span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_LINE_END = re.compile("\r\n|\r|\n")
_LONGEST_EXCERPT = 400
# Stands in `SourceFile.unfit` for all places of a file that was not judged to its end.
EVERYTHING = "*"


class SourceFile:
    """One YAML file. ``path`` is the name shown to people, ``digest`` the SHA-256 of its bytes, ``data`` plain data.

    Places inside are named by JSON pointer (`pointer`); the file knows their lines. ``unfit`` are the places that do not
    fit the schema: nothing may be built from them.
    """

    __slots__ = ("_comments", "_lines", "digest", "document", "kind", "path", "text", "unfit")

    def __init__(self, path: str, text: str, document: Document, digest: str, kind: str | None = None) -> None:
        self.path = path
        self.text = text
        self.document = document
        self.digest = digest
        self.kind = kind
        self.unfit: list[str] = []
        self._lines: list[str] | None = None
        self._comments: dict[int, str] | None = None

    @property
    def data(self) -> Any:
        """The whole document as plain data."""
        return self.document.data

    @property
    def lines(self) -> list[str]:
        """The lines of the text without their ends; line 1 is item 0."""
        if self._lines is None:
            self._lines = _LINE_END.split(self.text)
        return self._lines

    @property
    def comments(self) -> dict[int, str]:
        """Comments by 1-based line, each from its ``#`` to the end of the line."""
        if self._comments is None:
            self._comments = find_comments(self.text, self.document)
        return self._comments

    def items(self, section: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The items of a top-level list that fit the schema, with their index."""
        data = self.data.get(section) if isinstance(self.data, dict) else None
        if EVERYTHING in self.unfit:
            return
        if any(not place.startswith(f"/{section}/") for place in self.unfit) and not isinstance(data, list):
            return
        broken = {place.split("/")[2] for place in self.unfit if place.startswith(f"/{section}/")}
        for index, item in enumerate(data or ()):
            if str(index) not in broken:
                yield index, item

    def position(self, place: str) -> Position:
        """Where the value at a pointer stands; where it does not exist, the nearest place above it."""
        values = self.document.values
        while place not in values and place:
            place = parent(place)
        event = values.get(place)
        return Position(self.path) if event is None else span(self.path, event)

    def key_position(self, place: str) -> Position:
        """Where the key of a mapping entry stands; for list items the item itself."""
        event = self.document.keys.get(place)
        return self.position(place) if event is None else span(self.path, event)

    def written(self, place: str) -> str:
        """A scalar as it is written in the file, quotes included; empty for collections and unknown places."""
        event = self.document.values.get(place)
        return "" if event is None else self.text[event.start_mark.index : event.end_mark.index]

    def offsets(self, place: str) -> tuple[int, int] | None:
        """The half-open range of code points of a scalar, for an `Edit`."""
        event = self.document.values.get(place)
        return None if event is None else (event.start_mark.index, event.end_mark.index)

    def excerpt(self, position: Position) -> str | None:
        """The line at a position; of a very long one the part that begins there."""
        if not 1 <= position.line <= len(self.lines):
            return None
        line = self.lines[position.line - 1]
        if len(line) > _LONGEST_EXCERPT:
            start = position.column - 1
            return line[start : start + 80] + "…"
        return line

    def diagnostic(
        self, code: str, message: str, place: str | Position, *, on_key: bool = False,
        severity: Severity = Severity.ERROR, hint: str | None = None, fix: Fix | None = None,
    ) -> Diagnostic:
        """A finding at a pointer (or position) of this file, with the offending line as its excerpt."""
        if isinstance(place, str):
            place = self.key_position(place) if on_key else self.position(place)
        return Diagnostic(code, message, place, severity, self.excerpt(place), hint, fix)

    def with_excerpt(self, found: Diagnostic) -> Diagnostic:
        """The same finding with the line that it is about."""
        return Diagnostic(
            found.code, found.message, found.position, found.severity, self.excerpt(found.position), found.hint, found.fix
        )
