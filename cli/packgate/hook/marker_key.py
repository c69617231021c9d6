"""The key of the markers that stand in the place of secrets: a file beside the installation's settings, which only its owner can read."""

from __future__ import annotations

from packgate.guard.markers import SHORTEST_KEY
from packgate.hook.failure import Failure
from packgate.hook.files import read_regular, who_can_change

FILE = "marker.key"
_LONGEST = 4096
_READ_BY_OTHERS = 0o077


def read_key(settings_path: str) -> bytes | None:
    """The key of the installation whose `hook.json` this is; None when it has none: markers are without a hash then. Raises `Failure` for
    one that others can read or change, or that is too short to be one."""
    import os

    path = (settings_path.rpartition("/")[0] or ".") + "/" + FILE
    try:
        if os.stat(path).st_mode & _READ_BY_OTHERS:
            raise Failure("settings-unsafe", f"others can read or write {path}")
        unsafe = who_can_change(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Failure("settings-invalid", f"{path}: {error.strerror}") from None
    if unsafe is not None:
        raise Failure("settings-unsafe", unsafe)
    key = read_regular(path, _LONGEST)
    if key is None or not SHORTEST_KEY <= len(key) <= _LONGEST:
        raise Failure("settings-invalid", f"{path} is no readable file of {SHORTEST_KEY} to {_LONGEST} bytes")
    return key


def make_key(folder: str) -> None:
    """Make the key of an installation, unless it has one. Raises `OSError`."""
    import os

    path = f"{folder}/{FILE}"
    if os.path.lexists(path):
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, os.urandom(32))
    finally:
        os.close(handle)
