"""`packgate review list`: the queue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from packgate.commands.review_options import open_queue, queue_options
from packgate.commands.shared import print_text
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.review.queue import Entry


@click.command("list")
@click.option("--all", "everything", is_flag=True, help="Clusters that are not open, too.")
@click.option("--fail-on-open", is_flag=True, help="Exit with 1 while a cluster is open.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How it is printed.")
@queue_options
def command(everything: bool, fail_on_open: bool, form: str, **options: Any) -> int:
    """List the clusters that are open, and how much is reviewed.

    \b
    Examples:
      packgate review list --from simulation.json
      packgate review list --events events.jsonl --proposal recommended --all
    """
    from packgate.guard.detectors import mask, mask_json

    entries = open_queue(**options).entries
    shown = [each for each in entries if everything or each.is_open]
    if form == "json":
        print_text(json.dumps(mask_json(_as_json(shown, entries)), indent=2, sort_keys=True) + "\n")
    else:
        print_text(mask(_as_text(shown, entries)))
    return FINDINGS if fail_on_open and any(each.is_open for each in entries) else CLEAN


def _as_json(shown: Sequence[Entry], entries: Sequence[Entry]) -> dict[str, Any]:
    from packgate.review.queue import reviewed_share

    reviewed, total = reviewed_share(entries)
    return {
        "reviewed": {"events": reviewed, "of": total, "clusters": sum(not each.is_open for each in entries), "of_clusters": len(entries)},
        "items": [
            {
                "id": each.id, "state": each.state, "review": None if each.review is None else each.review.as_item(),
                "cluster": dict(each.item),
            }
            for each in shown
        ],
    }


def _as_text(shown: Sequence[Entry], entries: Sequence[Entry]) -> str:
    from packgate.impact.simulation.shown import one_line
    from packgate.review.queue import reviewed_share

    reviewed, total = reviewed_share(entries)
    open_count = sum(each.is_open for each in entries)
    share = f"{reviewed / total:.1%}" if total else "nothing to review"
    lines = [f"{open_count:,} of {len(entries):,} clusters are open; reviewed {reviewed:,} of {total:,} events ({share})"]
    for each in shown:
        item = each.item
        because = ", ".join(each.because)
        lines.append(f"{each.id}  {each.state:<8}  {item['change']:<7}  {item['events']:>8,}  {item['title']}; by {because}")
        lines.append(f"    {one_line(item['example'])}")
    return "\n".join(lines) + "\n"
