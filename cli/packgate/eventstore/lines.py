"""Files of events by their lines, whatever their form: text with a line for each event, or Parquet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from packgate.errors import UserError
from packgate.eventstore.places import is_parquet, opened
from packgate.eventstore.quick_json import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# A longer line is no event of ours, and is not read whole.
LONGEST_LINE = 16 * 1024 * 1024
# How many damaged lines are named; all are counted.
_NAMED = 20
_BLOCK = 1 << 20


class Line(NamedTuple):
    """A line without its end, or a row of Parquet; numbers begin with 1. ``whole``: whether it has an end; ``data`` is cut for a line that
    is too long."""

    number: int
    data: bytes
    whole: bool = True

    @property
    def too_long(self) -> bool:
        """Whether it is longer than an event can be."""
        return len(self.data) > LONGEST_LINE


@dataclass(slots=True)
class Damage:
    """The lines that are no events: how many, and the first of them as ``file:line: why``."""

    lines: int = 0
    named: list[str] = field(default_factory=list)

    def add(self, name: str, number: int, why: str) -> None:
        """Count one."""
        self.lines += 1
        if len(self.named) < _NAMED:
            self.named.append(f"{name}:{number}: {why}")


class Stream(Protocol):
    """What lines are read from."""

    def readline(self, size: int, /) -> bytes:
        """The next line, or its beginning; empty at the end."""


def read_lines(path: str | Path, size: int | None = None) -> Iterator[Line]:
    """The lines of a file; of one with text, those of its first ``size`` bytes. Raises `UserError` for a file that can't be read, or that
    became shorter than ``size``."""
    place = str(path)
    if is_parquet(place):
        yield from _rows(place)
        return
    with opened(place) as stream:
        yield from lines_of(stream if size is None else _Beginning(stream, size, place))


def lines_of(stream: Stream, start: int = 0) -> Iterator[Line]:
    """The lines of an open file. ``start``: how many stand before what is read."""
    number = start
    while data := stream.readline(LONGEST_LINE + 1):
        number += 1
        whole = data.endswith(b"\n")
        if len(data) > LONGEST_LINE:
            yield Line(number, data, whole or _skip(stream))
        else:
            yield Line(number, data[:-1] if whole else data, whole)


def event_of(data: bytes) -> dict[str, Any] | str:
    """The event of a line, or why it is none."""
    try:
        found = read_json(data)
    except UnicodeDecodeError:
        return "it is not UTF-8"
    except RecursionError:
        return "it is nested too deeply"
    except ValueError as error:
        return f"not JSON: {getattr(error, 'msg', error)}"
    if not isinstance(found, dict) or found.get("v") != 1 or not isinstance(found.get("kind"), str):
        return "not an event of version 1"
    return found


def events_of(lines: Iterable[Line], name: str, damage: Damage) -> Iterator[tuple[Line, dict[str, Any]]]:
    """The events among lines, each with its line; what is none counts as ``damage``, and an empty line as nothing."""
    for line in lines:
        if line.too_long:
            damage.add(name, line.number, f"it is longer than {LONGEST_LINE:,} bytes")
        elif line.data and not line.data.isspace():
            found = event_of(line.data)
            if isinstance(found, dict):
                yield line, found
            else:
                damage.add(name, line.number, found)


def _rows(place: str) -> Iterator[Line]:
    from packgate.eventstore import rows

    before = 0
    for number, group in enumerate(rows.groups(place)):
        for row, data in enumerate(rows.lines(place, number), before + 1):
            yield Line(row, data)
        before += group.rows


def _skip(stream: Stream) -> bool:
    """Read to the end of a line; whether it has one."""
    while data := stream.readline(_BLOCK):
        if data.endswith(b"\n"):
            return True
    return False


class _Beginning:
    """The first bytes of a file: what is added meanwhile is not read."""

    def __init__(self, stream: Stream, size: int, name: str) -> None:
        self._stream, self._left, self._name = stream, size, name

    def readline(self, size: int, /) -> bytes:
        """As that of a file. Raises `UserError` where the file ends too soon."""
        if self._left <= 0:
            return b""
        data = self._stream.readline(min(size, self._left))
        if not data:
            raise UserError(f"{self._name} became shorter while it was read")
        self._left -= len(data)
        return data
