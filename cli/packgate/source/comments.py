"""Comments of a YAML file: the parser drops them, suppression needs them."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.source.yaml import Document

_HASH = re.compile(r"(?:^|(?<=[ \t]))#[^\r\n]*", re.MULTILINE)
_LINE_END = re.compile("\r\n|\r|\n")


def find_comments(text: str, document: Document) -> dict[int, str]:
    """Comments by 1-based line; a ``#`` inside a scalar is not one."""
    if "#" not in text:
        return {}
    found: dict[int, str] = {}
    scalars = _scalar_ranges(text, document)
    starts = [0] + [match.end() for match in _LINE_END.finditer(text)]
    current, line, at = 0, 0, 0
    while (match := _HASH.search(text, at)) is not None:
        index = match.start()
        while current < len(scalars) and scalars[current][1] <= index:
            current += 1
        if current < len(scalars) and scalars[current][0] <= index:
            at = max(scalars[current][1], index + 1)
            continue
        while line + 1 < len(starts) and starts[line + 1] <= index:
            line += 1
        found[line + 1] = match[0].rstrip()
        at = max(match.end(), index + 1)
    return found


def _scalar_ranges(text: str, document: Document) -> list[tuple[int, int]]:
    ranges = []
    for events in (document.values, document.keys):
        for event in events.values():
            start, end = event.start_mark.index, event.end_mark.index
            if getattr(event, "style", None) in ("|", ">"):
                # The line of the block indicator may end in a comment of its own.
                header = _LINE_END.search(text, start)
                start = header.end() if header else end
            if start < end:
                ranges.append((start, end))
    ranges.sort()
    return ranges
