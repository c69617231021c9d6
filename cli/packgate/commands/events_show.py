"""`packgate events show`: everything that is recorded about one action."""

from __future__ import annotations

import json

import click

from packgate.commands.event_options import file_option, given_or_log, told
from packgate.commands.shared import print_text
from packgate.errors import UserError


@click.command("show")
@click.argument("id")
@file_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How it is printed.")
def command(id: str, files: tuple[str, ...], form: str) -> int:
    """Show all events of one action.

    ID is that of a call of a tool, an action, a decision, an approval or an imported event; the first characters do where no other begins
    so. Shown are its decision and what followed.

    \b
    Examples:
      packgate events show imp-49ebd18413e0eb197c1f96c9 --file events.jsonl
      packgate events show toolu_01A --format json
    """
    from packgate.events.reading import Damage, read
    from packgate.events.selecting import runs
    from packgate.events.showing import whole
    from packgate.guard.detectors import mask, mask_json

    damage, found = Damage(), []
    names: set[str] = set()
    for event in read(given_or_log(files), damage):
        hit = [name for name in runs(event) if name.startswith(id)]
        if hit:
            found.append(event)
            names.update(hit)
    if id in names:
        found = [event for event in found if id in runs(event)]
    elif len(told_apart := {name for name in names if not any(name != other and name.startswith(f"{other}.") for other in names)}) > 1:
        raise UserError(f"{id}: {len(told_apart)} ids begin so", f"say more of it: {', '.join(sorted(told_apart)[:5])}")
    if not found:
        raise UserError(f"{id}: no event has this id", "`packgate events query` finds events by other conditions")
    for event in found:
        print_text(json.dumps(mask_json(event.data), indent=2) + "\n" if form == "json" else mask(whole(event)))
    return told(damage)
