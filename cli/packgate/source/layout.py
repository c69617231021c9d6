"""Where an entry of a YAML file could stand, and how it would be written there: spans of text with what to put in their place."""

from __future__ import annotations

import re

from packgate.source.pointer import parent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from packgate.source.yaml import Document

    # From and to (half-open, in characters), and the text to put there.
    Span = tuple[int, int, str]

_LINE_END = re.compile("\r\n|\r|\n")
_SEPARATOR = re.compile(r":[ \t]*")
_CLOSING = re.compile(r"[\s}\]]*")
_INDENT = 2


class Layout:
    """A text and where everything in it stands."""

    __slots__ = ("document", "newline", "text")

    def __init__(self, text: str, document: Document) -> None:
        self.text = text
        self.document = document
        found = _LINE_END.search(text)
        self.newline = found.group() if found else "\n"

    def has(self, place: str) -> bool:
        """Whether the file has a value at a pointer."""
        return place in self.document.values and (place != "" or self.document.data is not None)

    def replacements(self, place: str, value: str) -> Iterator[Span]:
        """Ways to put another text in place of a scalar, in the quotes that it had."""
        event = self.document.values[place]
        start, end = event.start_mark.index, event.end_mark.index
        written = self.text[start:end]
        for form in _forms(value, written[:1]):
            if not written:
                yield start, end, " " + form
            # A block scalar (`|`, `>`) ends after its last line end.
            yield start, end, form + (self.newline if written[-1:] in ("\n", "\r") else "")

    def additions(self, place: str, keys: list[str], value: str) -> Iterator[Span]:
        """Ways to add an entry, with the mappings around it that are missing, to the mapping at a pointer."""
        entries = self._entries(place)
        for named, form in self._styles(entries, keys, value):
            if not self.has(place):
                yield from self._at_end(named, form)
            elif self._is_flow(place):
                yield from self._in_flow(place, entries, named, form)
            elif entries:
                yield from self._after_entries(place, entries, named, form)
            else:
                yield from self._in_nothing(place, named, form)

    def _styles(self, entries: list[str], keys: list[str], value: str) -> Iterator[tuple[list[str], str]]:
        """The keys and the value as the last entry beside them is written, then plainly, then in double quotes."""
        if entries:
            sibling = entries[-1]
            quote = self._written(self.document.keys[sibling])[:1]
            scalar = self._written(self.document.values[sibling])[:1]
            # Beside a mapping its values tell nothing; in JSON everything is quoted.
            scalar = quote if scalar == "{" or len(keys) > 1 else scalar
            yield [_quoted(key, quote) for key in keys], _quoted(value, scalar)
        yield keys, value
        yield [*keys[:-1], _quoted(keys[-1], '"')], value
        yield [_quoted(key, '"') for key in keys], _quoted(value, '"')

    def _entries(self, place: str) -> list[str]:
        """The pointers of the entries of a mapping, in the order of the file."""
        found = [each for each in self.document.keys if parent(each) == place]
        return sorted(found, key=lambda each: self.document.keys[each].start_mark.index)

    def _written(self, event: Any) -> str:
        return self.text[event.start_mark.index : event.end_mark.index]

    def _is_flow(self, place: str) -> bool:
        return self._written(self.document.values[place])[:1] == "{"

    def _after_entries(self, place: str, entries: list[str], keys: list[str], value: str) -> Iterator[Span]:
        """On a line of its own after the last entry of a block mapping, as far in as the others."""
        last = self.document.keys[entries[-1]]
        column = last.start_mark.column
        lines = self._nested(keys, value, column)
        blank = self.newline if not place and len(keys) > 1 and self._spaced(entries) else ""
        end = self._line_end(self._value_end(entries[-1]))
        # A flow collection may end on a later line than its last scalar.
        for at in (end, len(self.text)):
            yield at, at, self._break_before(at) + blank + lines

    def _in_nothing(self, place: str, keys: list[str], value: str) -> Iterator[Span]:
        """Below a key that has no value."""
        event = self.document.values[place]
        key = self.document.keys.get(place)
        column = (key.start_mark.column if key is not None else -_INDENT) + self._unit()
        if event.start_mark.index == event.end_mark.index:
            at = self._line_end(event.start_mark.index)
            yield at, at, self._break_before(at) + self._nested(keys, value, column)
        else:
            yield event.start_mark.index, event.end_mark.index, "{" + _inline(keys, value, ": ") + "}"

    def _in_flow(self, place: str, entries: list[str], keys: list[str], value: str) -> Iterator[Span]:
        """Inside the braces of a flow mapping, on a line of its own if the others have one."""
        if not entries:
            at = self.document.values[place].start_mark.index + 1
            yield at, at, _inline(keys, value, ": ")
            return
        key = self.document.keys[entries[-1]]
        end = self._value_end(entries[-1])
        closing = _CLOSING.match(self.text, end)
        separator = _SEPARATOR.match(self.text, key.end_mark.index)
        between = separator.group() if separator else ": "
        gap = ", "
        line_start = self._line_start(key.start_mark.index)
        if not self.text[line_start : key.start_mark.index].strip(" \t"):
            gap = "," + self.newline + self.text[line_start : key.start_mark.index]
        # After the last value; where that is a collection, behind one closing brace more each time.
        for at in range(end, (closing.end() if closing else end) + 1):
            yield at, at, gap + _inline(keys, value, between)
            yield at, at, gap + _inline(keys, value, ": ")

    def _at_end(self, keys: list[str], value: str) -> Iterator[Span]:
        at = len(self.text)
        yield at, at, self._break_before(at) + self._nested(keys, value, 0)

    def _nested(self, keys: list[str], value: str, column: int) -> str:
        """Lines of block mappings, each further in than the one before."""
        lines = []
        for depth, key in enumerate(keys):
            indent = " " * (column + depth * self._unit())
            lines.append(f"{indent}{key}:" if depth < len(keys) - 1 else f"{indent}{key}: {value}")
        return self.newline.join(lines) + self.newline

    def _unit(self) -> int:
        """How many columns a level goes in: as the first nested block mapping of the file does."""
        keys = self.document.keys
        for place, event in keys.items():
            above = keys.get(parent(place))
            if above is not None and event.start_mark.line > above.start_mark.line and not self._is_flow(parent(place)):
                return max(int(event.start_mark.column - above.start_mark.column), 1)
        return _INDENT

    def _value_end(self, place: str) -> int:
        """Where the last scalar of a value ends."""
        below = place + "/"
        events = [event for each, event in self.document.values.items() if each == place or each.startswith(below)]
        return max(int(event.end_mark.index) for event in events)

    def _spaced(self, entries: list[str]) -> bool:
        """Whether an empty line stands between the last two sections of a file."""
        if len(entries) < 2:
            return False
        start = self._line_start(self.document.keys[entries[-1]].start_mark.index)
        between = self.text[self._value_end(entries[-2]) : start]
        return any(not line.strip() for line in _LINE_END.split(between)[1:-1])

    def _line_start(self, index: int) -> int:
        return max(self.text.rfind("\n", 0, index), self.text.rfind("\r", 0, index)) + 1

    def _line_end(self, index: int) -> int:
        """Behind the end of the line at an index; at once where the text before it ends one already (block scalars)."""
        if index and self.text[index - 1] in "\r\n":
            return index
        found = _LINE_END.search(self.text, index)
        return found.end() if found else len(self.text)

    def _break_before(self, at: int) -> str:
        return "" if at == 0 or self.text[at - 1] in "\r\n" else self.newline


def _forms(value: str, quote: str) -> list[str]:
    return [_quoted(value, quote), value, _quoted(value, '"')]


def _quoted(value: str, quote: str) -> str:
    """A word (letters, digits and hyphens) in the quotes given; as it is without."""
    return f"{quote}{value}{quote}" if quote in ("'", '"') else value


def _inline(keys: list[str], value: str, between: str) -> str:
    """Nested flow mappings on one line: ``policies: {force-push: warn}``."""
    inner = f"{keys[-1]}{between}{value}"
    for key in reversed(keys[:-1]):
        inner = f"{key}{between}{{{inner}}}"
    return inner
