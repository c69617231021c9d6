"""`packgate events query`: the events that are meant, one a line."""

from __future__ import annotations

import json
from typing import Any

import click

from packgate.commands.event_options import file_option, given_or_log, selection_of, selection_options, told
from packgate.commands.shared import print_text


@click.command("query")
@file_option
@selection_options
@click.option("--limit", type=click.IntRange(0), default=0, show_default=True, help="Stop after this many; 0: never.")
@click.option("--count", is_flag=True, help="Print only how many there are.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="One line for people, or the event itself.")
def command(files: tuple[str, ...], limit: int, count: bool, form: str, **given: Any) -> int:
    """Find events.

    Every condition has to hold; one that is given several times means any of its values. An event without a time lies in no span of time.

    \b
    Examples:
      packgate events query --verdict deny --since 2026-01-31
      packgate events query --file events.jsonl --tool 'db/*' --agent codex --format json
      packgate events query --policy direct-push-to-main --count
    """
    from packgate.events.reading import Damage, read
    from packgate.events.showing import line
    from packgate.guard.detectors import mask, mask_json

    selection, damage, found = selection_of(given), Damage(), 0
    for event in read(given_or_log(files), damage):
        if not selection.takes(event):
            continue
        found += 1
        if not count:
            print_text((json.dumps(mask_json(event.data)) if form == "json" else mask(line(event))) + "\n")
        if limit and found >= limit:
            break
    if count:
        print_text(f"{found}\n")
    return told(damage)
