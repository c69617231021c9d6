"""`packgate simulate`: recorded actions, decided with the present policies and with proposed ones."""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from packgate import clock
from packgate.commands.completion import complete_packs
from packgate.commands.event_options import PLACES
from packgate.commands.shared import STAGES, at_option, print_findings, print_text
from packgate.diagnostics import Diagnostic, Position, Severity
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packgate.impact.simulation.result import Result

DAMAGED = "PG850"
FAILURES = ("stopped", "warned", "freed", "lost", "any")
ENGINES = ("local", "ray")
_LONG = 8


@click.command("simulate")
@click.argument("target", required=False, metavar="[PACK|REF|LEVEL]", shell_complete=complete_packs)
@click.option("--events", multiple=True, required=True, type=click.Path(allow_dash=True), metavar="FILE",
              help=f"Recorded events, or actions, as {PLACES}, an address (s3://…), - for standard input; repeatable.")
@click.option("--against", metavar="REF|FOLDER", help="What holds at present. Default: what is committed here.")
@click.option("--stage", type=click.Choice(STAGES),
              help="The stage of the pack that is named (default: block), else of all that is proposed.")
@click.option("--workers", type=click.IntRange(1), metavar="N",
              help="How many processes. Default: one for every processor, one for a small file.")
@click.option("--resume", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Work in this folder, so that a simulation that was ended can be taken up again.")
@click.option("--engine", type=click.Choice(ENGINES), default=ENGINES[0], show_default=True,
              help="What carries it out: processes of this machine, or Ray (extra ray).")
@click.option("--ray-address", metavar="ADDRESS",
              help="The Ray cluster: auto, host:port or ray://host:port. Default: one is started here for the run.")
@click.option("--limit", type=click.IntRange(0), default=10, show_default=True,
              help="How many clusters, policies and names are shown of each kind.")
@click.option("--fail-on", "fail_on", type=click.Choice(FAILURES), multiple=True, help="Exit with 1 when there are any; repeatable.")
@at_option("The time that waivers are held against (RFC 3339). Default: now.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How it is printed.")
def command(
    target: str | None, events: tuple[str, ...], against: str | None, stage: str | None, workers: int | None, resume: Path | None,
    engine: str, ray_address: str | None, limit: int, fail_on: tuple[str, ...], at: str | None, form: str,
) -> int:
    """Replay recorded actions with proposed policies.

    It says what would be stopped, warned about or freed, for whom, how often and why. Every recorded action is decided with the policies
    that are committed here, and with those that are proposed: of the working tree, of another commit or folder (REF), with a pack enforced
    for everyone (PACK), or after a level was applied (LEVEL). Nothing is changed. What can't be replayed is counted apart, and never as
    unchanged. The exit code is 1 when packs have errors, when nothing at all could be
    replayed, and as --fail-on says.

    \b
    Examples:
      packgate simulate --events events.jsonl
      packgate simulate recommended --stage warn --events events.jsonl
      packgate simulate tight --events events.jsonl --format json > simulation.json
      packgate simulate my-branch --against main --events logs/1.jsonl --events logs/2.jsonl --fail-on stopped
      packgate simulate tight --events s3://audit/events --engine ray --ray-address auto
    """
    from packgate.commands.proposals import Broken

    try:
        found = simulated(target, events, against, stage, at, workers=workers, resume=resume, engine=engine, address=ray_address)
    except Broken as broken:
        print_findings(broken.findings, err=True)
        return FINDINGS
    print_damages(found)
    _print(found, form, limit)
    return FINDINGS if not found.replayed or _fails(found, fail_on) else CLEAN


def simulated(
    target: str | None, events: Sequence[Path | str], against: str | None, stage: str | None, at: str | None, *, workers: int | None = None,
    resume: Path | None = None, engine: str = ENGINES[0], address: str | None = None,
) -> Result:
    """A simulation of what arguments name, by one of `ENGINES`; ``address``: of the Ray cluster. Raises `Broken` when policies have errors,
    and `UserError`."""
    from packgate.commands.proposals import open_proposal
    from packgate.eventstore.places import files_of
    from packgate.impact.simulation.result import result_of
    from packgate.impact.simulation.running import Plan, simulate
    from packgate.impact.simulation.work import begun_at

    with ExitStack() as stack:
        before, after = open_proposal(stack, target, against, stage)
        _check_engine(engine, address, resume)
        given = [str(each) for each in events]
        if "-" in given and resume is not None:
            raise UserError("standard input can't be read again, so nothing could be taken up", "write the events to a file")
        paths = tuple(files_of(_spooled(stack) if each == "-" else each for each in given))
        # Taken up again, it is the simulation of when it was begun.
        now = at or (begun_at(resume) if resume is not None else None) or clock.now()
        plan = Plan(before, after, paths, now)
        if engine == "ray":
            from packgate.commands.progress import is_shown
            from packgate.impact.simulation.ray_engine import simulate_on_ray

            return result_of(simulate_on_ray(plan, address=address, workers=workers, progress=is_shown()))
        return result_of(simulate(plan, workers=workers, folder=resume, tick=_ticker(stack)))


def _check_engine(engine: str, address: str | None, resume: Path | None) -> None:
    if engine != "ray" and address is not None:
        raise UserError("--ray-address says where Ray is, but the engine is another one", "--engine ray")
    if engine == "ray" and resume is not None:
        raise UserError("what Ray began can't be taken up again by another run", "leave out --resume, or simulate with --engine local")


def print_damages(found: Result) -> None:
    """Damaged lines, to standard error: the first hundred."""
    if found.damaged:
        hint = "evidence rests on whole lines; export the log again"
        print_findings([
            Diagnostic(DAMAGED, f"this line does not count: {reason}", Position(path, line), Severity.WARNING, hint=hint)
            for path, line, reason in found.damages
        ], err=True)


def _spooled(stack: ExitStack) -> str:
    """Standard input as a file: it is read in ranges, and more than once."""
    path = Path(stack.enter_context(TemporaryDirectory(prefix="packgate-events-")), "standard-input")
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return str(path)


def _ticker(stack: ExitStack) -> Callable[[int], Callable[[], None] | None]:
    from packgate.commands.progress import progress

    return lambda total: stack.enter_context(progress(total, "simulating", _LONG))


def _fails(found: Result, fail_on: tuple[str, ...]) -> bool:
    counts = {change: found.changed(change) for change in FAILURES[:3]}
    counts["lost"] = found.unreplayed + found.damaged
    return any(count for name, count in counts.items() if name in fail_on or "any" in fail_on)


def _print(found: Result, form: str, limit: int) -> None:
    from packgate.guard.detectors import mask, mask_json
    from packgate.impact.simulation.as_json import as_json
    from packgate.impact.simulation.text import render_text

    if form == "json":
        data: Any = mask_json(as_json(found))
        print_text(json.dumps(data, indent=2, sort_keys=True) + "\n")
        return
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        print_text(render_text(found, limit, mask, "NO_COLOR" not in os.environ, shutil.get_terminal_size().columns))
    else:
        print_text(render_text(found, limit, mask))
