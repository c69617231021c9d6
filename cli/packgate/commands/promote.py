"""`packgate promote`: move a pack, a threat layer, a policy or an assignment on to its next stage, if the evidence allows."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from packgate import clock
from packgate.commands.committed import open_committed
from packgate.commands.completion import complete_policies
from packgate.commands.shared import at_option, print_findings, print_text
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.gitio import Repository
    from packgate.impact.sides import Side
    from packgate.release.observed import Observed
    from packgate.release.promotion import Place, Promotion
    from packgate.release.subject import Subject

FORMATS = ("text", "json", "markdown")


@click.command("promote")
@click.argument("name", required=False, metavar="[PACK|THREAT|POLICY]", shell_complete=complete_policies)
@click.option("--to", type=click.Choice(["audit", "warn", "block"]), required=True, help="The stage; audit only takes an assignment back.")
@click.option("--events", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Recorded events (JSON lines); repeatable.")
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
    is made with one commit that sets the stage in rollout.yaml or assignments.yaml, ready for a pull request.

    \b
    Examples:
      packgate promote force-push --to warn --events events.jsonl --explain --dry-run
      packgate promote production-blast-radius --to block --events events.jsonl --approved-by ana@example.org
      packgate promote --assignment payments-pilot --to warn --events events.jsonl
    """
    if (name is None) == (assignment is None):
        raise click.UsageError("name what to promote: a pack, a threat layer or a policy; or an assignment with --assignment")
    from packgate.gitio import Repository
    from packgate.release.promotion import check_step, find_subject

    repository = Repository()
    with ExitStack() as stack:
        side, prefix = open_committed(stack, repository)
        if side.findings:
            print_findings(side.findings, err=True)
            return FINDINGS
        subject, place = find_subject(repository, side, prefix, name, assignment, pack)
        check_step(subject, to, override)
        plan = _judged(repository, side, subject, place, to, events, approvers, override, at or clock.now())
        made = _carry_out(repository, plan, place, branch) if plan.allowed and not dry_run else None
    _print(plan, made, explain, form)
    return CLEAN if plan.allowed else FINDINGS


def _judged(
    repository: Repository, side: Side, subject: Subject, place: Place, to: str, events: tuple[Path, ...], approvers: tuple[str, ...],
    override: str | None, now: str,
) -> Promotion:
    """The plan with its gates computed."""
    from packgate.release.casework import case_evidence
    from packgate.release.gates import Evidence, compute
    from packgate.release.limits import DEFAULTS, limits_for
    from packgate.release.promotion import Promotion, authors_of, settings_data

    limits = limits_for(settings_data(side), to) if to in DEFAULTS else DEFAULTS["warn"]
    plan = Promotion(subject, to, limits, [], override, approvers)
    if plan.down:
        return plan
    seen = _observed(side, subject, to, events, place, now)
    cases = case_evidence(place.pack.result, place.pack.gate, subject.policies)
    everyone = (*approvers, *(seen.approvals if seen is not None else ()))
    plan.approvers = everyone
    plan.gates = compute(limits, Evidence(cases, seen, everyone, authors_of(repository, place)))
    return plan


def _observed(side: Side, subject: Subject, to: str, events: tuple[Path, ...], place: Place, now: str) -> Observed | None:
    if not events:
        return None
    from packgate.release.eventlines import EventLines
    from packgate.release.observed import observe

    lines = EventLines(events, now)
    seen, findings = observe(lines, subject, to, _concerns(side, place))
    if lines.findings or findings:
        print_findings([*lines.findings, *findings], err=True)
    return seen


def _concerns(side: Side, place: Place) -> Callable[[dict[str, Any]], bool] | None:
    """For an assignment: whether an action's actor is one whom it, and no earlier one, is for."""
    if place.assignment is None:
        return None
    from packgate.engine.assignments import Assignments
    from packgate.model.action import ActionError, parse_action

    wanted = place.assignment.number
    assignments = Assignments(side.space.assigned, side.space.lists)

    def concerns(action: dict[str, Any]) -> bool:
        try:
            first = assignments.first(place.pack.name, parse_action(action))
        except ActionError:
            return False
        return first is not None and first.number == wanted

    return concerns


def _carry_out(repository: Repository, plan: Promotion, place: Place, branch: str | None) -> dict[str, str]:
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
        if made is not None:
            text += f"  made the branch {made['branch']} ({made['commit'][:7]}), which changes {made['file']}\n"
            text += f"  open a pull request: git push -u origin {made['branch']}\n"
        elif not plan.allowed:
            text += "  refused; nothing was changed\n"
    print_text(mask(text))
