"""Edits of YAML text that change one thing and nothing else; each is checked by reading the result before it is offered."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from packgate.diagnostics import Edit, Fix
from packgate.source.pointer import parent
from packgate.source.yaml import parse_yaml

if TYPE_CHECKING:
    from packgate.lint.rule import Place
    from packgate.source.file import SourceFile


def replace_text(place: Place, text: str, title: str, safe: bool = True) -> Fix | None:
    """Replace a one-line scalar; None where that can't be done without changing anything else."""
    file = place.file
    offsets = file.offsets(place.pointer)
    written = file.written(place.pointer)
    if offsets is None or not written or "\n" in written or written[0] in "|>":
        return None
    fixes = (_checked(file, Edit(file.path, *offsets, form), place.pointer, text, title, safe) for form in _forms(text, written[0]))
    return next((fix for fix in fixes if fix is not None), None)


def remove_item(place: Place, title: str) -> Fix | None:
    """Remove an item of a list that has others; None where that can't be done without changing anything else."""
    file, pointer = place.file, place.pointer
    siblings = _at(file.data, parent(pointer))
    if not isinstance(siblings, list) or len(siblings) < 2:
        return None
    span = _block_span(file, pointer) or _flow_span(file, pointer, len(siblings))
    if span is None:
        return None
    return _checked(file, Edit(file.path, *span, ""), pointer, None, title, True)


def _forms(text: str, quote: str) -> list[str]:
    """A text as the scalar was written, then in double quotes."""
    doubled = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    single = "'" + text.replace("'", "''") + "'"
    return [single if quote == "'" else doubled if quote == '"' else text, doubled]


def _checked(file: SourceFile, edit: Edit, pointer: str, value: str | None, title: str, safe: bool) -> Fix | None:
    """The fix, if the edited text reads as the old data with the one change."""
    expected = copy.deepcopy(file.data)
    container, key = _at(expected, parent(pointer)), pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    index: Any = int(key) if isinstance(container, list) else key
    if value is None:
        del container[index]
    else:
        container[index] = value
    document = parse_yaml(file.text[: edit.start] + edit.text + file.text[edit.end :], file.path)
    if document.diagnostics or document.data != expected:
        return None
    return Fix(title, (edit,), safe)


def _at(data: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        step = part.replace("~1", "/").replace("~0", "~")
        data = data[int(step) if isinstance(data, list) else step]
    return data


def _end(file: SourceFile, pointer: str) -> int:
    """Where the last scalar of a value ends."""
    below = pointer + "/"
    events = [event for place, event in file.document.values.items() if place == pointer or place.startswith(below)]
    end: int = max(event.end_mark.index for event in events)
    return end


def _block_span(file: SourceFile, pointer: str) -> tuple[int, int] | None:
    """The lines of an item that begins with a dash of its own."""
    offsets = file.offsets(pointer)
    if offsets is None:
        return None
    text = file.text
    head = text[: offsets[0]].rstrip(" ")
    line_start = head.rfind("\n") + 1
    if not head.endswith("-") or head[line_start:-1].strip(" "):
        return None
    line_end = text.find("\n", max(_end(file, pointer) - 1, offsets[0]))
    return line_start, len(text) if line_end < 0 else line_end + 1


def _flow_span(file: SourceFile, pointer: str, count: int) -> tuple[int, int] | None:
    """A scalar of a flow list with the comma that belongs to it; None where more than a comma stands between it and the next."""
    base, _, number = pointer.rpartition("/")
    index = int(number)
    own = file.offsets(pointer)
    other = file.offsets(f"{base}/{index + 1 if index + 1 < count else index - 1}")
    if own is None or other is None or file.written(pointer)[:1] in ("", "[", "{"):
        return None
    start, end = (own[0], other[0]) if own < other else (other[1], own[1])
    between = file.text[own[1] : end] if own < other else file.text[start : own[0]]
    return (start, end) if between.strip() == "," else None
