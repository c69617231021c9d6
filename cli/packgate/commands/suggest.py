"""`packgate suggest`: what to change next, by what was recorded."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from packgate import clock
from packgate.commands.event_options import PLACES, count_lines, given_or_log, told
from packgate.commands.shared import at_option, open_cache, print_findings, print_text
from packgate.errors import UserError
from packgate.exitcodes import FINDINGS

if TYPE_CHECKING:
    from packgate.events.reading import Damage
    from packgate.gitio.writing import WritableRepository
    from packgate.suggest.planning import Planned, Wishes

# As `suggest.suggestion.KINDS`, which is not loaded for a page of help.
_KINDS = ("promotion", "narrowing", "waiver", "draft", "dead-policy", "uncovered-family")


def _day(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from packgate.engine.waivers import parse_day

    if value is not None and parse_day(value) is None:
        raise click.BadParameter("expected a day such as 2026-06-30")
    return value


@click.command("suggest")
@click.option("--events", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
              help=f"Recorded or imported events, as {PLACES}; repeatable. Default: the log of this user's hook.")
@click.option("--kind", "kinds", type=click.Choice(_KINDS), multiple=True, help="Only suggestions of this kind; repeatable.")
@click.option("--least", type=click.IntRange(1), default=3, show_default=True, help="How often something has to occur to be suggested.")
@click.option("--days", type=click.IntRange(1), default=30, show_default=True, help="A policy that matched nothing so long is told.")
@click.option("--approved-by", "approvers", multiple=True, metavar="WHO",
              help="Who approved promotions, beside approval events; repeatable.")
@click.option("--approver", metavar="WHO", help="Who allows the waivers: an owner of the pack.")
@click.option("--expires", metavar="YYYY-MM-DD", callback=_day, help="The last day of the waivers (UTC).")
@click.option("--branch", metavar="NAME", help="Make a branch with one commit that carries out what is ready.")
@at_option("The time at which it is judged (RFC 3339). Default: now.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How it is printed.")
def command(
    events: tuple[Path, ...], kinds: tuple[str, ...], least: int, days: int, approvers: tuple[str, ...], approver: str | None,
    expires: str | None, branch: str | None, at: str | None, form: str,
) -> int:
    """Suggest what to change next, by what was recorded.

    Promotions whose gates are met; for what was rejected in the review a narrower policy, else a waiver; drafts of policies, with cases,
    for risky work that no policy covers; policies that match nothing, and families that no policy is about. Each with its numbers and its
    reason. Everything that would be changed was tried on a copy of the last commit: lint and tests find nothing new. The working tree is
    not touched.

    \b
    Examples:
      packgate suggest
      packgate suggest --events events.jsonl --kind promotion --kind draft
      packgate suggest --events events.jsonl --branch suggestions --approver security --expires 2026-06-30
      packgate suggest --events events.jsonl --format json
    """
    from packgate.events.reading import Damage
    from packgate.gitio.writing import WritableRepository
    from packgate.guard.detectors import mask, mask_json
    from packgate.suggest.planning import Wishes
    from packgate.suggest.shown import as_json, as_text

    repository, damage = WritableRepository(), Damage()
    wishes = Wishes(at or clock.now(), least, days, approvers, approver, expires, kinds)
    with ExitStack() as stack:
        planned, prefix = _planned(stack, repository, list(map(Path, given_or_log(events, "--events"))), damage, wishes)
        if planned is None:
            return FINDINGS
        made = None if branch is None else _made(repository, prefix, branch, planned)
    if planned.findings:
        print_findings(planned.findings, err=True)
    if form == "json":
        data: Any = mask_json(as_json(planned.suggestions, planned.seen, made))
        print_text(json.dumps(data, indent=2, sort_keys=True) + "\n")
    else:
        print_text(mask(as_text(planned.suggestions, planned.seen, made)))
    # Lines that are damaged for gates are told as findings.
    return FINDINGS if damage.lines and planned.findings else told(damage)


def _planned(
    stack: ExitStack, repository: WritableRepository, files: list[Path], damage: Damage, wishes: Wishes,
) -> tuple[Planned | None, str]:
    """What is suggested for the last commit, None where its packs have errors; and the policy repository's folder in git's."""
    from packgate.commands.progress import progress
    from packgate.events.reading import read
    from packgate.impact.sides import open_side
    from packgate.source.files import YAML
    from packgate.source.workspace import find_root
    from packgate.suggest.planning import plan

    found = find_root(".")
    if found is None:
        raise UserError("there is no policy repository here", "packgate.yaml or packs/ marks one")
    if not repository.knows("HEAD"):
        raise UserError("nothing is committed yet", "commit the packs first: what is suggested is a change of what is recorded")
    prefix = repository.prefix(found)
    root = Path(os.path.realpath(stack.enter_context(TemporaryDirectory(prefix="packgate-commit-"))))
    repository.export(repository.commit("HEAD"), prefix, root, YAML)
    cache = open_cache()
    side = open_side("HEAD", root, (), os.path.relpath(found), cache)
    if side.findings:
        print_findings(side.findings, err=True)
        return None, prefix
    events = (each.data for each in read(files, damage))
    return plan(repository, side, root, prefix, files, events, wishes, count_lines(files), cache, progress), prefix


def _made(repository: WritableRepository, prefix: str, branch: str, planned: Planned) -> dict[str, str] | None:
    """Make the branch; its name and commit. None where there is nothing to commit."""
    from packgate.guard.detectors import mask
    from packgate.suggest.carrying import commit, message_of

    if not planned.texts:
        return None
    made = commit(repository, prefix, branch, planned.texts, mask(message_of(planned.suggestions)))
    return {"branch": branch, "commit": made, "remote": repository.remote_name() or "origin"}
