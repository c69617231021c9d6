"""Whether the columns of a Parquet file say what its events say: whoever counts reads columns, and only the events are chained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.eventstore.columns import Row, left_out, table
from packgate.eventstore.lines import event_of
from packgate.eventstore.rows import EVENT, FILE, LINE, open_parquet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyarrow import Table

_AT_ONCE = 2048


def unlike(path: str) -> Iterator[tuple[int, list[str]]] | None:
    """Rows, by number from 1, with the columns that say something else than their events; None for a file of another layout. Rows whose
    event is none are passed over. Raises `UserError` for a file that can't be read."""
    with open_parquet(path) as file:
        without = left_out(file.schema_arrow)
    return None if without is None else _unlike(path, without)


def _unlike(path: str, without: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    before = 0
    with open_parquet(path) as file:
        from pyarrow import Table

        for batch in file.iter_batches(_AT_ONCE):
            for number, names in _compared(Table.from_batches([batch]), without):
                yield before + number, names
            before += batch.num_rows


def _compared(found: Table, without: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """The rows of a part of a file that are not as they would be made now."""
    rows, numbers = [], []
    columns = (found.column(name).to_pylist() for name in (EVENT, FILE, LINE))
    for number, (text, name, line) in enumerate(zip(*columns, strict=True)):
        event = event_of((text or "").encode())
        if isinstance(event, dict):
            rows.append(Row(event, text.encode(), name, line))
            numbers.append(number)
    if not rows:
        return
    found, made = found.take(numbers), table(rows, without)
    wrong = [name for name in made.column_names if not found.column(name).equals(made.column(name))]
    if not wrong:
        return
    pairs = {name: (found.column(name).to_pylist(), made.column(name).to_pylist()) for name in wrong}
    for place, number in enumerate(numbers):
        names = [name for name, (there, here) in pairs.items() if there[place] != here[place]]
        if names:
            yield number + 1, names
