"""Where files of events lie: paths, or addresses such as ``s3://bucket/folder``, which Arrow's file systems read.

Whatever Arrow knows can be named (``file``, ``s3``, ``gs``, ``abfs``, ``hdfs``); who may read there is the business of that store's own
client (environment, configuration files, the machine's role): https://arrow.apache.org/docs/python/filesystems.html
"""

from __future__ import annotations

import io
import os
import re
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import quote

from packgate.errors import UserError
from packgate.eventlog.segments import log_files, logs_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
# What Parquet files begin with, and are called in folders.
_MAGIC = b"PAR1"
_SUFFIX = ".parquet"
# Bytes that are read at a time: the more, the further away they are.
_NEAR = 256 * 1024
_FAR = 1024 * 1024


def is_address(place: str) -> bool:
    """Whether a place is an address rather than a path."""
    return _ADDRESS.match(place) is not None


def absolute(place: str) -> str:
    """A place as any process may name it."""
    return place if is_address(place) else os.path.abspath(place)


def file_system(place: str) -> tuple[Any, str]:
    """The Arrow file system of a place, and its path there. Raises `UserError` without pyarrow, and for an address that it can't read."""
    with Reading(place):
        from pyarrow.fs import FileSystem, LocalFileSystem

        return cast("tuple[Any, str]", FileSystem.from_uri(place)) if is_address(place) else (LocalFileSystem(), os.path.abspath(place))


class Reading:
    """A context in which what reading a place raises becomes a `UserError`."""

    def __init__(self, place: str) -> None:
        self.place = place

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ImportError):
            raise UserError(f"{self.place}: Parquet and object storage need pyarrow ({error})", "pip install 'packgate[store]'") from None
        if isinstance(error, (OSError, UnicodeError)) or _is_arrows(error):
            reason = getattr(error, "strerror", None) or (str(error).splitlines() or ["failed"])[0]
            raise UserError(f"{self.place}: can't be read: {reason[:1].lower()}{reason[1:]}") from error


def _is_arrows(error: BaseException | None) -> bool:
    arrow = sys.modules.get("pyarrow")
    return arrow is not None and isinstance(error, arrow.ArrowException)


@contextmanager
def opened(place: str) -> Iterator[IO[bytes]]:
    """A file, to be read from any position. Raises `UserError`, also for what its reader meets."""
    with Reading(place):
        if is_address(place):
            system, path = file_system(place)
            with io.BufferedReader(system.open_input_file(path), _FAR) as stream:
                yield stream
        else:
            with open(place, "rb", _NEAR) as stream:
                yield stream


def length(place: str) -> int:
    """How many bytes a file has. Raises `UserError`."""
    with opened(place) as stream:
        return stream.seek(0, os.SEEK_END)


def is_parquet(place: str) -> bool:
    """Whether a file is one of Parquet, by what it begins with. What can be read only once (a pipe) is none. Raises `UserError`."""
    if not is_address(place) and os.path.exists(place) and not os.path.isfile(place):
        return False
    with opened(place) as stream:
        return stream.read(len(_MAGIC)) == _MAGIC


def files_of(places: Iterable[str]) -> list[str]:
    """The files that places name, each once. A log stands for its rotated files too, in their order. A folder stands for all logs in it, or
    for all ``*.parquet`` in it and below, sorted, as tools that partition by columns write them (``day=2026-01-31/part-0.parquet``); what
    such tools don't take for data, by a leading ``_`` or ``.``, is left out. Raises `UserError` for a folder without any, or with both: the
    one may have been made of the other."""
    found: dict[str, str] = {}
    for place in places:
        for each in _named(place):
            found.setdefault(each if is_address(each) else os.path.realpath(each), each)
    return list(found.values())


def _named(place: str) -> list[str]:
    """The files that one place names."""
    if is_address(place):
        inside = _inside(place)
        if inside is not None and not inside:
            raise UserError(f"{place}: there is no {_SUFFIX} file in the folder")
        return [place] if inside is None else inside
    with Reading(place):
        if not os.path.isdir(place):
            return log_files(place) if os.path.isfile(place) or not os.path.exists(place) else [place]
        logs = [each for log in logs_in(place) for each in log_files(log)]
    data = _inside(place)
    if logs and data:
        raise UserError(f"{place}: the folder holds logs and {_SUFFIX} files", "name the files: the one may have been made of the other")
    if not logs and not data:
        raise UserError(f"{place}: there is no log (*.jsonl) and no {_SUFFIX} file in the folder")
    return logs or data or []


def _inside(place: str) -> list[str] | None:
    """The data files in a folder; None for what is none."""
    if not is_address(place):
        if not os.path.isdir(place):
            return None
        names = [os.path.relpath(os.path.join(folder, name), place) for folder, _, files in os.walk(place) for name in files]
        return [os.path.join(place, name) for name in sorted(names) if _is_data(name)]
    with Reading(place):
        from pyarrow.fs import FileSelector, FileType

        system, path = file_system(place)
        if system.get_file_info(path).type != FileType.Directory:
            return None
        files = system.get_file_info(FileSelector(path, recursive=True))
        names = sorted(each.path.removeprefix(path).lstrip("/") for each in files if each.type == FileType.File)
        start, mark, query = place.partition("?")
        return [f"{start.rstrip('/')}/{quote(name, safe='/=')}{mark}{query}" for name in names if _is_data(name)]


def _is_data(name: str) -> bool:
    return name.endswith(_SUFFIX) and not any(part.startswith(("_", ".")) for part in name.replace(os.sep, "/").split("/"))
