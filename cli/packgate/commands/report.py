"""`packgate report`: everything that is known, on one page."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from packgate import __version__, clock
from packgate.commands.event_options import PLACES
from packgate.commands.shared import BrokenPacks, at_option, open_sound, pack_option, print_findings
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from packgate.gitio import Repository
    from packgate.overview.view import Counted, File
    from packgate.release.history import History
    from packgate.review.store import Review
    from packgate.source.workspace import Workspace

_DAY = len("2026-01-31")
_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command("report")
@click.option("--events", multiple=True, type=click.Path(path_type=Path, exists=True), metavar="FILE",
              help=f"Recorded or imported events, as {PLACES}; repeatable.")
@click.option("--simulation", type=_FILE, metavar="FILE", help="A pending change: what `packgate simulate --format json` printed.")
@pack_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default=Path("report.html"), show_default=True,
              help="Where the page is written; - is standard output.")
@click.option("--title", metavar="TEXT", help="The heading of the page. Default: the name of the repository's folder.")
@click.option("--days", type=click.IntRange(1), default=7, show_default=True, help="What is first seen in the last so many days is new.")
@at_option("The time that the page is for: waivers are held against it, later events left out (RFC 3339). Default: now.")
def command(
    events: tuple[Path, ...], simulation: Path | None, packs: tuple[str, ...], out: Path, title: str | None, days: int, at: str | None,
) -> int:
    """Write everything that is known as one HTML page.

    The ladder by threat layer, what a pending change would do (what `packgate simulate --format json` found of it), the review queue,
    trends, noisy policies, what followed warnings, what is normal, effective policy by scope, and the policies with their cases and
    releases. The page needs no network and nothing beside itself. Each part says what it was made from, and what is missing. Secrets are
    masked; who may read the log may read the page. The exit code is 1 when packs have errors, and when lines of the files are no events.

    \b
    Examples:
      packgate report
      packgate report --events events.jsonl --out report.html
      packgate report --events events.jsonl --simulation simulation.json --at 2026-01-31
    """
    from packgate.commands.event_options import told
    from packgate.overview.page import render
    from packgate.overview.view import Inputs, view_of

    # A day is meant to its end: what happened on it counts.
    now = clock.now() if at is None else f"{at}T23:59:59Z" if len(at) == _DAY else at
    try:
        space = open_sound(packs)
    except BrokenPacks as broken:
        print_findings(broken.findings, err=True)
        return FINDINGS
    repository, history = _git()
    counted = _count(space, events, days, now) if events else None
    view = view_of(Inputs(
        title or _name(space), now, __version__, space, repository, history, counted, _simulation(simulation), _reviews(space),
        _files(events, simulation),
    ))
    _write(out, render(view))
    return CLEAN if counted is None else told(counted.damage)


def _git() -> tuple[Repository | None, History | None]:
    """The git repository here and its releases; None outside of one."""
    from packgate.commands.shared import repository_root

    root = repository_root(".")
    if root is None or not os.path.exists(os.path.join(root, ".git")):
        return None, None
    from packgate.gitio import Repository
    from packgate.release.history import read_history

    repository = Repository()
    return repository, read_history(repository)


def _count(space: Workspace, paths: tuple[Path, ...], days: int, now: str) -> Counted:
    """One pass over the events."""
    from packgate.commands.event_options import count_lines
    from packgate.commands.progress import progress
    from packgate.engine.assignments import Assignments
    from packgate.engine.gate import build_gate
    from packgate.events.baseline import baseline
    from packgate.events.reading import Damage, read
    from packgate.overview.recorded import Recorded
    from packgate.overview.view import Counted

    assignments = Assignments(space.assigned, space.lists, space.stage)
    gate = build_gate(space.packs, space.vocabulary, lists=space.lists, assignments=assignments, surroundings=space.surroundings)
    recorded, damage = Recorded(now), Damage()
    with progress(count_lines(paths), "counting") as tick:
        base = baseline(recorded.passing(read(paths, damage)), gate, days, now, tick)
    recorded.finish()
    return Counted(recorded, base, damage)


def _simulation(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    from packgate.review.queue import read_simulation

    try:
        return read_simulation(path.read_bytes(), str(path))
    except OSError as error:
        raise UserError(f"{path}: can't be read: {(error.strerror or str(error)).lower()}") from error


def _reviews(space: Workspace) -> list[Review]:
    from packgate.review.store import load_reviews

    return load_reviews(Path(space.root)) if space.root else []


def _files(events: tuple[Path, ...], simulation: Path | None) -> list[File]:
    from packgate.eventstore.places import files_of
    from packgate.overview.view import File

    given = [(Path(path), "events") for path in files_of(map(str, events))] + ([] if simulation is None else [(simulation, "a simulation")])
    found = []
    for path, what in given:
        size, digest = _digest(path)
        found.append(File(str(path), what, size, digest))
    return found


def _digest(path: Path) -> tuple[int, str]:
    from hashlib import file_digest

    try:
        with path.open("rb") as stream:
            digest = file_digest(stream, "sha256").hexdigest()
            return stream.tell(), f"sha256:{digest}"
    except OSError as error:
        raise UserError(f"{path}: can't be read: {(error.strerror or str(error)).lower()}") from error


def _name(space: Workspace) -> str:
    return os.path.basename(os.path.realpath(space.root)) if space.root else "packgate"


def _write(out: Path, page: str) -> None:
    """The page to its place, whole or not at all."""
    if out == Path("-"):
        sys.stdout.buffer.write(page.encode())
        return
    from packgate.bundle.durable import write_whole

    try:
        write_whole(str(out), page.encode(), 0o666)
    except OSError as error:
        raise UserError(f"{out}: can't be written: {(error.strerror or str(error)).lower()}") from error
    click.echo(f"wrote {out} ({len(page.encode()):,} bytes)", err=True)
