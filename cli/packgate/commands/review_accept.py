"""`packgate review accept`: the policies are right."""

from __future__ import annotations

from typing import Any

import click

from packgate.commands.review_options import decision_options, kept, open_queue, queue_options, write_all
from packgate.commands.shared import print_text
from packgate.exitcodes import CLEAN


@click.command("accept")
@click.argument("cluster", metavar="CLUSTER")
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@decision_options
@queue_options
def command(cluster: str, reason: str, by: str | None, **options: Any) -> int:
    """Say that the policies are right about a cluster.

    \b
    Example:
      packgate review accept c-0123 --from simulation.json --reason "nobody drops tables by hand"
    """
    from packgate.review.queue import find
    from packgate.review.store import ACCEPT

    opened = open_queue(**options)
    entry = find(opened.entries, cluster)
    path, text = kept(opened, entry, ACCEPT, by, reason)
    write_all({path: text})
    print_text(f"{entry.id} is accepted: {path}\nit counts as reviewed as long as its policies say what they say now\n")
    return CLEAN
