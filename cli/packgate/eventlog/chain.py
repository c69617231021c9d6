"""Append to the event log: numbered lines, each with the digest of the one before, in one write, by any number of processes.

A writer holds the log's head, goes on from where it stands, and says in the log itself what it found wrong: a line that was torn off when
a process was killed (set aside in LOG.torn), a log that ends before its head, records that were lost.
"""

from __future__ import annotations

from packgate.eventlog.append import LogError, open_own
from packgate.eventlog.head import Head, Held
from packgate.eventlog.line import to_line
from packgate.eventlog.losses import count_losses, lost
from packgate.eventlog.record import gap_event
from packgate.eventlog.rotate import is_of_another_day, newest, newest_line, put_aside, rotated, superfluous
from packgate.eventlog.tail import digest, last_number, number_of, read_tail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

TORN = ".torn"
# A line that no reader of events would take.
_LONGEST = 16 * 1024 * 1024
_START, _END = b'{"v":1,"seq":null,', b',"prev":null}\n'


class Log:
    """A log and how it is kept. ``fsync``: wait until events are on the disk; ``rotate``: bytes from which on another file is begun, 0 for
    never; ``keep``: how many full files stay, 0 for all; ``keep_days``: how many days an event stays, 0 for ever (else another file is
    begun every day); ``wait``: seconds for other writers."""

    __slots__ = ("fsync", "keep", "keep_days", "path", "rotate", "wait")

    def __init__(
        self, path: str, *, fsync: bool = False, rotate: int = 0, keep: int = 0, keep_days: int = 0, wait: float = 5.0
    ) -> None:
        self.path = path
        self.fsync = fsync
        self.rotate = rotate
        self.keep = keep
        self.keep_days = keep_days
        self.wait = wait


def append_events(log: Log, events: Sequence[dict[str, Any]]) -> None:
    """Write events at the end of a log, all in one write; the log is made if there is none, for its owner alone.

    When this returns they are there whole, whatever happens to this process, and with ``log.fsync`` whatever happens to the machine.
    Raises `LogError` after the loss was counted beside the log, as far as that was possible.
    """
    _guarded(log, lambda: _written(events), len(events))


def append_after(log: Log, make: Callable[[Head], dict[str, Any]]) -> None:
    """`append_events` of the event that ``make`` makes of the log's head, which no other writer changes meanwhile."""
    _guarded(log, lambda: lambda head: _written([make(head)]), 1)


def _guarded(log: Log, prepare: Callable[[], Any], number: int) -> None:
    """Append what ``prepare`` makes before the log is locked: events as they are written, or a function of the log's head that makes them.
    ``number``: how many records are lost when that fails."""
    try:
        given = prepare()
        _append(log, given if callable(given) else lambda _: given)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        reason = str(getattr(error, "strerror", None) or error)
        counted = "" if count_losses(log.path, number) else "; the loss could not be counted"
        raise LogError(f"{log.path}: {reason}{counted}") from None


def _append(log: Log, make: Callable[[Head], _Written]) -> None:
    import os

    file = _File()
    try:
        held = Held(log.path, log.wait)
        try:
            _write(log, held, file, make)
        finally:
            held.release()
        if log.fsync:
            # After the lock: it is for all that was written before, and others need not wait for it.
            os.fsync(file.handle)
            if file.fresh:
                _sync_folder(log.path)
    finally:
        file.close()


class _File:
    """The file that is written; another one after a rotation. ``fresh``: whether nothing was in it before."""

    __slots__ = ("fresh", "handle")

    def __init__(self) -> None:
        self.handle = -1
        self.fresh = False

    def open(self, path: str) -> None:
        """Open the log, in place of the file that was open."""
        handle = open_own(path)
        self.close()
        self.handle = handle

    def close(self) -> None:
        """Close it, if it is open."""
        import os

        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1


