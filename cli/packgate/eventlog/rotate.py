"""A full file of the log is put aside under a number and another one begun, whose first line says so; old ones go where a limit is set."""

from __future__ import annotations

from packgate.eventlog.record import rotation_event
from packgate.eventlog.segments import segment, segments
from packgate.eventlog.tail import day_of, digest, first_line, number_of, read_tail
from packgate.eventlog.times import day_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.eventlog.head import Head


def put_aside(path: str, handle: int) -> str:
    """Give the log's file, open as ``handle``, the name of a full one, and give that. Raises `OSError`."""
    import os

    full = segments(path)
    place = segment(path, full[-1][0] + 1 if full else 1)
    os.fsync(handle)
    os.rename(path, place)
    return place


def newest(path: str) -> str | None:
    """The newest full file; None where there is none. Raises `OSError`."""
    full = segments(path)
    return full[-1][1] if full else None


def superfluous(path: str, keep: int, days: int, time: str) -> list[str]:
    """The full files that do not stay, the oldest first. ``keep``: how many stay at most, 0 for all; ``days``: how many days an event stays
    at least, 0 for ever; ``time``: now, by which that is counted. A file stays as long as its last event, and with it all that came after
    it. Raises `OSError`."""
    full = [each for _, each in segments(path)]
    many = max(len(full) - keep, 0) if keep else 0
    today = day_number(time)
    while days and today is not None and many < len(full):
        last = _ends(full[many])[1]
        day = None if last is None else day_of(last)
        if day is None or day + days >= today:
            break
        many += 1
    return full[:many]


def is_of_another_day(handle: int, time: str) -> bool:
    """Whether an open file was begun on a day (UTC) before ``time``. Raises `OSError`."""
    line = first_line(handle)
    began, today = None if line is None else day_of(line), day_number(time)
    return began is not None and today is not None and began < today


def rotated(time: str, former: str | None, head: Head, removed: list[str]) -> dict[str, Any]:
    """The event that stands first in another file. ``removed``: full files that are removed once it is written: it tells of them, so that
    their absence is no break. Raises `OSError`."""
    name = None if former is None else name_of(former)
    return rotation_event(time, name, head.number, head.digest, [_described(each) for each in removed])


def newest_line(path: str) -> bytes | None:
    """The last line of the newest full file; None where there is none. Raises `OSError`."""
    former = newest(path)
    return None if former is None else _ends(former)[1]


def name_of(path: str) -> str:
    """The name of a file without its folder."""
    return path.rpartition("/")[2]


def _described(path: str) -> dict[str, Any]:
    """What stays known of a file that is removed: which events it held, and the digest of the last."""
    first, last = _ends(path)
    return {
        "file": name_of(path), "first": None if first is None else number_of(first), "last": None if last is None else number_of(last),
        "head": None if last is None else digest(last),
    }


def _ends(path: str) -> tuple[bytes | None, bytes | None]:
    import os

    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        return first_line(handle), read_tail(handle, os.fstat(handle).st_size).line
    finally:
        os.close(handle)
