"""Files of recorded actions cut into ranges of bytes, and what each line of a range is.

A line belongs to the range in which its first byte lies, so that ranges can be read in any order, by any process, and every line counts
once.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.engine.waivers import utc_day
from packgate.errors import UserError
from packgate.eventlog.record import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# A longer line is no event of ours.
LONGEST_LINE = 16 * 1024 * 1024
# Without looking for the encoding, which is known.
_decode = json.JSONDecoder().decode


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes of a file, half-open; ``number``: the place among all ranges, ``file`` that of the file among all files."""

    number: int
    file: int
    path: str
    start: int
    end: int


class NoEvent(ValueError):
    """A line that is neither an event nor an action; the message says why."""


def ranges(paths: Sequence[Path], size: int, lengths: Sequence[int] | None = None) -> list[Range]:
    """The ranges of files, of ``size`` bytes at most, in the order of the files. A file counts as long as it is now, or as ``lengths`` say:
    what is appended later is left out. Raises `UserError` for what can't be read."""
    found: list[Range] = []
    for file, path in enumerate(paths):
        length = _length(path) if lengths is None else lengths[file]
        starts = range(0, length, size)
        before = len(found)
        found += [Range(before + step, file, str(path), start, min(start + size, length)) for step, start in enumerate(starts)]
    return found


def _length(path: Path) -> int:
    try:
        with path.open("rb") as stream:
            return os.fstat(stream.fileno()).st_size
    except OSError as error:
        raise UserError(f"{path}: can't be read: {(error.strerror or str(error)).lower()}") from error


def read_lines(part: Range) -> Iterator[bytes | None]:
    """The lines of a range; None stands for one that is too long. Raises `UserError` when the file can't be read any more."""
    try:
        with open(part.path, "rb") as stream:
            position = part.start
            if position:
                stream.seek(position - 1)
                position += _skip(stream) - 1
            while position < part.end:
                line = stream.readline(LONGEST_LINE + 1)
                if not line:
                    return
                position += len(line)
                if len(line) > LONGEST_LINE:
                    position += 0 if line.endswith(b"\n") else _skip(stream)
                    yield None
                else:
                    yield line
    except OSError as error:
        raise UserError(f"{part.path}: can't be read: {(error.strerror or str(error)).lower()}") from error


def _skip(stream: Any) -> int:
    """Read to the end of a line; how many bytes that were."""
    count = 0
    while line := stream.readline(1024 * 1024):
        count += len(line)
        if line.endswith(b"\n"):
            break
    return count


def read_event(line: bytes) -> tuple[str, dict[str, Any], dict[str, Any] | None]:
    """What a line is: the kind of the event (``action`` for a bare action), all that it says, and its action.

    Raises `NoEvent` for anything that is not whole: evidence rests on whole lines.
    """
    try:
        data = _decode(line.decode())
    except UnicodeDecodeError:
        raise NoEvent("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise NoEvent(f"not JSON: {error.msg}") from None
    except (ValueError, RecursionError):
        raise NoEvent("it is nested too deeply, or holds a number that is too long") from None
    if not isinstance(data, dict):
        raise NoEvent("it is neither an event nor an action")
    if "kind" not in data or "v" not in data:
        if "surface" in data or "command" in data:
            return "action", data, data
        raise NoEvent("it is neither an event nor an action")
    kind, action = data["kind"], data.get("action")
    if data["v"] != 1 or kind not in KINDS:
        raise NoEvent("it is not an event of version 1")
    if action is not None and not isinstance(action, dict):
        raise NoEvent("its action is no object")
    if kind == "decision" and action is None:
        raise NoEvent("a decision without an action")
    return kind, data, action


def day_of(time: object) -> str | None:
    """The day in UTC of a time as events have it; None where there is none."""
    if not isinstance(time, str):
        return None
    if len(time) == 20 and time[19] == "Z":
        return time[:10]
    day = utc_day(time)
    return None if day is None else "{:04}-{:02}-{:02}".format(*day)