def _write(log: Log, held: Held, file: _File, make: Callable[[Head], _Written]) -> None:
    """Write what is to be written, and the head."""
    import os

    file.open(log.path)
    size = os.fstat(file.handle).st_size
    head = held.read()
    losses = lost(log.path)
    told = min(head.told, losses)
    found: list[dict[str, Any]] = []
    if not size or size != head.size:
        head, size, found = _found(log.path, file.handle, size, head)
    if losses > told:
        missing = losses - told
        found.append(_said("log-unwritable", f"{missing} records could not be written before this one", lost=missing))
    given = make(head)
    events = [gap_event(given.time, None, outcome) for outcome in found]
    removed: list[str] = []
    if (log.rotate and size >= log.rotate) or (head.number and not size) or (
        log.keep_days and size and is_of_another_day(file.handle, given.time)
    ):
        former = put_aside(log.path, file.handle) if size else newest(log.path)
        size = 0
        file.open(log.path)
        removed = superfluous(log.path, log.keep, log.keep_days, given.time)
        events.insert(0, rotated(given.time, former, head, removed))
    file.fresh = not size
    data, head = _lines([*(_body(each) for each in events), *given.bodies], head)
    _write_all(file.handle, data, size)
    held.write(Head(head.number, head.digest, size + len(data), losses))
    for each in removed:
        _remove(each)


class _Written:
    """Events as they are written, but for their number and the digest of the one before. ``time``: that of the first."""

    __slots__ = ("bodies", "time")

    def __init__(self, bodies: list[bytes], time: str) -> None:
        self.bodies = bodies
        self.time = time


def _written(events: Sequence[dict[str, Any]]) -> _Written:
    return _Written([_body(each) for each in events], str(events[0]["time"]))


def _body(event: dict[str, Any]) -> bytes:
    """What stands in an event's line between its number and the digest. Raises `ValueError`."""
    line = to_line({**event, "seq": None, "prev": None})
    if not line.startswith(_START) or not line.endswith(_END) or len(line) > _LONGEST:
        raise ValueError("not an event, or too long a one")
    return line[len(_START):-len(_END)]


def _lines(bodies: Sequence[bytes], head: Head) -> tuple[bytes, Head]:
    """The lines of events that go on from a head, and the head after them."""
    lines = []
    number, before = head.number, head.digest
    for body in bodies:
        number += 1
        prev = b"null" if before is None else b'"%s"' % before.encode("ascii")
        line = b'{"v":1,"seq":%d,%s,"prev":%s}' % (number, body, prev)
        before = digest(line)
        lines.append(line + b"\n")
    return b"".join(lines), Head(number, before)


def _write_all(handle: int, data: bytes, size: int) -> None:
    import os

    written = os.write(handle, data)
    if written != len(data):
        os.ftruncate(handle, size)
        raise ValueError(f"only {written} of {len(data)} bytes could be written")


def _found(path: str, handle: int, size: int, head: Head) -> tuple[Head, int, list[dict[str, Any]]]:
    """Where to go on in a file that is not as the head says: the head, the file's size, and what the log has to tell of it."""
    import os

    found = []
    tail = read_tail(handle, size)
    if tail.torn:
        _set_aside(path, tail.torn)
        os.ftruncate(handle, tail.end)
        found.append(_said(
            "log-torn", "a line was cut off, of a record that nobody was told is written", bytes=len(tail.torn), digest=digest(tail.torn),
        ))
    line = tail.line if tail.line is not None else newest_line(path)
    if line is None:
        number = 0
    else:
        known = number_of(line)
        if known is None:
            known = last_number(handle, tail.end)
            found.append(_said("log-unchained", "the line before this one belongs to no chain"))
        number = known
    # What a writer that was killed did not put into the head.
    if line is not None and (number > head.number or not head.number):
        return Head(number, digest(line)), tail.end, found
    if number < head.number:
        found.append(_said("log-cut", f"the log ended at {number}, and {head.number} was written", first=number + 1, last=head.number))
    elif line is not None and number_of(line) is not None and digest(line) != head.digest:
        found.append(_said("log-altered", f"the event {number} is not the one that was written", first=number, last=number))
    # The next event carries what was written, so that the difference can be found for ever.
    return head, tail.end, found


def _remove(path: str) -> None:
    import os

    try:
        os.unlink(path)
    except OSError:
        # The events are written; a file that could not be removed is tried again at the next rotation.
        return


def _sync_folder(path: str) -> None:
    """Put on the disk that a file is in its folder. Raises `OSError`."""
    import os

    handle = os.open(os.path.dirname(path) or ".", os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _set_aside(path: str, torn: bytes) -> None:
    import os

    handle = open_own(path + TORN)
    try:
        if os.write(handle, torn + b"\n") != len(torn) + 1:
            raise ValueError("what was cut off can't be set aside")
    finally:
        os.close(handle)


def _said(failure: str, message: str, **more: Any) -> dict[str, Any]:
    return {"failure": failure, "message": message, **more}
