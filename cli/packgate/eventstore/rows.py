"""Recorded events as Parquet: rows whose column ``event`` is the line of the log, exactly, without its end.

Typed columns beside it are for queries; what counts is the line. ``file`` and ``line``, where a file has them, say where it stood.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.eventstore.places import Reading, file_system

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENT, FILE, LINE = "event", "file", "line"
# How many lines are decoded at a time.
_BATCH = 4096
_NULL = b"null"


@dataclass(frozen=True, slots=True)
class Group:
    """A row group: how many rows, and how many bytes their events have, decompressed."""

    rows: int
    size: int


def row_groups(path: str) -> list[int]:
    """How many rows each row group of a file has. Raises `UserError`, also for a file without the column ``event``."""
    return [group.rows for group in groups(path)]


def rows(path: str, group: int) -> list[bytes]:
    """The lines of a row group; a row without an event reads as JSON's null. Raises `UserError`."""
    return list(lines(path, group))


def groups(path: str) -> list[Group]:
    """The row groups of a file. Raises `UserError`, also for a file without the column ``event``."""
    with open_parquet(path) as file:
        found = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
        leaf = _leaf(found[0]) if found else 0
        return [Group(each.num_rows, each.column(leaf).total_uncompressed_size) for each in found]


def lines(path: str, group: int) -> Iterator[bytes]:
    """The lines of a row group, some thousand of them in memory. Raises `UserError`."""
    with open_parquet(path) as file:
        import pyarrow

        for batch in file.iter_batches(_BATCH, row_groups=[group], columns=[EVENT], use_threads=False):
            column = batch.column(0)
            if pyarrow.types.is_dictionary(column.type):
                column = column.dictionary_decode()
            yield from (_NULL if line is None else line for line in column.cast(pyarrow.large_binary()).to_pylist())


def origin(path: str, group: int, row: int) -> tuple[str, int] | None:
    """Where the line of a row (from 0) of a row group stood before: (file, line from 1); None where that is not said. Raises
    `UserError`."""
    table = _origins(path, group)
    if table is None:
        return None
    name, line = table.column(FILE)[row].as_py(), table.column(LINE)[row].as_py()
    return (name, line) if isinstance(name, str) and line is not None else None


@lru_cache(maxsize=8)
def _origins(path: str, group: int) -> Any:
    with open_parquet(path) as file:
        import pyarrow

        schema = file.schema_arrow
        if schema.names.count(FILE) != 1 or schema.names.count(LINE) != 1 or not pyarrow.types.is_integer(schema.field(LINE).type):
            return None
        return file.read_row_group(group, columns=[FILE, LINE], use_threads=False)


@contextmanager
def open_parquet(path: str) -> Iterator[Any]:
    """A file of events, open. Raises `UserError`, also for what its reader meets."""
    system, inner = file_system(path)
    with Reading(path):
        from pyarrow.parquet import ParquetFile

        with ParquetFile(inner, filesystem=system) as file:
            _check(path, file.schema_arrow)
            yield file


def _check(path: str, schema: Any) -> None:
    from pyarrow import types

    if schema.names.count(EVENT) != 1:
        raise UserError(f"{path}: there is no column '{EVENT}' in this Parquet file", "export events with: packgate events parquet")
    kind = schema.field(EVENT).type
    kind = kind.value_type if types.is_dictionary(kind) else kind
    texts = (types.is_string, types.is_large_string, types.is_string_view, types.is_binary, types.is_large_binary)
    if not any(test(kind) for test in texts):
        raise UserError(f"{path}: the column '{EVENT}' holds {kind}, not text", "export events with: packgate events parquet")


def _leaf(group: Any) -> int:
    """The number of the column of events among all leaves of a row group."""
    return next(number for number in range(group.num_columns) if group.column(number).path_in_schema == EVENT)
