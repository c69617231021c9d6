"""`packgate review test`: a cluster's example as a case of its policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from packgate.commands.review_options import decision_options, kept, open_queue, queue_options, read_text, write_all
from packgate.commands.shared import print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN

if TYPE_CHECKING:
    from packgate.review.queue import Entry


@click.command("test")
@click.argument("cluster", metavar="CLUSTER")
@click.option("--polarity", type=click.Choice(["must_fire", "must_not_fire"]),
              help="Default: by the review, must_fire if accepted, must_not_fire if rejected.")
@click.option("--policy", metavar="ID", help="The policy, where several are the reason.")
@click.option("--prompt", metavar="TEXT", help="What a person would ask for to see the action.")
@click.option("--todo", metavar="REASON", help="Mark the case as a known gap: it is counted, and does not fail.")
@decision_options
@queue_options
def command(
    cluster: str, polarity: str | None, policy: str | None, prompt: str | None, todo: str | None, by: str | None, **options: Any,
) -> int:
    """Turn a cluster's example into a case in the policy's file.

    It is added to the end of the policy's cases of that polarity; comments and layout of the file stay. A case that must not fire fails
    `packgate test` until the policy is narrowed, unless it is a known gap (--todo).

    \b
    Examples:
      packgate review test c-0123 --from simulation.json
      packgate review test c-0123 --from simulation.json --polarity must_not_fire --todo "narrowed next week"
    """
    from packgate.guard.detectors import mask
    from packgate.review.case import default_polarity
    from packgate.review.queue import find
    from packgate.review.store import TEST

    opened = open_queue(**options)
    entry = find(opened.entries, cluster)
    chosen = polarity or default_polarity(None if entry.review is None else entry.review.decision)
    if chosen is None:
        message = f"nothing was decided about {entry.id}, so it is not known what the policy should do"
        raise UserError(message, "accept or reject it first, or give --polarity")
    name = _policy(entry, policy)
    path, text, fires = _with_case(entry, name, chosen, opened.root, opened.now, prompt, todo)
    review, reviews = kept(opened, entry, TEST, by, f"a case of {name}", f"{chosen} case of {name}")
    write_all({path: text, review: reviews})
    lines = [f"{entry.id} is a {chosen} case of {name}: {path}"]
    if fires and chosen == "must_not_fire":
        lines.append("  it fires at present: " + ("a known gap" if todo else "`packgate test` fails until the policy is narrowed"))
    print_text(mask("\n".join(lines)) + "\n")
    return CLEAN


def _policy(entry: Entry, given: str | None) -> str:
    """The policy that gets the case, as ``pack/policy``."""
    found = [name for name in entry.because if given is None or given in (name, name.partition("/")[2])]
    if len(found) == 1:
        return found[0]
    if given is not None and not found:
        raise UserError(f"'{given}' is no reason for {entry.id}", f"its policies are {', '.join(entry.because)}")
    raise UserError(f"{entry.id} has several policies: {', '.join(found)}", "say which with --policy")


def _with_case(
    entry: Entry, name: str, polarity: str, root: Path, now: str, prompt: str | None, todo: str | None,
) -> tuple[Path, str, bool]:
    """The policy's file, its text with the case, and whether the policy fires for it. Tried on a copy first."""
    from packgate.review.case import case_of, has_case, with_case
    from packgate.review.trying import decided, gate_of, pack_named, tried
    from packgate.source.workspace import load_workspace
    from packgate.testing.cases import case_action

    pack, _, policy = name.partition("/")
    space = load_workspace(str(root))
    result = pack_named(space, pack, str(root))
    source = result.policies.get(policy)
    if source is None:
        raise UserError(f"the pack '{pack}' has no policy '{policy}' here", "the policies here are not those of the simulation")
    if Path(source.file.path).resolve().is_relative_to(root.resolve()) is False:
        raise UserError(f"{name} stands in a pack that is not one of this repository's", "add the case where the policy is")
    case = case_of(entry.item["example"], prompt, todo)
    if has_case((source.data.get("tests") or {}).get(polarity) or [], case):
        raise UserError(f"{name} has this case already")
    path = Path(source.file.path)
    text = with_case(read_text(path) or "", source.place, polarity, case, str(path))
    action = case_action(case)
    with tried(root, {path: text}) as copy:
        matches = [] if action is None else decided(gate_of(copy), action, now).matches
    fires = any(match.pack == pack and match.policy == policy for match in matches)
    if not fires and polarity == "must_fire" and todo is None:
        message = f"{name} does not fire for the example, so the case would fail"
        raise UserError(message, "a masked or cut action may not; nothing was written")
    return path, text, fires
