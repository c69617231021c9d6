"""Append to a file of records: one record, one line, one write. It is there whole or, on a full disk, cut off and alone with its damage.

Alerts on their way are kept so. The event log is more than such a file: `chain` writes it.
"""

from __future__ import annotations

from packgate.eventlog.line import to_line
from packgate.eventlog.losses import count_losses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# How often, and after how many seconds again, the log's lock is asked for.
_TRIES = 50
_PAUSE = 0.001
_KIND = 0o170000
_REGULAR = 0o100000
_OTHERS_WRITE = 0o022


class LogError(Exception):
    """A record was not written. The message says why, and quotes nothing of it."""


def append(path: str, record: dict[str, Any], *, durable: bool = False, largest: int | None = None) -> None:
    """Write a record at the end of a log, which is made if there is none, for its owner alone.

    Records of several processes at once do not mix: each is one write to a file opened for appending. ``durable`` waits until it is on
    the disk; otherwise it is the system's, and survives the process but not the machine. ``largest``: a file of so many bytes takes nothing
    more. Raises `LogError`, after the loss was counted beside the log as far as that was possible.
    """
    import os

    try:
        line = to_line(record)
        handle = open_own(path)
        try:
            if largest is not None and os.fstat(handle).st_size >= largest:
                raise ValueError("the file is full")
            _write(handle, line)
            if durable:
                os.fsync(handle)
        finally:
            os.close(handle)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        reason = str(getattr(error, "strerror", None) or error)
        count_losses(path)
        raise LogError(f"{path}: {reason}") from None


def open_own(path: str, *, appending: bool = True) -> int:
    """A file, open for reading and appending (or writing anywhere), made with its folder if it is not there. Raises `OSError`, and
    `ValueError` for what is no file of this user's alone to write."""
    import os

    flags = os.O_RDWR | (os.O_APPEND if appending else 0) | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        handle = os.open(path, flags, 0o600)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        handle = os.open(path, flags, 0o600)
    found = os.fstat(handle)
    wrong = None
    if found.st_mode & _KIND != _REGULAR:
        wrong = "not a regular file"
    elif found.st_uid not in (0, os.geteuid()):
        wrong = "the file belongs to another user"
    elif found.st_mode & _OTHERS_WRITE:
        wrong = "others can write the file"
    if wrong is not None:
        os.close(handle)
        raise ValueError(wrong)
    return handle


def _write(handle: int, line: bytes) -> None:
    """One write. Where an earlier one was cut off, its line is ended first, so that only that one is damaged."""
    import os

    # Without the lock, a write of another process that is under way would look like one that was cut off.
    if _locked(handle):
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            line = b"\n" + line
    written = os.write(handle, line)
    if written != len(line):
        raise ValueError(f"only {written} of {len(line)} bytes were written")


def _locked(handle: int) -> bool:
    """Hold the log until the descriptor is closed; False when another process does not let go of it: appending needs no lock."""
    import os
    from time import sleep

    for _ in range(_TRIES):
        try:
            os.lockf(handle, os.F_TLOCK, 0)
            return True
        except BlockingIOError:
            sleep(_PAUSE)
    return False
