"""`packgate events session`: one session in the order of time."""

from __future__ import annotations

import json

import click

from packgate.commands.event_options import file_option, given_or_log, told
from packgate.commands.shared import print_text
from packgate.errors import UserError


@click.command("session")
@click.argument("id")
@file_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How it is printed.")
def command(id: str, files: tuple[str, ...], form: str) -> int:
    """Show what happened in a session.

    Each step with what was asked or done, what was decided, and what followed: results, approvals, alerts, and what the agent did next
    after it was stopped or warned.

    \b
    Examples:
      packgate events session 72ccca17-8ddb-49c9-8cb8-54222bdfeee2 --file events.jsonl
      packgate events session 72ccca17-8ddb-49c9-8cb8-54222bdfeee2 --format json
    """
    from packgate.events.reading import Damage, read
    from packgate.events.timeline import as_text, timeline
    from packgate.guard.detectors import mask, mask_json

    damage = Damage()
    steps = timeline(read(given_or_log(files), damage), id)
    if not steps:
        raise UserError(f"{id}: no event is of this session", "`packgate events query --session 'ID*'` finds sessions by pattern")
    if form == "json":
        print_text(json.dumps(mask_json({"session": id, "steps": [step.as_json() for step in steps]}), indent=2) + "\n")
    else:
        print_text(mask(as_text(steps, id)))
    return told(damage)
