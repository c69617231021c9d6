"""`packgate approvals deny`: a person's answer."""

from __future__ import annotations

import click

from packgate.approvals.store import DENIED
from packgate.commands.approval_place import complete_requests, open_place, place_options
from packgate.commands.shared import print_text
from packgate.exitcodes import CLEAN


@click.command("deny")
@click.argument("id", metavar="ID", shell_complete=complete_requests)
@click.option("--note", default="", help="What the agent and the log are told.")
@place_options
def command(id: str, note: str, settings: str | None, log: str | None, bundles: str | None) -> int:
    """Deny a request.

    The agent is told so, with the note, when it asks again. One of the groups that the request names is enough.

    \b
    Examples:
      packgate approvals deny ap-3f2a9c01b7d4 --note 'use the migration instead'
    """
    found = open_place(settings, log, bundles).answer(id, DENIED, note)
    print_text(f"{found['id']} is {found['state']}\n")
    return CLEAN
