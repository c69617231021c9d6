"""Files of recorded actions cut into ranges of bytes, and what each line of a range is.

A line belongs to the range in which its first byte lies, so that ranges can be read in any order, by any process, and every line counts
once. Of Parquet a range is a row group, and its bytes are those of the column that holds the lines.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.engine.waivers import utc_day
from packgate.eventlog.record import KINDS, VERSION
from packgate.eventstore import rows
from packgate.eventstore.lines import LONGEST_LINE
from packgate.eventstore.places import is_parquet, length, opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# Without looking for the encoding, which is known.
_decode = json.JSONDecoder().decode


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes of a file, half-open; ``number``: the place among all ranges, ``file`` that of the file among all files; ``path``: a path or an
    address; ``group``: the row group of a Parquet file."""

    number: int
    file: int
    path: str
    start: int
    end: int
    group: int | None = None


class NoEvent(ValueError):
    """A line that is neither an event nor an action; the message says why."""


def ranges(paths: Sequence[Path | str], size: int, lengths: Sequence[int] | None = None) -> list[Range]:
    """The ranges of files, of ``size`` bytes at most, in the order of the files. A file of lines counts as long as it is now, or as
    ``lengths`` say: what is appended later is left out. Raises `UserError` for what can't be read."""
    found: list[Range] = []
    for file, each in enumerate(paths):
        path, before = str(each), len(found)
        if is_parquet(path):
            start = 0
            for number, group in enumerate(rows.groups(path)):
                found.append(Range(before + number, file, path, start, start + group.size, number))
                start += group.size
            continue
        end = length(path) if lengths is None else lengths[file]
        found += [Range(before + step, file, path, start, min(start + size, end)) for step, start in enumerate(range(0, end, size))]
    return found


def origin_of(part: Range, number: int) -> tuple[str, int] | None:
    """The file and line at which a line of a range (from 1) stood before it became a row; None where nothing says that. Raises
    `UserError`."""
    return None if part.group is None else rows.origin(part.path, part.group, number - 1)


def read_lines(part: Range) -> Iterator[bytes | None]:
    """The lines of a range; None stands for one that is too long. Raises `UserError` when the file can't be read any more."""
    if part.group is not None:
        # An empty row is an empty line, as it is read from a file of them.
        yield from ((line or b"\n") if len(line) <= LONGEST_LINE else None for line in rows.lines(part.path, part.group))
        return
    with opened(part.path) as stream:
        position = part.start
        if position:
            stream.seek(position - 1)
            position += _skip(stream) - 1
        while position < part.end:
            line = stream.readline(LONGEST_LINE + 1)
            if not line:
                return
            size = len(line)
            position += size
            if size > LONGEST_LINE:
                position += 0 if line.endswith(b"\n") else _skip(stream)
                yield None
            else:
                yield line


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
    if data["v"] != VERSION or kind not in KINDS:
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
