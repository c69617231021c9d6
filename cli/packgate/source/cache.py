"""Remember which files were valid, so that unchanged files are not validated again.

Only success is remembered, as an empty file named by a digest of everything that the verdict depends on: the schema, the
bytes of the file and the version of packgate. A cache that can't be used is no error.
"""

from __future__ import annotations

import hashlib
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_ENTRIES = 5000


def default_cache_folder(environ: Mapping[str, str]) -> str | None:
    """``$XDG_CACHE_HOME/packgate``, else ``~/.cache/packgate``; None where there is no home."""
    base = environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        home = environ.get("HOME") or environ.get("USERPROFILE")
        if not home:
            return None
        base = os.path.join(home, ".cache")
    return os.path.join(base, "packgate")


class ValidationCache:
    """A folder of markers. It is used only if it belongs to the user and nobody else may write to it."""

    __slots__ = ("_folder", "_pruned")

    def __init__(self, folder: str) -> None:
        self._folder = os.path.join(folder, "valid")
        self._pruned = False

    def knows(self, key: str) -> bool:
        """Whether this key was found valid before."""
        return self._is_private() and os.path.exists(os.path.join(self._folder, key))

    def remember(self, key: str) -> None:
        """Record a valid file; does nothing where that is impossible."""
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            if self._is_private():
                self._prune()
                with open(os.path.join(self._folder, key), "wb"):
                    pass
        except OSError:
            return

    def _is_private(self) -> bool:
        try:
            status = os.stat(self._folder)
        except (OSError, ValueError):
            return False
        if not hasattr(os, "geteuid"):
            return stat.S_ISDIR(status.st_mode)
        return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o022

    def _prune(self) -> None:
        """Drop the older half once the folder has grown too large; looks once per process."""
        if self._pruned:
            return
        self._pruned = True
        entries = list(os.scandir(self._folder))
        if len(entries) > _MOST_ENTRIES:
            entries.sort(key=lambda entry: (entry.stat().st_mtime, entry.name))
            for entry in entries[: len(entries) // 2]:
                os.unlink(entry.path)


def cache_key(*parts: str) -> str:
    """The digest of what a verdict depends on."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
