"""`packgate review show`: one cluster."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from packgate.commands.review_options import open_queue, queue_options
from packgate.commands.shared import print_text
from packgate.exitcodes import CLEAN

if TYPE_CHECKING:
    from packgate.review.queue import Entry


@click.command("show")
@click.argument("cluster", metavar="CLUSTER")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How it is printed.")
@queue_options
def command(cluster: str, form: str, **options: Any) -> int:
    """Show one cluster: what it is, whom it touches, why it is decided so, and what was said of it.

    \b
    Example:
      packgate review show c-0123 --from simulation.json
    """
    from packgate.guard.detectors import mask, mask_json
    from packgate.review.queue import find

    entry = find(open_queue(**options).entries, cluster)
    if form == "json":
        data = {"state": entry.state, "review": None if entry.review is None else entry.review.as_item(), "cluster": dict(entry.item)}
        print_text(json.dumps(mask_json(data), indent=2, sort_keys=True) + "\n")
    else:
        print_text(mask(_as_text(entry)))
    return CLEAN


def _as_text(entry: Entry) -> str:
    from packgate.impact.simulation.shown import one_line

    item = entry.item
    lines = [
        f"{entry.id}: {item['title']}; {entry.state}", f"  by {', '.join(entry.because)}; {item['change']}",
        f"  {item['events']:,} events, {item['actions']:,} distinct, in {item['sessions']:,} sessions",
    ]
    for kind in ("users", "groups", "repositories", "agents"):
        if item[kind]["all"]:
            names = ", ".join(item[kind]["names"][:10])
            lines.append(f"  {kind} ({item[kind]['all']:,}): {names}{', …' if item[kind]['all'] > 10 else ''}")
    lines += [f"  for example ({item['place']}):", f"    {one_line(item['example'])}"]
    for side, name in (("before", "now"), ("after", "then")):
        lines.append(f"  {name}: {item[side]['decision']}; {item[side]['reason']}")
        lines += [f"    {line}" for line in item[side]["message"].splitlines()]
    if entry.review is not None:
        review = entry.review
        made = f" ({review.result})" if review.result else ""
        lines.append(f"  {review.decision} by {review.by} at {review.at}: {review.reason or 'no reason given'}{made}")
    return "\n".join(lines) + "\n"
