"""Files that DuckDB is given to read under names of ours: it can open these and no others, and none of them to write."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from threading import get_native_id
from typing import TYPE_CHECKING, Any

from fsspec import AbstractFileSystem

if TYPE_CHECKING:
    from collections.abc import Sequence

PROTOCOL = "packgate"


class _Positions(io.RawIOBase):
    """A file that several threads read with `seek` and `read`, each from where it stands itself: DuckDB gives one to many."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._size = os.fstat(self._handle).st_size
        # By the system's number of the thread: what Python knows of a thread of DuckDB's is gone between two calls.
        self._places: dict[int, int] = {}

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.tell(), os.SEEK_END: self._size}[whence]
        self._places[get_native_id()] = start + offset
        return start + offset

    def tell(self) -> int:
        """Where the thread stands."""
        return self._places.get(get_native_id(), 0)

    def read(self, size: int = -1, /) -> bytes:
        """Bytes from there on: so many, unless the file ends before."""
        place, parts = self.tell(), []
        left = self._size - place if size < 0 else size
        while left > 0 and (part := os.pread(self._handle, left, place)):
            parts.append(part)
            place += len(part)
            left -= len(part)
        self.seek(place)
        return b"".join(parts)

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            os.close(self._handle)
        super().close()


class ReadOnly(AbstractFileSystem):  # type: ignore[misc] # fsspec has no types
    """Local files by their number, as a file system of fsspec's. Names are ours, so that no letter of a path means something to a query."""

    protocol = PROTOCOL
    cachable = False

    def __init__(self, files: Sequence[str]) -> None:
        super().__init__()
        self._files = {f"{number}.parquet": path for number, path in enumerate(files)}

    @property
    def addresses(self) -> list[str]:
        """The names under which the files can be opened, in their order."""
        return [f"{PROTOCOL}://{name}" for name in self._files]

    def _open(self, path: str, mode: str = "rb", **options: Any) -> _Positions:
        if mode != "rb":
            raise PermissionError("files of events are read, never written")
        return _Positions(self._path(path))

    def info(self, path: str, **options: Any) -> dict[str, Any]:
        """What is known of a file. Raises `FileNotFoundError`."""
        return {"name": self._strip_protocol(path), "size": os.path.getsize(self._path(path)), "type": "file"}

    def modified(self, path: str) -> datetime:
        """When a file was changed."""
        return datetime.fromtimestamp(os.path.getmtime(self._path(path)), UTC)

    def glob(self, path: str, maxdepth: int | None = None, **options: Any) -> list[str]:
        """The file of that name: there are no patterns."""
        name = self._strip_protocol(path)
        return [name] if name in self._files else []

    def ls(self, path: str, detail: bool = True, **options: Any) -> list[Any]:
        """All files."""
        return [self.info(name) if detail else name for name in self._files]

    def _path(self, path: str) -> str:
        name = self._strip_protocol(path)
        if name not in self._files:
            raise FileNotFoundError(path)
        return self._files[name]
