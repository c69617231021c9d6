"""Stands in for `os` in the modules of an image: what the system itself offers, and `os` itself for the rest.

Most of `os` is `posix`, which the interpreter has loaded before it starts; the rest of it takes a tenth of the time of an empty process.
"""

from __future__ import annotations

import posix
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

devnull = "/dev/null"
# What `os` and `posix` mean differently by one name.
_OTHERS = frozenset(("environ",))
_LINK = 0o120000
_KIND = 0o170000


class _Path:
    """The part of `os.path` that most runs of the hook need, quick where a path is plain; all else is that of `os.path`."""

    def __getattr__(self, name: str) -> Any:
        import os

        return getattr(os.path, name)

    def dirname(self, path: str) -> str:
        """As `os.path.dirname`."""
        head = path[:path.rfind("/") + 1]
        return head.rstrip("/") or head

    def join(self, path: str, other: str) -> str:
        """As `os.path.join` of two paths."""
        if other.startswith("/"):
            return other
        return f"{path}{other}" if not path or path.endswith("/") else f"{path}/{other}"

    def normpath(self, path: str) -> str:
        """As `os.path.normpath`."""
        if _is_plain(path):
            return path
        import os

        return os.path.normpath(path)

    def realpath(self, path: str) -> str:
        """As `os.path.realpath`."""
        if _is_plain(path) and not _has_link(path):
            return path
        import os

        return os.path.realpath(path)


path = _Path()


def _is_plain(path: str) -> bool:
    """Whether a path is absolute and has no part that could be left out."""
    return path.startswith("/") and not {"", ".", ".."} & set(path[1:].split("/"))


def _has_link(path: str) -> bool:
    """Whether a part of a plain path is a symbolic link, or could not be looked at."""
    while path:
        try:
            if posix.lstat(path).st_mode & _KIND == _LINK:
                return True
        except OSError:
            return True
        path = path[:path.rfind("/")]
    return False


def __getattr__(name: str) -> Any:
    """What the system offers, else what `os` has."""
    found = None if name in _OTHERS else getattr(posix, name, None)
    if found is None:
        import os

        found = getattr(os, name)
    # Found at once the next time.
    globals()[name] = found
    return found


def environment() -> Mapping[str, str]:
    """The environment of this process, as `os.environ` has it."""
    encoding = sys.getfilesystemencoding()
    errors = sys.getfilesystemencodeerrors()
    return {name.decode(encoding, errors): value.decode(encoding, errors) for name, value in posix.environ.items()}
