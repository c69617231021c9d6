"""`packgate promote`: move a pack, a threat layer, a policy or an assignment on to its next stage, if the evidence allows."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packgate import clock
from packgate.commands.committed import open_committed
from packgate.commands.completion import complete_policies
from packgate.commands.event_options import PLACES
from packgate.commands.shared import at_option, print_findings, print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.gitio import Repository
    from packgate.impact.sides import Side
    from packgate.release.promotion import Place, Promotion
    from packgate.release.subject import Subject

FORMATS = ("text", "json", "markdown")


@click.command("promote")
@click.argument("name", required=False, metavar="[PACK|THREAT|POLICY]", shell_complete=complete_policies)
@click.option("--to", type=click.Choice(["audit", "warn", "block"]), required=True, help="The stage; audit only takes an assignment back.")
@click.option("--events", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help=f"Recorded events, as {PLACES}; repeatable.")
@click.option("--assignment", metavar="NAME", help="Promote, or take back, this assignment alone.")
@click.option("--pack", metavar="NAME", help="The pack that the threat layer or policy belongs to, where several have it.")
@click.option("--approved-by", "approvers", multiple=True, metavar="WHO", help="Who approved it, beside approval events; repeatable.")
@click.option("--override", metavar="REASON", help="Skip a stage, for this reason, which is recorded. The gates still decide.")
@click.option("--explain", is_flag=True, help="Print every gate with its figure, not just those that are not met.")
@click.option("--branch", metavar="NAME", help="The branch to make. Default: promote/PACK/KIND-NAME-STAGE.")
@click.option("--dry-run", is_flag=True, help="Compute and print, change nothing.")
@at_option("The time at which it is judged (RFC 3339). Default: now.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How the gates are printed.")
def command(
    name: str | None, to: str, events: tuple[Path, ...], assignment: str | None, pack: str | None, approvers: tuple[str, ...],
    override: str | None, explain: bool, branch: str | None, dry_run: bool, at: str | None, form: str,
) -> int:
    """Move a pack, a threat layer, a policy or an assignment to a later stage.

    The gates of packgate.yaml decide, by the cases and the recorded events: with one that is not met, the exit code is 1 and nothing
    changes. What is judged and changed is the last commit, never the working tree. For a threat layer, a policy or an assignment a branch
    is made with one commit that sets the stage in rollout.yaml or assignments.yaml, ready for a pull request. For a pack it is a tag on
    the commit of its newest release, at the later stage and a higher revision.

    \b
    Examples:
      packgate promote force-push --to warn --events events.jsonl --explain --dry-run
      packgate promote production-blast-radius --to block --events events.jsonl --approved-by ana@example.org
      packgate promote recommended --to warn --events events.jsonl
      packgate promote --assignment payments-pilot --to warn --events events.jsonl
    """
    if (name is None) == (assignment is None):
        raise click.UsageError("name what to promote: a pack, a threat layer or a policy; or an assignment with --assignment")
    from packgate.gitio import Repository
    from packgate.guard.detectors import mask
    from packgate.release.judging import judge
    from packgate.release.promotion import check_step, find_subject, settings_data

    repository = Repository()
    now = at or clock.now()
    with ExitStack() as stack:
        side, prefix = open_committed(stack, repository)
        if side.findings:
            print_findings(side.findings, err=True)
            return FINDINGS
        subject, place = find_subject(repository, side, prefix, name, assignment, pack)
        act: Callable[[Promotion], dict[str, str]] = partial(_branch, repository, place, branch)
        if subject.kind == "pack":
            if branch is not None:
                raise UserError("a pack is promoted by a tag, so there is no branch to name")
            side, subject, place, act = _released(stack, repository, subject, now)
        check_step(subject, to, override)
        # For a pack those at the commit of its release: publishing computes the gates again, and has to ask for the same.
        settings = settings_data(side)
        plan, findings = judge(
            repository, side, subject, place, to, events, now, settings=settings, approvers=approvers,
            override=None if override is None else mask(override),
        )
        if findings:
            print_findings(findings, err=True)
        made = act(plan) if plan.allowed and not dry_run else None
    _print(plan, made, explain, form)
    return CLEAN if plan.allowed else FINDINGS


def _released(
    stack: ExitStack, repository: Repository, subject: Subject, now: str
) -> tuple[Side, Subject, Place, Callable[[Promotion], dict[str, str]]]:
    """A pack as its newest release has it, and what makes the tag."""
    from packgate.release.pack_promotion import at_release, standing_release, tag_promotion
    from packgate.release.promotion import find_subject
    from packgate.release.signing import allowed_signers, wants_signature
    from packgate.source.workspace import find_root

    last, history = standing_release(repository, subject.pack)
    side, prefix = open_committed(stack, repository, last.commit)
    if side.findings:
        print_findings(side.findings, err=True)
        raise UserError(f"the content of {last.tag} has errors, so it can't be judged")
    subject, place = find_subject(repository, side, prefix, subject.pack, pack=subject.pack)
    signers = allowed_signers(find_root(".") or repository.root)
    sign = wants_signature(repository, None, signers)

    def act(plan: Promotion) -> dict[str, str]:
        release = tag_promotion(repository, plan, last, history, now, sign=sign, signers=signers)
        return {"tag": release.tag, "commit": release.commit, "revision": str(release.revision)}

    return side, at_release(subject, last, history), replace(place, ref=last.commit), act


def _branch(repository: Repository, place: Place, branch: str | None, plan: Promotion) -> dict[str, str]:
    """Make the branch; returns its name and commit."""
    from packgate.release.promotion import branch_name, edited

    name = branch or branch_name(plan.subject, plan.to)
    commit = repository.branch_with(name, "HEAD", place.file, edited(repository, plan.subject, place, plan.to), plan.message())
    return {"branch": name, "commit": commit, "file": place.file}


def _print(plan: Promotion, made: dict[str, str] | None, explain: bool, form: str) -> None:
    from packgate.guard.detectors import mask
    from packgate.release.gate_text import as_markdown, as_text

    if form == "json":
        text = json.dumps({**plan.as_json(), "made": made}, indent=2, sort_keys=True) + "\n"
    elif form == "markdown":
        text = as_markdown(plan)
    else:
        text = as_text(plan, explain)
        if made is not None and "tag" in made:
            text += f"  made the tag {made['tag']} on {made['commit'][:7]}, revision {made['revision']}\n"
            text += f"  nothing is published yet: git push origin {made['tag']}\n"
        elif made is not None:
            text += f"  made the branch {made['branch']} ({made['commit'][:7]}), which changes {made['file']}\n"
            text += f"  open a pull request: git push -u origin {made['branch']}\n"
        elif not plan.allowed:
            text += "  refused; nothing was changed\n"
    print_text(mask(text))
