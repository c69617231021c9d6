"""SQL over events, by DuckDB: one view, ``events``, with the same columns whatever form the files have.

A query can come from anywhere, so it gets the view and nothing else: DuckDB opens no connection, loads no extension, and opens no file but
these, through a file system that can't write; what it may use beside memory is a scratch folder of its own, which is gone afterwards.
Text, and Parquet of other layouts, is written as Parquet first, by what writes it for `packgate events parquet`: so both forms say the
same.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.eventstore.columns import NAMES, left_out
from packgate.eventstore.extras import need
from packgate.eventstore.places import files_of, is_address, is_parquet
from packgate.eventstore.plain_values import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from duckdb import DuckDBPyConnection
    from pyarrow import RecordBatchReader

    from packgate.eventstore.lines import Damage

VIEW = "events"
# What sorting and grouping take; more goes to the scratch folder, up to its own limit.
_SETTINGS: dict[str, str | int | float | list[str]] = {
    "memory_limit": "1GB", "max_temp_directory_size": "20GB", "python_enable_replacements": False, "autoinstall_known_extensions": False,
    "autoload_known_extensions": False, "allow_community_extensions": False,
}
# Afterwards nothing can be set any more.
_LOCKS = ("SET TimeZone = 'UTC'", "SET enable_progress_bar = false", "SET enable_external_access = false", "SET lock_configuration = true")
_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found: the names of its columns, and its rows as JSON has values."""

    names: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


class Store:
    """Events that can be asked."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection

    def ask(self, text: str) -> Answer:
        """Carry out one query, whose rows are read as they come. Raises `UserError`, also while they are read."""
        with _asking():
            self._check(text)
            relation = self._connection.sql(text)
            reader = relation.to_arrow_reader(_AT_ONCE)
        return Answer(tuple(reader.schema.names), _rows(reader))

    def _check(self, text: str) -> None:
        import duckdb

        kinds = [each.type for each in duckdb.extract_statements(text)]
        if kinds != [duckdb.StatementType.SELECT]:
            found = ", ".join(str(each).rpartition(".")[2] for each in kinds) or "nothing"
            raise UserError(f"a query is one SELECT, not {found}", "events are read, never changed: SELECT ... FROM events")


@contextmanager
def opened(places: Sequence[str], damage: Damage, tick: Callable[[int], None] | None = None) -> Iterator[Store]:
    """The events of files and folders, for queries. What is no event counts as ``damage``; ``tick`` as of `parquet.write`. Raises
    `UserError`."""
    need("SQL over events", "duckdb", "pyarrow", "fsspec")
    with TemporaryDirectory(prefix="packgate-sql-") as folder:
        scratch = Path(folder, "scratch")
        scratch.mkdir(mode=0o700)
        files = [_as_parquet(place, Path(folder, f"{number}.parquet"), damage, tick) for number, place in enumerate(files_of(places))]
        with _asking():
            connection = _connected(files, scratch)
        try:
            yield Store(connection)
        finally:
            connection.close()


def _connected(files: Sequence[str], scratch: Path) -> DuckDBPyConnection:
    """A database in memory that has the view and can reach nothing else."""
    import duckdb

    from packgate.eventstore.read_only import ReadOnly

    connection = duckdb.connect(":memory:", config={**_SETTINGS, "temp_directory": str(scratch)})
    system = ReadOnly(files)
    connection.register_filesystem(system)
    # Names of this module's own, and of its columns. The day is made of the time, since files in folders of a day lack it.
    columns = ", ".join("CAST(time AT TIME ZONE 'UTC' AS DATE) AS day" if name == "day" else f'"{name}"' for name in NAMES)
    source = f"read_parquet({system.addresses}, hive_partitioning = false, union_by_name = true)"
    for each in (
        f"CREATE VIEW {VIEW} AS SELECT {columns} FROM {source}",  # noqa: S608
        f"SET allowed_paths = {system.addresses}", *_LOCKS,
    ):
        connection.execute(each)
    return connection


def _as_parquet(place: str, out: Path, damage: Damage, tick: Callable[[int], None] | None) -> str:
    """A file of this layout on this machine with the events of a place."""
    from packgate.eventstore.parquet import write
    from packgate.eventstore.rows import open_parquet

    if not is_address(place) and is_parquet(place):
        with open_parquet(place) as file:
            if left_out(file.schema_arrow) is not None:
                return place
    write([place], out, damage, tick=tick)
    return str(out)


def _rows(reader: RecordBatchReader) -> Iterator[tuple[Any, ...]]:
    with _asking():
        for batch in reader:
            yield from zip(*([plain(value) for value in column.to_pylist()] for column in batch.columns), strict=True)


@contextmanager
def _asking() -> Iterator[None]:
    """What DuckDB and Arrow refuse is told as the user's to mend."""
    import duckdb
    import pyarrow as pa

    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError, OverflowError, ValueError) as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise UserError(f"the query can't be carried out: {_said(error)}", _hint(error)) from None


def _said(error: Exception) -> str:
    """The reason, with the place in the query where it has one."""
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    if "Traceback" in lines[0]:
        # From the files' side: what was raised there stands last.
        return lines[-1]
    # What could be set otherwise can't be, here.
    return lines[0] if _is_too_much(error) else "\n".join(lines)


def _hint(error: Exception) -> str:
    if _is_too_much(error):
        return "ask for fewer columns or rows, or count them: the column 'event' is by far the largest"
    return f"the view is '{VIEW}'; its columns: packgate events sql 'DESCRIBE {VIEW}'"


def _is_too_much(error: Exception) -> bool:
    import duckdb

    return isinstance(error, duckdb.OutOfMemoryException)
