"""`packgate events sql`: recorded events, asked in SQL."""

from __future__ import annotations

import json
import sys
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import click

from packgate.commands.event_options import file_option, given_or_log, told
from packgate.commands.progress import progress_of
from packgate.commands.shared import print_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.eventstore.sql import Answer

# Rows by which the widths of columns are chosen, and characters of a value that are shown to people.
_FIRST = 500
_WIDEST = 100


@click.command("sql")
@click.argument("query", metavar="QUERY")
@file_option
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True,
              help="A table for people, an object for each row, or CSV.")
def command(query: str, files: tuple[str, ...], form: str) -> int:
    """Ask events in SQL.

    QUERY is one SELECT in the SQL of DuckDB over the view 'events', - reads it from standard input. The columns are the same for JSON lines
    and for Parquet, which is read faster. A query reads these files and nothing else: no other file, no network, no extension. Secrets are
    masked in what is printed. docs/events-store.md has the columns, and queries to begin with.

    \b
    Examples:
      packgate events sql "SELECT decision, count(*) FROM events GROUP BY ALL ORDER BY ALL"
      packgate events sql "SELECT time, user, command FROM events WHERE decision = 'deny'" --file events.parquet --format csv
      packgate events sql "DESCRIBE events"
      packgate events sql - --file archive --format json < query.sql
    """
    from packgate.eventstore.lines import Damage
    from packgate.eventstore.places import files_of, is_parquet, length
    from packgate.eventstore.sql import opened

    text, damage = sys.stdin.read() if query == "-" else query, Damage()
    paths = files_of(given_or_log(files))
    with progress_of(sum(length(path) for path in paths if not is_parquet(path)), "reading") as tick, opened(paths, damage, tick) as store:
        answer = store.ask(text)
        for line in {"text": _text, "json": _json, "csv": _csv}[form](answer):
            print_text(line)
    return told(damage)


def _json(answer: Answer) -> Iterator[str]:
    from packgate.guard.detectors import mask_json

    names = _names(answer)
    for row in answer.rows:
        yield json.dumps(mask_json(dict(zip(names, row, strict=True)))) + "\n"


def _csv(answer: Answer) -> Iterator[str]:
    import csv
    import io

    from packgate.guard.detectors import mask

    for row in chain([answer.names], answer.rows):
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerow([mask(_cell(value)) if value is not None else "" for value in row])
        yield stream.getvalue()


def _text(answer: Answer) -> Iterator[str]:
    from packgate.guard.detectors import mask

    def cells(row: tuple[Any, ...]) -> list[str]:
        return [_short(mask(_cell(value))) if value is not None else "-" for value in row]

    # Of many rows the first say how wide columns are, so that none has to wait for the last.
    first = list(islice(answer.rows, _FIRST))
    table = [cells(answer.names), *map(cells, first)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    right = [any(isinstance(value, (int, float)) for value in column) for column in zip(*first, strict=True)] or [False] * len(widths)
    for row in chain(table, map(cells, answer.rows)):
        parts = (cell.rjust(width) if number else cell.ljust(width) for cell, width, number in zip(row, widths, right, strict=True))
        yield "  ".join(parts).rstrip() + "\n"


def _names(answer: Answer) -> list[str]:
    """The columns' names, each once: an object has no two keys that are the same."""
    found: list[str] = []
    for name in answer.names:
        number, new = 1, name
        while new in found:
            number += 1
            new = f"{name}_{number}"
        found.append(new)
    return found


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _short(text: str) -> str:
    """A text on one line: what an agent wrote must not steer a reader's terminal."""
    found = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return found if len(found) <= _WIDEST else found[: _WIDEST - 1] + "…"
