"""The files of a log as they are at one moment, and their lines."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packgate.errors import UserError
from packgate.eventlog.head import HEAD, Head, parse
from packgate.eventlog.segments import segments
from packgate.eventstore.lines import read_lines
from packgate.eventstore.places import is_parquet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.eventstore.lines import Line

# Seconds for a writer to let go of the log.
_WAIT = 2.0


@dataclass(slots=True)
class LogFiles:
    """The files of a log, the oldest first. ``size``: of the last, which may grow meanwhile; ``head``: what the head says, None where
    there is none; ``damaged``: whether there is one that can't be read."""

    path: str
    full: list[str] = field(default_factory=list)
    size: int | None = None
    head: Head | None = None
    damaged: bool = False

    def files(self) -> Iterator[tuple[str, Iterator[Line]]]:
        """Every file with its lines. Raises `UserError` for one that can't be read, or that is not there any more."""
        for path in self.full:
            yield path, read_lines(path)
        if self.size is not None:
            yield self.path, read_lines(self.path, self.size)


def open_log(path: str) -> LogFiles:
    """The files of a log. While they are listed no writer changes them, where this user may hold them. A Parquet file is a whole log, and
    nothing beside it says how far that had come. Raises `UserError`."""
    found = LogFiles(path)
    if os.path.isfile(path) and is_parquet(path):
        found.full = [path]
        return found
    handle = _hold(path + HEAD)
    try:
        if os.path.isdir(os.path.dirname(path) or "."):
            found.full = [each for _, each in segments(path)]
        found.size = os.stat(path).st_size if os.path.exists(path) else None
        text = b"" if handle is None else os.pread(handle, 4096, 0)
        found.head = parse(text)
        found.damaged = handle is not None and found.head is None and bool(text)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    finally:
        if handle is not None:
            os.close(handle)
    if found.size is None and not found.full:
        raise UserError(f"{path}: there is no log")
    return found


def _hold(path: str) -> int | None:
    """The head's file, locked where that is allowed; None where there is none."""
    from packgate.eventlog.head import wait_for

    for flag in (os.O_RDWR, os.O_RDONLY):
        try:
            handle = os.open(path, flag | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except PermissionError:
            continue
        except OSError:
            return None
        if flag == os.O_RDWR:
            try:
                wait_for(handle, _WAIT)
            except (OSError, ValueError):
                # Without the lock the head may be one event behind, which is nothing to complain of.
                return handle
        return handle
    return None
