"""The end of a file of events, read backwards: its last whole line, and what was torn off behind it."""

from __future__ import annotations

from packgate.eventlog.times import day_number

_FIRST = 16 * 1024
_GROWS = 8
_START = b'{"v":1,"seq":'
_TIME = b',"time":"'
_PREV = b',"prev":"sha256:'
_UNCHAINED = b',"prev":null}'
_HEX = 64


class Tail:
    """``line``: the last whole line without its end, None where there is none; ``end``: where it ends in the file, its line end included;
    ``torn``: what stands behind it."""

    __slots__ = ("end", "line", "torn")

    def __init__(self, line: bytes | None, end: int, torn: bytes) -> None:
        self.line = line
        self.end = end
        self.torn = torn


def read_tail(handle: int, size: int) -> Tail:
    """The end of an open file of ``size`` bytes. Raises `OSError`."""
    import os

    length = _FIRST
    while True:
        start = max(size - length, 0)
        data = os.pread(handle, size - start, start)
        last = data.rfind(b"\n")
        before = data.rfind(b"\n", 0, last) if last > 0 else -1
        if last >= 0 and (before >= 0 or start == 0):
            return Tail(data[before + 1:last], start + last + 1, data[last + 1:])
        if start == 0:
            return Tail(None, 0, data)
        length *= _GROWS


def first_line(handle: int) -> bytes | None:
    """The first line of an open file without its end; None where there is no whole one. Raises `OSError`."""
    import os

    length = _FIRST
    while True:
        data = os.pread(handle, length, 0)
        end = data.find(b"\n")
        if end >= 0:
            return data[:end]
        if len(data) < length:
            return None
        length *= _GROWS


def last_number(handle: int, size: int) -> int:
    """The number of the last event that has one, in a file whose last line has none; 0 where there is none. Raises `OSError`."""
    import os

    found, rest, at = 0, b"", 0
    while at < size:
        data = os.pread(handle, min(1 << 20, size - at), at)
        if not data:
            break
        at += len(data)
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            found = number_of(line) or found
    return found


def number_of(line: bytes) -> int | None:
    """The number of an event by its line, as the log writes it; None for any other line."""
    if not line.startswith(_START) or not (line[-_HEX - 2 - len(_PREV):].startswith(_PREV) or line.endswith(_UNCHAINED)):
        return None
    number = line[len(_START):line.find(b",", len(_START))]
    return int(number) if number.isdigit() and len(number) < 20 else None


def day_of(line: bytes) -> int | None:
    """The day (UTC) of an event by its line, counted; None for any other line."""
    start = line.find(_TIME, 0, len(_START) + 32)
    if start < 0 or number_of(line) is None:
        return None
    start += len(_TIME)
    return day_number(line[start:line.find(b'"', start)].decode("ascii", "replace"))


def digest(line: bytes) -> str:
    """What the next event carries of a line, which is without its end."""
    from hashlib import sha256

    return f"sha256:{sha256(line).hexdigest()}"
