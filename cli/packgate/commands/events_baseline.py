"""`packgate events baseline`: what normal work looks like."""

from __future__ import annotations

import json

import click

from packgate import clock
from packgate.commands.event_options import count_lines, told
from packgate.commands.progress import progress
from packgate.commands.shared import BrokenPacks, at_option, open_gate, pack_option, print_findings, print_text
from packgate.exitcodes import FINDINGS


@click.command("baseline")
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@pack_option
@click.option("--days", type=click.IntRange(1), default=7, show_default=True, help="What is first seen in the last so many days is new.")
@click.option("--limit", type=click.IntRange(0), default=12, show_default=True, help="Values of each kind that are shown; 0: all.")
@at_option("The time that waivers are held against (RFC 3339). Default: now.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How it is printed.")
def command(files: tuple[str, ...], packs: tuple[str, ...], days: int, limit: int, at: str | None, form: str) -> int:
    """Show what normal work looks like.

    Recorded and imported actions are counted by user, group, repository, agent, surface, tool, family and normal form: the action with its
    paths, hosts, numbers and texts folded. Passes match no policy of the packs, whatever its stage; candidates do. What is new was first
    seen in the last days before the newest event.

    \b
    Examples:
      packgate events baseline events.jsonl
      packgate events baseline events.jsonl --pack recommended --days 14
      packgate events baseline *.jsonl --format json --limit 0 > baseline.json
    """
    from packgate.events.baseline import baseline
    from packgate.events.baseline_text import as_json, as_text
    from packgate.events.reading import Damage, read
    from packgate.guard.detectors import mask, mask_json

    try:
        gate = open_gate(packs)
    except BrokenPacks as broken:
        print_findings(broken.findings, err=True)
        return FINDINGS
    damage = Damage()
    with progress(count_lines(files), "deciding") as tick:
        found = baseline(read(files, damage), gate, days, at or clock.now(), tick)
    if form == "json":
        print_text(json.dumps(mask_json(as_json(found, limit)), indent=2, sort_keys=True) + "\n")
    else:
        print_text(mask(as_text(found, limit)))
    return told(damage)
