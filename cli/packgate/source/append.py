"""Items added to lists in YAML files by text position: the item is inserted, every other byte stays as it was.

As in `edit`, the result is read again before it is given out: it must say what the file said before, with the one item more.
"""

from __future__ import annotations

import copy
import json
import re

from packgate.source.edited import EditRefused, edited
from packgate.source.pointer import pointer
from packgate.source.scalar import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from packgate.source.layout import Span
    from packgate.source.yaml import Document

_LINE_END = re.compile("\r\n|\r|\n")
# Text that means itself without quotes, whatever stands around it.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+-]+)*")
# The same for text that has a line to itself.
_BLOCK = re.compile(r"[A-Za-z][\x20-\x7e]*")
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
# Words that are no text to readers of YAML 1.1.
_OTHER_READERS = frozenset(("yes", "no", "on", "off", "y", "n"))
_CLOSING = re.compile(r"\]")


def append_item(text: str | None, path: tuple[str | int, ...], item: dict[str, Any], shown: str, header: str = "") -> str:
    """The text of a YAML file with an item added to the end of the list at ``path``.

    ``text``: the file, None where there is none yet, which then begins with ``header``; ``item``: plain data, without nulls; ``shown``: the
    file's name in what is said. A list that is missing is made where the path is one key. Raises `EditRefused` for a text that is broken,
    for a place that holds no list, and for one that can't be changed there alone.
    """
    return edited(
        header if text is None else text, shown, lambda data: _with(data, path, item, shown),
        lambda plain, document: _edits(plain, document, path, item), f"nothing can be added at {pointer(*path)} without changing more",
    )


def _with(data: Any, path: tuple[str | int, ...], item: dict[str, Any], shown: str) -> Any:
    """What the file must say afterwards."""
    data = copy.deepcopy(data)
    if data is None:
        data = {}
    node: Any = data
    for step in path[:-1]:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            raise EditRefused(f"{shown}: there is nothing at {pointer(*path)}") from None
    last = path[-1]
    if isinstance(node, dict) and node.get(str(last)) is None:
        node[str(last)] = []
    found = node.get(str(last)) if isinstance(node, dict) else None
    if not isinstance(found, list):
        raise EditRefused(f"{shown}: no list stands at {pointer(*path)}")
    found.append(item)
    return data


def _edits(text: str, document: Document, path: tuple[str | int, ...], item: dict[str, Any]) -> Iterator[Span]:
    """Ways to say it, the most natural first."""
    place = pointer(*path)
    newline = _newline(text)
    event = document.values.get(place)
    if event is None:
        at = len(text)
        yield at, at, _break(text, at, newline) + f"{path[-1]}:{newline}" + _lines(item, 2, newline)
        return
    start = int(event.start_mark.index)
    if text[start : start + 1] == "[":
        yield from _in_flow(text, document, place, start, item)
        return
    first = document.values.get(f"{place}/0")
    if first is None:
        # A key without a value.
        at = _line_end(text, start)
        key = document.keys[place]
        yield at, at, _break(text, at, newline) + _lines(item, int(key.start_mark.column) + 2, newline)
        return
    dash = text.rfind("-", 0, int(first.start_mark.index))
    column = dash - max(text.rfind("\n", 0, dash), text.rfind("\r", 0, dash)) - 1
    end = max(int(each.end_mark.index) for name, each in document.values.items() if name.startswith(place + "/"))
    at = _line_end(text, end)
    for where in (at, *(found.end() for found in _LINE_END.finditer(text, at)), len(text)):
        yield where, where, _break(text, where, newline) + _lines(item, column, newline)
        if text[at:where].count("\n") > 3:
            return


def _in_flow(text: str, document: Document, place: str, start: int, item: dict[str, Any]) -> Iterator[Span]:
    inner = [int(each.end_mark.index) for name, each in document.values.items() if name.startswith(place + "/")]
    gap = ", " if inner else ""
    for number, found in enumerate(_CLOSING.finditer(text, max(inner, default=start))):
        if number > 8:
            return
        yield found.start(), found.start(), gap + flow(item)


def _lines(item: dict[str, Any], column: int, newline: str) -> str:
    """An item of a block list: a line for every key."""
    indent = " " * column
    lines = [f"{indent}{'- ' if not number else '  '}{scalar(key)}: {_value(value)}" for number, (key, value) in enumerate(item.items())]
    return newline.join(lines) + newline


def _value(value: Any) -> str:
    """Plain data behind a key of a block mapping, where braces and quotes inside a text need no quotes."""
    plain = isinstance(value, str) and _BLOCK.fullmatch(value) and ": " not in value and " #" not in value and value[-1] not in ": "
    return value if plain and isinstance(value, str) and value.lower() not in _OTHER_READERS and resolve(value) == value else flow(value)


def flow(value: Any) -> str:
    """Plain data on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(str(key))}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(each) for each in value) + "]"
    if isinstance(value, str):
        return scalar(value)
    return json.dumps(value)


def scalar(text: str) -> str:
    """A text so that YAML reads that text again, wherever it stands."""
    if _PLAIN.fullmatch(text) and isinstance(resolve(text), str) and text.lower() not in _OTHER_READERS:
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    """A character inside of double quotes."""
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    return _SHORT.get(char) or (f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}")


def _newline(text: str) -> str:
    found = _LINE_END.search(text)
    return found.group() if found else "\n"


def _line_end(text: str, index: int) -> int:
    """Behind the end of the line at an index; at once where the text before it ends one already (block scalars)."""
    if index and text[index - 1] in "\r\n":
        return index
    found = _LINE_END.search(text, index)
    return found.end() if found else len(text)


def _break(text: str, at: int, newline: str) -> str:
    return "" if at == 0 or text[at - 1] in "\r\n" else newline
