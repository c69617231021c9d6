"""`packgate approvals show`: one request."""

from __future__ import annotations

import click

from packgate.approvals.text import request_text
from packgate.commands.approval_place import complete_requests, open_place, place_options
from packgate.commands.shared import print_text
from packgate.exitcodes import CLEAN
from packgate.guard.detectors import mask


@click.command("show")
@click.argument("id", metavar="ID", shell_complete=complete_requests)
@place_options
def command(id: str, settings: str | None, log: str | None, bundles: str | None) -> int:
    """Show one request: what, by whom, why, who may answer, and until when.

    \b
    Examples:
      packgate approvals show ap-3f2a9c01b7d4
    """
    print_text(mask(request_text(open_place(settings, log, bundles).request(id))))
    return CLEAN
