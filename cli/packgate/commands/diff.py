"""`packgate diff`: what a change to packs does, between any two states."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from packgate import clock
from packgate.commands.event_options import PLACES
from packgate.commands.open_sides import Opener
from packgate.commands.progress import progress
from packgate.commands.shared import at_option, print_findings, print_text
from packgate.exitcodes import CLEAN, FINDINGS
from packgate.report import make_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.impact.compare import Comparison

FORMATS = ("text", "json", "markdown", "github")


def comparison_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a comparison, whatever is compared."""
    options = (
        click.option("--events", type=click.Path(path_type=Path), metavar="FILE", help=f"Recorded events to decide too, as {PLACES}."),
        click.option(
            "--fail-on", "fail_on", type=click.Choice(["loosened", "tightened", "any"]), multiple=True,
            help="Exit with 1 when the change goes in this direction; repeatable.",
        ),
        click.option(
            "--limit", type=click.IntRange(0), default=10, show_default=True, help="How many actions are shown, of each direction.",
        ),
        at_option("The time that waivers are held against (RFC 3339). Default: now."),
        click.option(
            "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How the comparison is printed.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


@click.command("diff")
@click.argument("base", required=False, metavar="[BASE]")
@click.argument("head", required=False, metavar="[HEAD]")
@click.option("--pack", "packs", multiple=True, metavar="NAME", help="Only this pack; repeatable.")
@comparison_options
def command(
    base: str | None, head: str | None, packs: tuple[str, ...], events: Path | None, fail_on: tuple[str, ...], limit: int, at: str | None,
    form: str,
) -> int:
    """Show what a change to packs does.

    BASE and HEAD are branches, tags, commits, folders or bundles; by default the commit at which this branch left the default branch, and
    the working tree. Three things are compared: what changed in the packs, the verdict on every case, corpus action and recorded event,
    and what the changed conditions say, with a shortest operation that tells them apart.

    \b
    Examples:
      packgate diff
      packgate diff main --fail-on loosened
      packgate diff recommended/v1.4.0-warn HEAD --format markdown > comment.md
      packgate diff ../before ../after --events events.jsonl
      packgate diff installed.packgate HEAD
    """
    from packgate.impact.compare import actions, compare
    from packgate.impact.recorded import read_actions

    recorded = read_actions(events) if events is not None else []
    with ExitStack() as stack:
        sides = Opener(stack, packs).both(base, head)
        for side in sides:
            if side.findings:
                print_findings(side.findings, "text" if form == "json" else form, err=form == "json")
                return FINDINGS
        tried = actions(*sides, recorded)
        with progress(len(tried), "deciding on both sides") as tick:
            comparison = compare(*sides, tried, now=at or clock.now(), tick=tick)
        _print(comparison, form, limit)
    return FINDINGS if _fails(comparison, fail_on) else CLEAN


def _fails(comparison: Comparison, fail_on: tuple[str, ...]) -> bool:
    return (
        ("loosened" in fail_on and comparison.loosened) or ("tightened" in fail_on and comparison.tightened)
        or ("any" in fail_on and comparison.direction != "unchanged")
    )


def _print(comparison: Comparison, form: str, limit: int) -> None:
    from packgate.guard.detectors import mask

    if form == "github":
        from packgate.impact.findings import TITLES, findings
        from packgate.impact.summary import counts

        print_findings(make_report(findings(comparison, mask), summary=counts(comparison), titles=TITLES), form)
    elif form == "json":
        from packgate.impact.as_json import render_json

        print_text(render_json(comparison, mask))
    elif form == "markdown":
        from packgate.impact.markdown import render_markdown

        print_text(render_markdown(comparison, limit, mask))
    else:
        from packgate.impact.text import render_text

        print_text(render_text(comparison, limit, mask))
