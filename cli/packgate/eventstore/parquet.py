"""Events written as Parquet, for whoever counts with other tools: one file, or a folder with a folder for each day (UTC).

Rows stand in the order of the lines. What is held in memory is one row group, whatever the length of the log; what is written is there
whole or not at all, and the same bytes for the same lines.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packgate.errors import UserError
from packgate.eventstore.columns import DAYLESS, LONG, Row, moment, schema, table
from packgate.eventstore.extras import need
from packgate.eventstore.lines import events_of, read_lines
from packgate.eventstore.rows import EVENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pyarrow import Table
    from pyarrow.parquet import ParquetWriter

    from packgate.eventstore.lines import Damage

# The largest row group: rows, and bytes of their lines.
ROWS, BYTES = 65_536, 32 * 1024 * 1024
# Events that are held as JSON has them, which takes several times as much.
_PENDING = 2048
# Files that are open at a time: days come in turn in a log, and in any order in what was imported.
_OPEN = 64
# The folder of events without a time, as Hive names it.
_NO_DAY = "__HIVE_DEFAULT_PARTITION__"
_LEVEL = 3


@dataclass(slots=True)
class Written:
    """What was written: events, in how many files, of how many bytes together."""

    events: int = 0
    files: int = 0
    size: int = 0


def write(
    paths: Sequence[str], out: Path, damage: Damage, *, by_day: bool = False, tick: Callable[[int], None] | None = None,
) -> Written:
    """Write the events of files (as `places.files_of` finds them) to one Parquet file, or ``by_day`` to a folder of such.

    Lines that are no events count as ``damage`` and are left out. ``tick`` is told how many more bytes were read. Raises `UserError` for
    files that can't be read or written, and a folder that is not empty.
    """
    need("writing Parquet", "pyarrow")
    written = Written()
    try:
        with _whole_folder(out) if by_day else _whole_file(out) as place:
            days = _Days(place, written) if by_day else None
            parts = days.part if days is not None else _One(place, written).part
            for path in paths:
                _copy(path, parts, written, damage, tick)
            (days.close if days is not None else parts(None).close)()
    except OSError as error:
        raise UserError(f"{out}: can't be written: {(error.strerror or str(error)).lower()}") from None
    return written


def _copy(
    path: str, part: Callable[[int | None], _Part], written: Written, damage: Damage, tick: Callable[[int], None] | None,
) -> None:
    """Add the events of one file."""
    for line, event in events_of(read_lines(path), path, damage):
        part(moment(event.get("time"))[1]).add(Row(event, line.data, path, line.number))
        written.events += 1
        if tick is not None:
            tick(len(line.data) + 1)


class _Part:
    """A file that is being written."""

    def __init__(self, path: Path, written: Written, without: tuple[str, ...] = ()) -> None:
        self._path, self._written, self._without = path, written, without
        self._writer = _writer(path, without)
        self._pending: list[Row] = []
        self._tables: list[Table] = []
        self._rows = self.size = 0

    def add(self, found: Row) -> None:
        """Add an event."""
        self._pending.append(found)
        self._rows += 1
        self.size += len(found.data)
        if len(self._pending) >= _PENDING:
            self._convert()
        if self._rows >= ROWS or self.size >= BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what was added as a row group."""
        import pyarrow as pa

        self._convert()
        if self._tables:
            self._writer.write_table(pa.concat_tables(self._tables), row_group_size=ROWS)
            self._tables, self._rows, self.size = [], 0, 0

    def _convert(self) -> None:
        if self._pending:
            self._tables.append(table(self._pending, self._without))
            self._pending = []

    def close(self) -> None:
        """Write the rest, and the file's end."""
        self.flush()
        self._writer.close()
        _sync(self._path)
        self._written.files += 1
        self._written.size += self._path.stat().st_size


class _One:
    """One file for all events."""

    def __init__(self, path: Path, written: Written) -> None:
        self._part = _Part(path, written)

    def part(self, day: int | None) -> _Part:
        """The file of a day."""
        return self._part


class _Days:
    """A folder for each day, with one file; another one for a day that comes again when many others came since."""

    def __init__(self, folder: Path, written: Written) -> None:
        self._folder, self._written = folder, written
        # The one that was used last is the last.
        self._open: dict[int | None, _Part] = {}
        self._count: dict[int | None, int] = {}

    def part(self, day: int | None) -> _Part:
        """The file of a day, as days since 1970; None for events without a time."""
        found = self._open.pop(day, None)
        if found is None:
            while len(self._open) >= _OPEN:
                self._open.pop(next(iter(self._open))).close()
            found = self._begin(day)
        self._open[day] = found
        if sum(each.size for each in self._open.values()) >= BYTES:
            max(self._open.values(), key=lambda each: each.size).flush()
        return found

    def close(self) -> None:
        """Write the rest of every day."""
        for part in self._open.values():
            part.close()

    def _begin(self, day: int | None) -> _Part:
        from datetime import date

        # 719163 is the ordinal of the first of January 1970.
        folder = self._folder / f"day={_NO_DAY if day is None else date.fromordinal(day + 719_163).isoformat()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        number = self._count[day] = self._count.get(day, -1) + 1
        return _Part(folder / f"part-{number}.parquet", self._written, DAYLESS)


def _writer(path: Path, without: tuple[str, ...]) -> ParquetWriter:
    from pyarrow.parquet import ParquetWriter

    # For its owner alone, like the log.
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    columns = schema(without)
    return ParquetWriter(
        path, columns, compression="zstd", compression_level=_LEVEL, use_dictionary=[name for name in columns.names if name != EVENT],
        write_statistics=[name for name in columns.names if name not in LONG],
    )


@contextmanager
def _whole_file(out: Path) -> Iterator[Path]:
    """The place where a file is written before it takes its own. Raises `UserError` where it can't have it."""
    if out.suffix != ".parquet":
        raise UserError(f"{out}: a file of events ends with .parquet", "or write a folder: --partition day")
    if out.is_dir():
        raise UserError(f"{out}: it is a folder", "--partition day writes a folder")
    place = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        yield place
        os.replace(place, out)
        _sync(out.parent)
    finally:
        place.unlink(missing_ok=True)


@contextmanager
def _whole_folder(out: Path) -> Iterator[Path]:
    """As `_whole_file`, for a folder, which must not be there yet, or be empty."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out}: there is something already", "name a new folder")
    place = out.with_name(f".{out.name}.{os.getpid()}.part")
    place.mkdir(mode=0o700)
    try:
        yield place
        for folder in (*sorted(place.iterdir()), place):
            _sync(folder)
        os.replace(place, out)
        _sync(out.parent)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
