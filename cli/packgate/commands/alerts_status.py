"""`packgate alerts status`: what waits for a sink, and why."""

from __future__ import annotations

import json
import os

import click

from packgate.commands.alert_place import log_of, log_options
from packgate.commands.shared import print_text
from packgate.exitcodes import CLEAN
from packgate.guard.detectors import mask


@click.command("status")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How it is printed.")
@log_options
def command(form: str, settings: str | None, log: str | None) -> int:
    """Show what waits, and why.

    \b
    Examples:
      packgate alerts status
      packgate alerts status --format json
    """
    from packgate.alerts.config import Config
    from packgate.alerts.deliver import Delivery
    from packgate.eventlog.losses import lost
    from packgate.eventlog.spool import spool_of

    place = log_of(settings, log)
    held = [item for item in Delivery(place, Config(())).waiting() if "sink" in item]
    spool = spool_of(place)
    size = os.path.getsize(spool) if os.path.exists(spool) else 0
    if form == "json":
        found = {"spool_bytes": size, "lost": lost(spool), "waiting": held}
        print_text(mask(json.dumps(found, indent=2)) + "\n")
        return CLEAN
    lines = [f"spool: {size} bytes" + (f", {lost(spool)} alerts lost" if lost(spool) else "")]
    for item in held:
        why = f", {item['error']}" if item.get("error") else ""
        lines.append(f"{item['alert']['id']} for {item['sink']}: {item['attempts']} attempts{why}")
    print_text(mask("\n".join(lines)) + "\n")
    return CLEAN
