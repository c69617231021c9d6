"""`packgate review waive`: a waiver for a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from packgate.commands.review_options import decision_options, kept, open_queue, queue_options, read_text, write_all
from packgate.commands.shared import print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command("waive")
@click.argument("cluster", metavar="CLUSTER")
@click.option("--reason", required=True, metavar="TEXT", help="Why the exception is needed.")
@click.option("--owner", required=True, metavar="WHO", help="Who needs it and answers for it.")
@click.option("--expires", required=True, metavar="YYYY-MM-DD", help="The last day on which it holds (UTC).")
@click.option("--approver", metavar="WHO", help="Who allows it: an owner of the pack, and not the waiver's owner.")
@click.option("--if", "conditions", multiple=True, metavar="FIELD=PATTERN",
              help="What it is for. Default: exactly the cluster's example; repeatable.")
@click.option("--where", "places", multiple=True, metavar="NAME=PATTERN",
              help="For whom and where. Default: the repository, if it is one; repeatable.")
@decision_options
@queue_options
def command(
    cluster: str, reason: str, owner: str, expires: str, approver: str | None, conditions: tuple[str, ...], places: tuple[str, ...],
    by: str | None, **options: Any,
) -> int:
    """Let a cluster through for a time: a waiver in the pack's waivers.yaml.

    Unless --if and --where say what it is for, it is for exactly the cluster's example. It is tried on a copy first, and written only if
    it lets that through. Comments and layout of the file stay.

    \b
    Examples:
      packgate review waive c-0123 --from simulation.json --owner payments --approver security --expires 2026-06-30 --reason import
      packgate review waive c-0123 --from simulation.json --owner payments --expires 2026-06-30 --reason "import" --if 'branch=import/*'
    """
    from packgate.guard.detectors import mask
    from packgate.review.queue import find
    from packgate.review.store import WAIVE
    from packgate.review.waiver import waived

    opened = open_queue(**options)
    entry = find(opened.entries, cluster)
    terms = {"reason": mask(reason), "owner": owner, **({} if approver is None else {"approver": approver}), "expires": expires}
    texts, made = waived(entry, opened.root, opened.now, terms, _pairs(conditions, "--if"), _pairs(places, "--where"), read_text)
    names = ", ".join(item["id"] for item in made)
    path, text = kept(opened, entry, WAIVE, by, reason, f"waiver {names}")
    write_all({**texts, path: text})
    lines = [f"{entry.id} is waived until {expires} by {names}: {', '.join(map(str, texts))}"]
    lines += [f"  {item['policy']}: if {item['if']}" + (f", where {item['where']}" if "where" in item else "") for item in made]
    if approver is None:
        lines.append("  nobody has approved it yet: lint refuses it (PG242) until `approver` names an owner of the pack")
    print_text(mask("\n".join(lines)) + "\n")
    return CLEAN


def _pairs(given: Sequence[str], option: str) -> dict[str, Any] | None:
    """Conditions as given; None when none are. A name that is given twice has several patterns."""
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise UserError(f"{option}: expected NAME=PATTERN, found '{text}'")
        found[name] = value if name not in found else [*([found[name]] if isinstance(found[name], str) else found[name]), value]
    return found or None
