"""`packgate status`: what is released, at which stage, since when, for whom, and what is not released yet."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import click

from packgate import clock
from packgate.commands.completion import complete_packs
from packgate.commands.shared import at_option, open_cache, print_text
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from packgate.release.status import PackStatus, Status

FORMATS = ("text", "json", "markdown")
_HEADS = ("pack", "release", "stage", "revision", "since", "commit", "signed", "for", "not released yet", "next step")


@click.command("status")
@click.argument("pack", required=False, metavar="[PACK]", shell_complete=complete_packs)
@at_option("The time that days are counted to (RFC 3339). Default: now.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How it is printed.")
def command(pack: str | None, at: str | None, form: str) -> int:
    """Show what is released, at which stage, since when, and what is not yet.

    Also for whom each pack holds, what was committed since the release, and the gates before the next stage that are not met. Tags
    that look like releases and can't be trusted (made by hand, damaged, forged, with a revision that was taken) are listed, and make the
    exit code 1.

    \b
    Examples:
      packgate status
      packgate status recommended --format json
      packgate status --format markdown >> "$GITHUB_STEP_SUMMARY"
    """
    from packgate.gitio import Repository
    from packgate.guard.detectors import mask
    from packgate.release.status import read_status

    status = read_status(Repository(), pack, at or clock.now(), open_cache())
    if form == "json":
        text = json.dumps(status.as_json(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    elif form == "markdown":
        text = _markdown(status)
    else:
        text = _table(status) if sys.stdout.isatty() and os.environ.get("TERM") != "dumb" else _text(status)
    print_text(mask(text))
    return FINDINGS if status.invalid else CLEAN


def _row(each: PackStatus) -> tuple[str, ...]:
    release = each.release
    after = _next(each)
    if release is None:
        return (each.pack, "none", "", "", "", "", "", "; ".join(each.holds_for), _unreleased(each), after)
    since = f"{release.time[:10]} ({each.days} day{'s' * (each.days != 1)})"
    return (
        each.pack, release.tag, release.name.stage, str(release.revision), since, release.commit[:7], release.signed or "no",
        "; ".join(each.holds_for), _unreleased(each), after,
    )


def _unreleased(each: PackStatus) -> str:
    found = each.unreleased
    told = {"none": "nothing", "new": "all of it", "removed": "the pack is gone", "unknown": "not known"}.get(found.direction)
    if told is None:
        told = f"{_counted(found.changes, 'change')}, {_counted(found.actions, 'case')} decided differently: {found.direction}"
    return told + (f"; {_counted(len(found.files), 'file')} not committed" if found.files else "")


def _next(each: PackStatus) -> str:
    if each.release is None:
        return f"packgate release {each.pack}"
    if each.next is None:
        return "none: this is the last stage"
    return f"{each.next}: {_counted(len(each.blocked_by), 'gate')} not met" if each.blocked_by else f"{each.next}: no gate is in the way"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _text(status: Status) -> str:
    lines: list[str] = []
    for each in status.packs:
        row = dict(zip(_HEADS, _row(each), strict=True))
        lines += [each.pack, *(f"  {head}: {row[head]}" for head in _HEADS[1:] if row[head]), *_details(each), ""]
    lines += _invalid(status)
    return "\n".join(lines).rstrip("\n") + "\n" if lines else "There is no pack here.\n"


def _details(each: PackStatus) -> list[str]:
    lines = [f"    {gate}" for gate in each.blocked_by]
    if each.release is not None and each.unreleased.direction not in ("none", "removed", "unknown"):
        lines.append(f"  see: packgate diff {each.release.tag} HEAD --pack {each.pack}")
    if each.blocked_by:
        lines.append(f"  see: packgate promote {each.pack} --to {each.next} --events FILE --explain --dry-run")
    return [*lines, *(f"  note: {note}" for note in each.notes)]


def _invalid(status: Status) -> list[str]:
    if not status.invalid:
        return []
    return ["tags that are no valid releases", *(f"  {tag}: {reason}" for tag, reason in status.invalid)]


def _markdown(status: Status) -> str:
    cells = [_HEADS, tuple("---" for _ in _HEADS), *(_row(each) for each in status.packs)]
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells]
    for each in status.packs:
        if each.blocked_by:
            lines += ["", f"Before {each.pack} can go to {each.next}:", "", *(f"- {gate}" for gate in each.blocked_by)]
        lines += ["", *(f"- {each.pack}: {note}" for note in each.notes)] if each.notes else []
    if status.invalid:
        lines += ["", "Tags that are no valid releases:", "", *(f"- `{tag}`: {reason}" for tag, reason in status.invalid)]
    return "\n".join(lines) + "\n"


def _table(status: Status) -> str:
    """For a terminal: a table of two columns for each pack, since ten columns fit no terminal."""
    import io

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    colors = {"audit": "cyan", "warn": "yellow", "block": "red"}
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, no_color="NO_COLOR" in os.environ, width=Console().width)
    for each in status.packs:
        table = Table(box=box.SIMPLE, show_header=False, title=Text(each.pack, "bold"), title_justify="left")
        for head, cell in zip(_HEADS[1:], _row(each)[1:], strict=True):
            if cell:
                table.add_row(Text(head, "dim"), Text(cell, colors.get(cell, "")))
        for gate in each.blocked_by:
            table.add_row("", Text(gate, "yellow"))
        for note in each.notes:
            table.add_row(Text("note", "dim"), Text(note))
        console.print(table)
    for line in _invalid(status):
        console.print(Text(line, "red"))
    return out.getvalue()
