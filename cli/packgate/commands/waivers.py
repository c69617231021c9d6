"""`packgate waivers`: every waiver, whether it holds, and what it let through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packgate import clock
from packgate.commands.completion import complete_packs
from packgate.commands.event_options import PLACES
from packgate.commands.shared import at_option, open_workspace, print_findings, print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN

if TYPE_CHECKING:
    from packgate.release.waiver_report import WaiverState

FORMATS = ("text", "json", "markdown")


@click.command("waivers")
@click.argument("pack", required=False, metavar="[PACK]", shell_complete=complete_packs)
@click.option("--events", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help=f"Recorded events, as {PLACES}; repeatable.")
@click.option("--soon", type=click.IntRange(0), default=14, show_default=True, help="How many days before its last a waiver expires soon.")
@at_option("The time at which they are judged (RFC 3339). Default: now.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How waivers are printed.")
def command(pack: str | None, events: tuple[Path, ...], soon: int, at: str | None, form: str) -> int:
    """List waivers and what each let through.

    A waiver is active, expires soon, expired (its last day, in UTC, is over) or malformed (its date is no day, so that it waives nothing).
    With --events, each is shown with how many actions it let through, the last one, and some examples, secrets masked.

    \b
    Examples:
      packgate waivers
      packgate waivers payments --events events.jsonl --format markdown
    """
    from packgate.release.eventlines import EventLines
    from packgate.release.waiver_report import count_uses, waiver_states

    now = at or clock.now()
    space = open_workspace([] if pack is None else [pack])
    if pack is not None and not space.results:
        raise UserError(f"there is no pack '{pack}'")
    states = waiver_states(space.results, now, soon)
    if events:
        lines = EventLines(events, now)
        count_uses(states, lines)
        if lines.findings:
            print_findings(lines.findings, err=True)
    _print(states, form, bool(events))
    return CLEAN


def _print(states: list[WaiverState], form: str, counted: bool) -> None:
    from packgate.guard.detectors import mask

    for state in states:
        state.examples = [_cut(mask(each)) for each in state.examples]
    if form == "json":
        text = json.dumps([state.as_json() for state in states], indent=2) + "\n"
    elif form == "markdown":
        text = _markdown(states, counted)
    else:
        text = "".join(_text(state, counted) for state in states) or "no waivers\n"
    print_text(mask(text))


def _text(state: WaiverState, counted: bool) -> str:
    lines = [
        f"{state.id}: {state.state}; {_when(state)}", f"  for {state.policy} of pack {state.pack} ({state.place})",
        f"  {state.reason} Owner {state.owner or 'nobody'}, approved by {state.approver or 'nobody'}.",
    ]
    if counted:
        lines.append(f"  let through {state.count}" + (f", the last at {state.last}" if state.last else ""))
        lines += [f"    {each}" for each in state.examples]
    return "\n".join(lines) + "\n"


def _markdown(states: list[WaiverState], counted: bool) -> str:
    lines = ["| waiver | policy | state | last day | owner | approver |" + (" let through | last |" if counted else "")]
    lines.append("|---" * (8 if counted else 6) + "|")
    for state in states:
        cells = [state.id, f"{state.pack}/{state.policy}", state.state, state.expires, state.owner, state.approver]
        cells += [str(state.count), state.last or ""] if counted else []
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _when(state: WaiverState) -> str:
    if state.left is None:
        return f"'{state.expires}' is not a day"
    if state.left < 0:
        return f"its last day was {state.expires}, {-state.left} day{'s' * (state.left != -1)} ago"
    return f"its last day is {state.expires}, " + ("today" if state.left == 0 else f"in {state.left} day{'s' * (state.left != 1)}")


def _cut(text: str, limit: int = 160) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
