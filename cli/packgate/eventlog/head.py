"""The head of a log: where its chain has come to, in a small file beside it that every writer locks, reads and writes again.

    NUMBER DIGEST SIZE TOLD     of the last event, of its line, of the file, and how many losses the log has told

It saves reading the log's end, and it remembers what that end was: a writer that finds another one knows that the log was cut off or
changed. Whoever can change the log can change the head too; what proves more is a signed checkpoint.
"""

from __future__ import annotations

from packgate.eventlog.append import open_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType

HEAD = ".head"
_SIZE = 128
_DIGITS = 18
_PAUSE = 0.0001
_LONGEST_PAUSE = 0.002


class Head:
    """``number``, ``digest``: of the last event, 0 and None of an empty log; ``size``: of its file in bytes; ``told``: how many losses
    the log has told."""

    __slots__ = ("digest", "number", "size", "told")

    def __init__(self, number: int = 0, digest: str | None = None, size: int = 0, told: int = 0) -> None:
        self.number = number
        self.digest = digest
        self.size = size
        self.told = told


class Held:
    """The head's file, held by this process alone. Within a process each thread waits for the others, since a lock on a file is the
    process's: no other part of packgate opens this file for writing."""

    __slots__ = ("_lock", "handle")

    def __init__(self, log: str, wait: float) -> None:
        """``wait``: seconds. Raises `OSError`, `ValueError`: others can write the file, or a process does not let go of it."""
        from _thread import allocate_lock

        self._lock = _LOCKS.setdefault(log, allocate_lock())
        if not self._lock.acquire(timeout=wait):
            raise ValueError("another thread holds it")
        try:
            self.handle = open_own(log + HEAD, appending=False)
            try:
                wait_for(self.handle, wait)
            except BaseException:
                _close(self.handle)
                raise
        except BaseException:
            self._lock.release()
            raise

    def release(self) -> None:
        """Let others write."""
        _close(self.handle)
        self._lock.release()

    def read(self) -> Head:
        """The head; that of an empty log where there is none, or none that can be read. Raises `OSError`."""
        import os

        return parse(os.pread(self.handle, _SIZE, 0)) or Head()

    def write(self, head: Head) -> None:
        """Replace the head. Raises `OSError`."""
        import os

        text = f"{head.number} {head.digest} {head.size} {head.told}"
        os.pwrite(self.handle, text.ljust(_SIZE - 1).encode("ascii") + b"\n", 0)


def parse(data: bytes) -> Head | None:
    """The head in the bytes of its file; None for anything else."""
    words = data.decode("ascii", "replace").split()
    if len(words) != 4 or not words[1].startswith("sha256:"):
        return None
    if any(not each.isdigit() or len(each) > _DIGITS for each in (words[0], *words[2:])):
        return None
    return Head(int(words[0]), words[1], int(words[2]), int(words[3]))


def wait_for(handle: int, wait: float) -> None:
    """Lock a file. A process that was stopped while it held the lock must not stop all others, so this ends."""
    import os
    from time import monotonic, sleep

    pause, end = _PAUSE, 0.0
    while True:
        try:
            os.lockf(handle, os.F_TLOCK, 0)
            return
        except (BlockingIOError, PermissionError):
            end = end or monotonic() + wait
            if monotonic() > end:
                raise ValueError("another process holds it") from None
            sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)


def _close(handle: int) -> None:
    import os

    os.close(handle)


_LOCKS: dict[str, LockType] = {}
