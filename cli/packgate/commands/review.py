"""`packgate review`: a group of verbs, each in a module of its own that is imported when it is used."""

from __future__ import annotations

import click

from packgate.commands.lazy import LazyGroup

# Verb -> one line for `packgate review --help`.
VERBS = {
    "list": "List the clusters that are open, and how much is reviewed.",
    "show": "Show one cluster: what it is, whom it touches, why it is decided so, and what was said of it.",
    "accept": "Say that the policies are right about a cluster.",
    "reject": "Say that a cluster is a false positive: no promotion passes while the policy still says so.",
    "waive": "Let a cluster through for a time: a waiver in the pack's waivers.yaml.",
    "test": "Turn a cluster's example into a case in the policy's file.",
}


class _Reviews(LazyGroup):
    """The verbs."""

    verbs = VERBS
    modules = "packgate.commands.review_"


@click.group("review", cls=_Reviews)
def command() -> None:
    """Review what a simulation would newly stop.

    Each cluster of actions is accepted, rejected, waived, or turned into a case. The queue is what a simulation printed as JSON (--from),
    or a simulation that is made for it (--events). Decisions are kept in reviews/PACK.yaml of the policy repository, to be committed like
    everything else; the last one on a cluster counts, until a policy says something else than when it was reviewed.

    \b
    Examples:
      packgate review list --from simulation.json
      packgate review reject c-0123 --from simulation.json --reason "the import job rewrites its own branch"
      packgate review test c-0123 --from simulation.json
    """
