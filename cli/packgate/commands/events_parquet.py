"""`packgate events parquet`: recorded events as Parquet."""

from __future__ import annotations

from pathlib import Path

import click

from packgate.commands.event_options import given_or_log, told
from packgate.commands.progress import progress_of


@click.command("parquet")
@click.argument("files", nargs=-1, type=click.Path(), metavar="[EVENTS]...")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FILE|FOLDER",
              help="The file to write (NAME.parquet), or with --partition the folder.")
@click.option("--partition", type=click.Choice(["day"]), help="A folder for each day (UTC), named as Hive does: day=2026-01-31.")
def command(files: tuple[str, ...], out: Path, partition: str | None) -> int:
    """Write events as Parquet.

    A row for each event, in the order of the lines: typed columns (time, user, decision, policies and so on) for people who count, and the
    line itself in the column 'event', so that nothing is lost: verbs that read events read such files, too. A log stands for its rotated
    files, a folder for what it holds; without EVENTS it is the log of this user's hook. Lines that are no event are told, left out, and
    make the exit code 1.

    \b
    Examples:
      packgate events parquet --out events.parquet
      packgate events parquet events.jsonl --out january.parquet
      packgate events parquet events.jsonl imported.jsonl --out archive --partition day
    """
    from packgate.eventstore.lines import Damage
    from packgate.eventstore.parquet import write
    from packgate.eventstore.places import files_of, length

    paths, damage = files_of(given_or_log(files)), Damage()
    with progress_of(sum(map(length, paths)), "writing") as tick:
        written = write(paths, out, damage, by_day=partition is not None, tick=tick)
    inside = f" in {written.files:,} files" if partition is not None else ""
    click.echo(f"wrote {written.events:,} events to {out}{inside} ({written.size:,} bytes)", err=True)
    return told(damage)
