"""`packgate review reject`: a false positive."""

from __future__ import annotations

from typing import Any

import click

from packgate.commands.review_options import decision_options, kept, open_queue, queue_options, write_all
from packgate.commands.shared import print_text
from packgate.exitcodes import CLEAN


@click.command("reject")
@click.argument("cluster", metavar="CLUSTER")
@click.option("--reason", required=True, metavar="TEXT", help="Why it is a false positive.")
@decision_options
@queue_options
def command(cluster: str, reason: str, by: str | None, **options: Any) -> int:
    """Say that a cluster is a false positive: no promotion passes while the policy still says so.

    Narrow the policy, or waive it: what is rejected is decided again at each promotion, and no longer counts when the policy is silent.

    \b
    Example:
      packgate review reject c-0123 --from simulation.json --reason "the import job rewrites its own branch"
    """
    from packgate.review.queue import find
    from packgate.review.store import REJECT

    opened = open_queue(**options)
    entry = find(opened.entries, cluster)
    path, text = kept(opened, entry, REJECT, by, reason)
    write_all({path: text})
    print_text(f"{entry.id} is rejected: {path}\nno promotion of its policies passes while they still match it: narrow them, or waive it\n")
    return CLEAN
