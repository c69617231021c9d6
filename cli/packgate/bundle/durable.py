"""Files that are there whole or not at all, whatever happens to the process or the machine."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator


def write_whole(path: str, data: bytes, mode: int = 0o644) -> None:
    """Put ``data`` at ``path`` in one step: a reader sees the old file or the new one, and the new one survives a crash.

    Raises `OSError`.
    """
    folder, name = os.path.split(os.path.abspath(path))
    pending = os.path.join(folder, f".{name}.{os.getpid()}.part")
    try:
        write_synced(pending, data, mode)
        os.replace(pending, path)
    except OSError:
        with contextlib.suppress(FileNotFoundError):
            os.remove(pending)
        raise
    sync_folder(folder)


def write_synced(path: str, data: bytes, mode: int = 0o644) -> None:
    """Write a file and wait until it is on the disk. For files that nobody reads yet."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: str) -> None:
    """Wait until the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: str) -> None:
    """Wait until every file and folder below a folder is on the disk."""
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            path = os.path.join(place, name)
            if not os.path.islink(path):
                handle = os.open(path, os.O_RDONLY)
                try:
                    os.fsync(handle)
                finally:
                    os.close(handle)
        sync_folder(place)


class Busy(UserError):
    """Another process holds the lock of a folder."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"{folder}: another process of packgate is at work in this folder", "wait until it is done")


@contextlib.contextmanager
def locked(folder: str) -> Iterator[None]:
    """Hold a folder for this process alone. The system lets go of the lock when the process ends, however it ends.

    Raises `Busy` when another process holds it.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Busy(folder) from None
        yield
    finally:
        os.close(handle)
