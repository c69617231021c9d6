"""Reading files that someone else may have prepared: bounded, regular files only, never waiting; and who else can change a file."""

from __future__ import annotations

_KIND = 0o170000
_REGULAR = 0o100000
_FOLDER = 0o040000
_STICKY = 0o1000
_GROUP_WRITES = 0o020
_OTHERS_WRITE = 0o002


def read_regular(path: str, most: int) -> bytes | None:
    """The first ``most`` bytes of a regular file; None for anything else: nothing there, a folder, a pipe, a device, no permission.

    Nothing is opened that opening could wake or wait for. The result has ``most`` + 1 bytes when the file is longer.
    """
    import os

    try:
        if os.stat(path).st_mode & _KIND != _REGULAR:
            return None
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    try:
        if os.fstat(handle).st_mode & _KIND != _REGULAR:
            return None
        return read_up_to(handle, most + 1)
    except OSError:
        return None
    finally:
        os.close(handle)


def read_up_to(handle: int, most: int) -> bytes:
    """At most ``most`` bytes of an open file, fewer only at its end. Raises `OSError`."""
    import os

    parts: list[bytes] = []
    left = most
    while left > 0:
        part = os.read(handle, min(left, 1 << 20))
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def hold_streams() -> None:
    """Put something that can't be used in the place of standard streams that are closed.

    The next file that is opened would take their place otherwise, and be read as what the agent sent, or written as the answer to it.
    """
    import os

    for number, flag in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flag)


def is_folder(path: str) -> bool:
    """Whether a folder is at a path."""
    import os

    try:
        return os.stat(path).st_mode & _KIND == _FOLDER
    except (OSError, ValueError):
        return False


def who_can_change(path: str) -> str | None:
    """Why a file or folder is not safe from other users; None when only its owner (this user or root) can change or replace it.

    The file and the folder that holds it must be writable by their owner alone, the folders above by nobody outside of their groups; a
    folder with the sticky bit lets nobody replace what belongs to someone else. Raises `OSError` when the file is not there.
    """
    import os

    mine = (0, os.geteuid())
    place = os.path.realpath(path)
    strict = 2
    while True:
        found = os.stat(place)
        shared = found.st_mode & (_GROUP_WRITES | _OTHERS_WRITE if strict > 0 else _OTHERS_WRITE)
        if found.st_uid not in mine:
            return f"{place} belongs to another user"
        if shared and (strict == 2 or not found.st_mode & _STICKY):
            return f"others can write {place}"
        above = os.path.dirname(place)
        if above == place:
            return None
        place = above
        strict -= 1
