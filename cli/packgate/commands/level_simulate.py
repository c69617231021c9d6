"""`packgate level simulate`: what a level would do, with nothing changed."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from packgate import clock
from packgate.commands.event_options import PLACES
from packgate.commands.level_options import level_argument, open_repository
from packgate.commands.shared import at_option, open_cache, print_findings, print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from packgate.level.simulating import Simulation


@click.command("simulate")
@level_argument
@click.option("--events", type=click.Path(path_type=Path), metavar="FILE", multiple=True,
              help=f"Recorded events, or actions, to decide too, as {PLACES}; repeatable.")
@click.option("--limit", type=click.IntRange(0), default=10, show_default=True, help="How many actions are shown of each kind and source.")
@at_option("The time that waivers are held against (RFC 3339). Default: now.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How it is printed.")
def command(level: str, events: tuple[Path, ...], limit: int, at: str | None, form: str) -> int:
    """Show what a level would change and deny, changing nothing.

    Compared is what is committed here, all packs and assignments together, with the same after `packgate level apply`: the files, every
    policy that comes or goes, and the verdict on each case of the packs, each action of testcases/, and each recorded action. Outside of a
    repository it is compared with nothing at all.

    \b
    Examples:
      packgate level simulate tight
      packgate level simulate tight --events ~/.local/state/packgate/events.jsonl --limit 50
      packgate level simulate balanced --format json
    """
    from packgate.bundle.opening import shown_from
    from packgate.impact.recorded import read_actions
    from packgate.level.simulating import Broken, simulate

    recorded = [each for file in events for each in read_actions(file)]
    with ExitStack() as stack:
        folder, ours = _base(stack)
        try:
            found = simulate(folder, level, recorded, ours=ours, shown=".", now=at or clock.now(), cache=open_cache())
        except Broken as broken:
            print_findings(shown_from(broken.findings, folder, "."), err=True)
            return FINDINGS
    _print(found, form, limit)
    return CLEAN


def _base(stack: ExitStack) -> tuple[Path, tuple[str, ...] | None]:
    """The folder to simulate on, a copy of what is committed, and the levels that were applied there."""
    from packgate.level.record import records
    from packgate.source.files import YAML

    folder = Path(stack.enter_context(TemporaryDirectory(prefix="packgate-commit-")))
    try:
        repository, prefix = open_repository("simulate")
    except UserError as error:
        if not error.message.endswith("not inside a git repository"):
            raise
        return folder, None
    if not repository.knows("HEAD"):
        return folder, None
    repository.export(repository.commit("HEAD"), prefix, folder, YAML)
    return folder, tuple(sorted({each.record.level for each in records(repository) if each.record.level}))


def _print(found: Simulation, form: str, limit: int) -> None:
    from packgate.guard.detectors import mask, mask_json
    from packgate.level.simulation_text import as_json, as_text

    if form == "json":
        data: Any = mask_json(as_json(found))
        print_text(json.dumps(data, indent=2, sort_keys=True) + "\n")
    else:
        print_text(mask(as_text(found, limit)))
