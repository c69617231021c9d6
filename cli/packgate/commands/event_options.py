"""What the verbs of events share: the files, the conditions, telling damaged lines."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from packgate.commands.alert_place import log_of
from packgate.commands.progress import is_shown
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from packgate.events.reading import Damage
    from packgate.events.selecting import Selection

_CONDITIONS = (
    ("verdict", "verdicts", "A decision, a mode, 'pass', or what came of an imported call (ran, failed, denied, not-replayable)."),
    ("tool", "tools", "A tool: the agent's own name, or SERVER/TOOL."),
    ("run", "runs", "A call of a tool: the id of it, its action or its decision."),
    ("session", "sessions", "A session."),
    ("policy", "policies", "A policy that matched."),
    ("user", "users", "Who acted."),
    ("agent", "agents", "With which agent."),
    ("repository", "repositories", "A repository, by name or root."),
    ("surface", "surfaces", "A surface."),
    ("kind", "kinds", "A kind of event."),
)


# What an option with events takes, in its help (see `eventstore.places.files_of`).
PLACES = "JSON lines or Parquet: a log (its rotated files are read too, in order), any other file, a folder of logs or of Parquet files"


def file_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--file`, repeatable."""
    return click.option(
        "--file", "files", multiple=True, type=click.Path(), metavar="FILE",
        help=f"Events to read, as {PLACES}, or an address (s3://…); repeatable. Default: the log of this user's hook.",
    )(function)


def selection_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The conditions: each repeatable, a pattern with `*` and `?`."""
    for option in (
        click.option("--since", metavar="TIME", callback=_time, help="Not before this time or day (RFC 3339)."),
        click.option("--until", metavar="TIME", callback=_time, help="Before this time or day."),
        *(click.option(f"--{name}", key, multiple=True, metavar="PATTERN", help=text) for name, key, text in reversed(_CONDITIONS)),
    ):
        function = option(function)
    return function


def _time(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from packgate.times import parse

    if value is not None and parse(value) is None:
        raise click.BadParameter("expected a day or a time such as 2026-01-31T12:00:00Z")
    return value


def selection_of(given: dict[str, Any]) -> Selection:
    """The conditions that were given."""
    from packgate.events.selecting import Selection

    return Selection(**given)


def given_or_log(given: Sequence[Path | str], option: str = "--file") -> list[str]:
    """The files to read, or their addresses, as they were given, else this machine's log; ``option`` names them. Raises
    `UserError` where none is named and there is no log."""
    if given:
        return list(map(str, given))
    try:
        log = log_of(None, None)
    except UserError as error:
        raise UserError(f"no events to read: {error.message}", f"name a file: {option} FILE") from None
    from packgate.eventlog.segments import log_files

    if not any(map(os.path.isfile, log_files(log))):
        raise UserError(f"{log}: there is no event log yet", f"name a file: {option} FILE")
    return [log]


def told(damage: Damage) -> int:
    """Tell the lines that are no events; the exit code."""
    from packgate.guard.detectors import mask

    if damage.lines:
        click.echo(f"{damage.lines} line{'s are no events' if damage.lines != 1 else ' is no event'}:", err=True)
        for each in damage.named:
            click.echo(f"  {mask(each)}", err=True)
    return FINDINGS if damage.lines else CLEAN


def count_lines(files: Iterable[Path | str]) -> int:
    """How many lines there are, for a bar, and 0 where none is shown: counting reads everything once more. Whoever reads the files says
    which of them can't be read."""
    if not is_shown():
        return 0
    from packgate.eventstore.places import files_of

    count = 0
    with suppress(UserError):
        for path in files_of(map(str, files)):
            with suppress(UserError):
                count += _lines(path)
    return count


def _lines(path: str) -> int:
    from packgate.eventstore.places import is_address, is_parquet, opened
    from packgate.eventstore.rows import row_groups

    if not is_address(path) and not os.path.isfile(path):
        # A pipe can be read only once.
        return 0
    if is_parquet(path):
        return sum(row_groups(path))
    count = 0
    with opened(path) as stream:
        while block := stream.read(1 << 20):
            count += block.count(b"\n")
    return count
