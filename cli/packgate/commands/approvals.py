"""`packgate approvals`: what waits for an approval on this machine, and the answers of people."""

from __future__ import annotations

import click

from packgate.commands.lazy import LazyGroup

# Verb -> one line for `packgate approvals --help`. The verb `list` is `command` in the module `commands.approvals_list`.
VERBS = {
    "list": "List the requests that wait.",
    "show": "Show one request.",
    "approve": "Let exactly one action run once.",
    "deny": "Deny a request.",
}


class _Approvals(LazyGroup):
    verbs = VERBS
    modules = "packgate.commands.approvals_"


@click.group("approvals", cls=_Approvals)
def command() -> None:
    """List, show and answer requests for approval.

    An action that a policy with `then: {mode: require-approval, approver: ROLE}` stops makes a request, if the context says who is in the
    group ROLE. Whoever is in it answers at a terminal; the approval holds for exactly that action, once, and for an hour.

    \b
    Examples:
      packgate approvals list
      packgate approvals show ap-3f2a9c01b7d4
      packgate approvals approve ap-3f2a9c01b7d4 --note 'reviewed with Ben'
      packgate approvals deny ap-3f2a9c01b7d4 --note 'use the migration instead'
    """
