"""YAML text to plain data and a side map from JSON pointer to place.

The composer works on parser events, so that what is refused (anchors, aliases, tags, merge keys, duplicate and non-text
keys, deep nesting) is refused before it can cost anything. Every such problem of a file is collected; only a syntax error
or a limit ends the file. libyaml is used where PyYAML was built with it, the pure-Python parser (about 8 times slower)
elsewhere; both give the same result.
"""

from __future__ import annotations

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from packgate.diagnostics import Diagnostic, Position
from packgate.source import codes
from packgate.source.pointer import escape
from packgate.source.scalar import resolve
from packgate.source.syntax import syntax_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_DEPTH = 64
MAX_EVENTS = 500_000
MAX_PROBLEMS = 100

LIBYAML: bool = yaml.__with_libyaml__
_LOADER: Any = yaml.CSafeLoader if LIBYAML else yaml.SafeLoader
_TYPED_STARTS = frozenset("~ntf-0123456789")


class Document:
    """One parsed file.

    ``data`` is plain data; ``values`` and ``keys`` map the JSON pointer of every value, and of every mapping entry, to the
    parser event that stands there; ``tainted`` are pointers whose value was refused and replaced by null.
    ``found`` is false when the text holds no document, ``complete`` when parsing ended early.
    """

    __slots__ = ("complete", "data", "diagnostics", "found", "keys", "tainted", "values")

    def __init__(self) -> None:
        self.data: Any = None
        self.values: dict[str, Any] = {}
        self.keys: dict[str, Any] = {}
        self.tainted: list[str] = []
        self.diagnostics: list[Diagnostic] = []
        self.found = False
        self.complete = True


def parse_yaml(text: str, path: str, loader: Any = None) -> Document:
    """Parse text; never raises for what the text says. ``loader`` names another PyYAML loader class than the default."""
    composer = _Composer(path)
    try:
        composer.run((loader or _LOADER)(text))
    except yaml.YAMLError as error:
        composer.document.diagnostics.append(syntax_error(error, text, path))
        composer.document.complete = False
    except _Stopped:
        composer.document.complete = False
    return composer.document


