"""The file that events are added to: what it holds already is not written again, and a line that was cut off is taken away."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.eventlog.line import to_line
from packgate.eventlog.record import IMPORTED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_CHUNK = 1024 * 1024


def known_ids(path: Path) -> Iterator[str]:
    """The ids of the events of a file that an import has written; none where there is no file. Raises `UserError` for a file of something
    else, which is left as it is."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    return  # An import was stopped here: this event is written again.
                yield _id(path, number, line)
    except FileNotFoundError:
        return
    except OSError as error:
        raise UserError(f"{path}: can't be read: {(error.strerror or str(error)).lower()}") from None


def line_of(event: dict[str, Any]) -> bytes:
    """An event as a line, as `to_line` writes it, by the quicker way that most take."""
    try:
        return json.dumps(event, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"
    except (ValueError, RecursionError):
        return to_line(event)  # Numbers that are none, or very deep.


def _id(path: Path, number: int, line: bytes) -> str:
    try:
        event = json.loads(line)
        if event["kind"] == IMPORTED:
            return str(event["outcome"]["id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise UserError(f"{path}:{number}: not an imported event", "events are only added to a file that an import wrote; name another one")


@contextmanager
def open_events(path: Path) -> Iterator[BinaryIO]:
    """The file, to add lines to; it is made for its owner alone. Raises `UserError`."""
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            file.seek(0, os.SEEK_END)
            file.truncate(_whole(file, file.tell()))
            file.seek(0, os.SEEK_END)
            yield file
    except OSError as error:
        raise UserError(f"{path}: can't be written: {(error.strerror or str(error)).lower()}") from None


def _whole(file: BinaryIO, size: int) -> int:
    """Where the last whole line ends."""
    end = size
    while end > 0:
        start = max(0, end - _CHUNK)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
