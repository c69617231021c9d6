"""`packgate approvals approve`: a person's answer."""

from __future__ import annotations

import click

from packgate.approvals.store import APPROVED
from packgate.commands.approval_place import complete_requests, open_place, place_options
from packgate.commands.shared import print_text
from packgate.exitcodes import CLEAN


@click.command("approve")
@click.argument("id", metavar="ID", shell_complete=complete_requests)
@click.option("--note", default="", help="What the agent and the log are told.")
@place_options
def command(id: str, note: str, settings: str | None, log: str | None, bundles: str | None) -> int:
    """Let exactly one action run once.

    The action is shown at the terminal, and approved by typing the end of the request's id there. Whoever approves is in the group that the
    request names, as the installed policies say; when several groups have to approve, it runs after the last one has.

    \b
    Examples:
      packgate approvals approve ap-3f2a9c01b7d4 --note 'reviewed with Ben'
    """
    found = open_place(settings, log, bundles).answer(id, APPROVED, note)
    missing = [role for role in found["roles"] if role not in found["answers"]]
    left = f"; {' and '.join(missing)} still have to answer" if found["state"] != APPROVED else ""
    print_text(f"{found['id']} is {found['state']}{left}\n")
    return CLEAN
