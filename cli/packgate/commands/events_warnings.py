"""`packgate events warnings`: what became of warnings."""

from __future__ import annotations

import json
from typing import Any

import click

from packgate.commands.event_options import file_option, given_or_log, selection_of, selection_options, told
from packgate.commands.shared import print_text
from packgate.exitcodes import FINDINGS


@click.command("warnings")
@file_option
@selection_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How it is printed.")
def command(files: tuple[str, ...], form: str, **conditions: Any) -> int:
    """Show what became of warnings.

    For every policy that warned: how often it was shown, how often a person who was asked accepted, whether the session changed course,
    tried again or went on, or that this is not known, and the verdict on its next action. Rates have a 95 % interval. A warning that as
    good as nobody heeds, or that everybody accepts, is a finding, and makes the exit code 1.

    \b
    Examples:
      packgate events warnings
      packgate events warnings --file events.jsonl --since 2026-01-01
      packgate events warnings --file events.jsonl --policy force-push --format json
    """
    from packgate.events.reading import Damage, read
    from packgate.guard.detectors import mask, mask_json
    from packgate.impact.warnings import Warnings
    from packgate.impact.warnings_shown import as_json, as_text, findings

    damage = Damage()
    counting, selection = Warnings(), selection_of(conditions)
    for event in read(given_or_log(files), damage):
        # What followed has none of its decision's fields: it counts where its decision does.
        if event.kind == "outcome" or selection.takes(event):
            counting.add(event.data)
    rows = [row for row in counting.rows() if selection.names(row.policy)]
    if form == "json":
        print_text(json.dumps(mask_json(as_json(rows)), indent=2, sort_keys=True) + "\n")
    else:
        print_text(mask(as_text(rows)))
    return told(damage) or (FINDINGS if findings(rows) else 0)