def span(path: str, event: Any) -> Position:
    """The place of an event: a scalar's whole text, the first character of a collection."""
    start, end = event.start_mark, event.end_mark
    return Position(path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


class _Stopped(Exception):
    """A limit was reached; the diagnostic is recorded."""


class _Frame:
    """An open collection. ``place`` is the pointer of the value that comes next in a mapping; ``drop`` says that this
    value belongs to a refused key; ``as_key`` that the collection itself stands where a key belongs."""

    __slots__ = ("as_key", "awaits_key", "container", "drop", "is_mapping", "key", "place", "prefix")

    def __init__(self, container: Any, prefix: str, is_mapping: bool, as_key: bool) -> None:
        self.container = container
        self.prefix = prefix
        self.is_mapping = is_mapping
        self.awaits_key = is_mapping
        self.as_key = as_key
        self.drop = False
        self.key = ""
        self.place = ""


class _Composer:
    """Builds a `Document` from events."""

    __slots__ = ("document", "path", "stack")

    def __init__(self, path: str) -> None:
        self.document = Document()
        self.path = path
        self.stack: list[_Frame] = []

    def run(self, parser: Any) -> None:
        """Consume all events of a parser."""
        get_event = parser.get_event
        for _ in range(MAX_EVENTS):
            event = get_event()
            kind = type(event)
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._open(event, kind is MappingStartEvent)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._close()
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent:
                self._begin(event)
            elif kind is StreamEndEvent:
                return
        self._stop(codes.TOO_MUCH, f"the file holds more than {MAX_EVENTS} YAML items", event, "split the file")

    def _begin(self, event: Any) -> None:
        if self.document.found:
            self._stop(
                codes.SEVERAL_DOCUMENTS, "a second YAML document begins here; only one is read from a file", event,
                "move it to a file of its own",
            )
        self.document.found = True
        if event.version or event.tags:
            self._refuse(codes.DIRECTIVE, "YAML directives (%YAML, %TAG) are not allowed", event, "remove the line")
        root = _Frame({}, "", True, False)
        root.awaits_key = False
        self.stack = [root]

    def _scalar(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        frame = self.stack[-1]
        if frame.awaits_key:
            self._key(frame, event)
            return
        value = text = event.value
        if event.implicit[0] and (not text or text[0] in _TYPED_STARTS):
            value = resolve(text)
        self._put(frame, event, value)

    def _key(self, frame: _Frame, event: Any) -> None:
        key = event.value
        frame.awaits_key = False
        plain = event.implicit[0]
        if plain and key == "<<":
            self._refuse(codes.MERGE_KEY, "merge keys (<<) are not allowed", event, "write the keys out")
            frame.drop = True
        elif plain and (not key or key[0] in _TYPED_STARTS) and not isinstance(resolve(key), str):
            self._refuse(codes.KEY_NOT_TEXT, f"the key {key or 'null'} is not text", event, f'quote it: "{key}"')
            frame.drop = True
        elif key in frame.container:
            first = self.document.keys[f"{frame.prefix}/{escape(key)}"].start_mark.line + 1
            self._refuse(
                codes.DUPLICATE_KEY, f"the key '{key}' is given twice; the first is on line {first}", event,
                "remove one, or merge their values",
            )
            frame.drop = True
        else:
            frame.key = key
            frame.place = f"{frame.prefix}/{escape(key)}"
            self.document.keys[frame.place] = event

    def _put(self, frame: _Frame, event: Any, value: Any) -> str:
        """Store a value where the frame expects one; returns its pointer."""
        if frame.is_mapping:
            frame.awaits_key = True
            if frame.drop:
                frame.drop = False
                return f"{frame.prefix}/\0{event.start_mark.index}"
            place = frame.place
            frame.container[frame.key] = value
        else:
            place = f"{frame.prefix}/{len(frame.container)}"
            frame.container.append(value)
        self.document.values[place] = event
        if not place:
            self.document.data = value
        return place

    def _open(self, event: Any, is_mapping: bool) -> None:
        if len(self.stack) > MAX_DEPTH:
            self._stop(codes.TOO_DEEP, f"nested more than {MAX_DEPTH} levels deep", event, "flatten the structure")
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        frame = self.stack[-1]
        container: Any = {} if is_mapping else []
        as_key = frame.awaits_key
        if as_key:
            what = "mapping" if is_mapping else "list"
            self._refuse(
                codes.KEY_NOT_TEXT, f"a {what} stands where a key is expected", event,
                "quote text that begins with { or [",
            )
            place = f"{frame.prefix}/\0{event.start_mark.index}"
        else:
            place = self._put(frame, event, container)
        self.stack.append(_Frame(container, place, is_mapping, as_key))

    def _close(self) -> None:
        if self.stack.pop().as_key:
            frame = self.stack[-1]
            frame.awaits_key = False
            frame.drop = True

    def _alias(self, event: Any) -> None:
        self._refuse(
            codes.ALIAS, f"the alias *{event.anchor} is not allowed", event,
            f'quote text that begins with *: "*{event.anchor}"',
        )
        frame = self.stack[-1]
        if frame.awaits_key:
            frame.awaits_key = False
            frame.drop = True
        else:
            self.document.tainted.append(self._put(frame, event, None))

    def _refuse_properties(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(
                codes.ANCHOR, f"the anchor &{event.anchor} is not allowed", event,
                f'write the value out; quote text that begins with &: "&{event.anchor}"',
            )
        if event.tag is not None:
            self._refuse(
                codes.TAG, f"the tag {event.tag} is not allowed", event,
                f'remove it; quote text that begins with !: "{event.tag}"',
            )

    def _refuse(self, code: str, message: str, event: Any, hint: str) -> None:
        found = self.document.diagnostics
        found.append(Diagnostic(code, message, span(self.path, event), hint=hint))
        if len(found) >= MAX_PROBLEMS:
            self._stop(
                codes.TOO_MUCH, f"{MAX_PROBLEMS} problems found; the rest of the file was not read", event,
                "mend these first",
            )

    def _stop(self, code: str, message: str, event: Any, hint: str) -> None:
        self.document.diagnostics.append(Diagnostic(code, message, span(self.path, event), hint=hint))
        raise _Stopped
