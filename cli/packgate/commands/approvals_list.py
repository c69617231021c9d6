"""`packgate approvals list`: the requests that wait."""

from __future__ import annotations

import json

import click

from packgate.approvals.store import PENDING
from packgate.approvals.text import request_text
from packgate.commands.approval_place import open_place, place_options
from packgate.commands.shared import print_text
from packgate.exitcodes import CLEAN
from packgate.guard.detectors import mask


@click.command("list")
@click.option("--all", "every", is_flag=True, help="Those that were answered, used or forgotten within a day, too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How requests are printed.")
@place_options
def command(every: bool, form: str, settings: str | None, log: str | None, bundles: str | None) -> int:
    """List the requests that wait.

    \b
    Examples:
      packgate approvals list
      packgate approvals list --all --format json
    """
    found = [each for each in open_place(settings, log, bundles).requests() if every or each["state"] == PENDING]
    if form == "json":
        print_text(mask(json.dumps(found, indent=2)) + "\n")
    else:
        print_text(mask("\n".join(map(request_text, found))) if found else "nothing waits for an approval\n")
    return CLEAN
