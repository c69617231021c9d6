"""What the verbs of reviews share: the simulation that is reviewed, the repository that keeps what is said, and writing to it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

import click

from packgate import clock
from packgate.commands.event_options import PLACES
from packgate.commands.shared import STAGES, at_option, print_findings
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packgate.review.queue import Entry
    from packgate.review.store import Review


@dataclass(frozen=True, slots=True)
class Opened:
    """A queue, the folder of the policy repository, and the time (RFC 3339)."""

    entries: list[Entry]
    root: Path
    now: str


def queue_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what is reviewed."""
    options = (
        click.option("--from", "simulation", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE",
                     help="What `packgate simulate --format json` printed; - is standard input."),
        click.option("--events", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
                     help=f"Recorded events to simulate now, as {PLACES}; repeatable."),
        click.option("--proposal", metavar="PACK|REF|LEVEL", help="With --events: what is simulated. Default: the working tree."),
        click.option("--against", metavar="REF|FOLDER", help="With --events: what holds at present. Default: what is committed here."),
        click.option("--stage", type=click.Choice(STAGES), help="With --events: the stage of what is simulated."),
        at_option("The time of the review, against which waivers are held too (RFC 3339). Default: now."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def decision_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a decision: who decides."""
    return click.option("--by", metavar="WHO", help="Who decides. Default: who git says you are.")(function)


def open_queue(
    simulation: Path | None, events: Sequence[Path], proposal: str | None, against: str | None, stage: str | None, at: str | None,
) -> Opened:
    """The queue that the options name. Raises `UserError`."""
    from packgate.review.queue import queue, read_simulation
    from packgate.review.store import load_reviews
    from packgate.source.workspace import find_root

    if (simulation is None) == (not events):
        raise click.UsageError("name what is reviewed: a simulation with --from, or events with --events")
    found = find_root(".")
    if found is None:
        raise UserError("there is no policy repository here", "reviews are kept in one; packgate.yaml or packs/ marks it")
    root, now = Path(os.path.relpath(found)), at or clock.now()
    if simulation is None:
        data = _simulated(events, proposal, against, stage, now)
    else:
        data = read_simulation(_read(simulation), "standard input" if simulation == Path("-") else str(simulation))
    return Opened(queue(data, load_reviews(root)), root, now)


def _read(path: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == Path("-") else path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: can't be read: {(error.strerror or str(error)).lower()}") from error


def _simulated(events: Sequence[Path], proposal: str | None, against: str | None, stage: str | None, now: str) -> dict[str, Any]:
    from packgate.commands.proposals import Broken
    from packgate.commands.simulate import print_damages, simulated
    from packgate.guard.detectors import mask_json
    from packgate.impact.simulation.as_json import as_json

    try:
        found = simulated(proposal, events, against, stage, now)
    except Broken as broken:
        print_findings(broken.findings, err=True)
        raise UserError("the policies have errors, so there is nothing to review") from broken
    print_damages(found)
    data: Any = mask_json(as_json(found))
    return dict(data)


def _reviewer(by: str | None) -> str:
    """Who decides: as given, else as git knows the user. Raises `UserError` where neither says."""
    from packgate.gitio import Repository

    return by.strip() if by is not None and by.strip() else Repository().identity()


def _review_of(entry: Entry, decision: str, by: str, now: str, reason: str, result: str | None) -> Review:
    """A review of an entry, with nothing in it that must not be kept."""
    from packgate.guard.detectors import mask
    from packgate.review.store import Review

    item = entry.item
    return Review(
        entry.id, decision, tuple(entry.because), item["title"], item["change"], mask(by), now, mask(reason), item["events"],
        dict(item["example"]), dict(item["conditions"]), result,
    )


def kept(opened: Opened, entry: Entry, decision: str, by: str | None, reason: str, result: str | None = None) -> tuple[Path, str]:
    """Where the review of an entry is kept, by the pack of its first policy, and the text of that file with it. ``by``: see `_reviewer`.
    Raises `UserError`."""
    from packgate.review.store import FOLDER, with_review

    review = _review_of(entry, decision, _reviewer(by), opened.now, reason, result)
    name = review.because[0].partition("/")[0]
    path = opened.root / FOLDER / f"{name}.yaml"
    return path, with_review(read_text(path), review, str(path))


def read_text(path: Path) -> str | None:
    """A file's text, None where there is none. Raises `UserError`."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: can't be read: {error}") from error


def write_all(texts: dict[Path, str]) -> None:
    """Write files, each whole or not at all. Raises `UserError`."""
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
            with NamedTemporaryFile("w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
                file.write(text)
            os.chmod(file.name, mode)
            os.replace(file.name, path)
        except OSError as error:
            with suppress(OSError, UnboundLocalError):
                os.unlink(file.name)
            raise UserError(f"{path}: can't be written: {(error.strerror or str(error)).lower()}") from error
