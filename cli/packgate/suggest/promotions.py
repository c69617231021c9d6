"""The next promotions: threat layers, policies and assignments whose gates are met, all judged in one pass over the events."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from packgate.engine.stages import cap
from packgate.errors import UserError
from packgate.release.judging import judge_all
from packgate.release.limits import NEXT
from packgate.release.promotion import find_subject, settings_data
from packgate.release.subject import ASSIGNMENT, POLICY, THREAT
from packgate.source.edit import set_assignment_stage, set_stage
from packgate.source.edited import EditRefused
from packgate.suggest.seen import counted
from packgate.suggest.suggestion import PROMOTION, Edit, Suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from packgate.diagnostics import Diagnostic
    from packgate.gitio import Repository
    from packgate.impact.sides import Side
    from packgate.model.policy import Pack
    from packgate.release.promotion import Place, Promotion
    from packgate.release.subject import Subject
    from packgate.suggest.seen import Seen

APPROVALS = "approvals"
# Gates whose figures are what a promotion rests on.
_SHOWN = frozenset(("days", "events", "users", "imported", "benign rate", "match rate", "would-block rate", "heed rate", "reviewed"))


def promotions(
    repository: Repository, side: Side, prefix: str, own: Sequence[str], events: Sequence[Path], seen: Seen, now: str,
    approvers: Sequence[str] = (),
    tick: Callable[[], None] | None = None,
) -> tuple[list[Suggestion], list[Diagnostic]]:
    """Promotions of what the packs ``own`` have whose gates are met, or all but the approvals; and damaged lines of the events.

    A policy goes with its layer where that can go, and alone where its own gates are met and those of the layer are not. ``tick`` is
    called after every event.
    """
    steps = [step for name in own for step in _steps(repository, side, prefix, name)]
    plans, findings = judge_all(repository, side, steps, events, now, settings=settings_data(side), approvers=approvers, tick=tick)
    found, moved = [], set[tuple[str, str]]()
    for (subject, place, _), plan in zip(steps, plans, strict=True):
        missing = [gate.name for gate in plan.gates if not gate.met]
        if missing not in ([], [APPROVALS]):
            continue
        if subject.kind == THREAT:
            moved |= {(subject.pack, policy) for policy in subject.policies}
        elif subject.kind == POLICY and (subject.pack, subject.name) in moved:
            continue
        found.append(_suggestion(plan, place, prefix, _matching(plan.subject, seen)))
    return found, findings


def _steps(repository: Repository, side: Side, prefix: str, name: str) -> Iterator[tuple[Subject, Place, str]]:
    """What of a pack can go on: layers before policies, then assignments."""
    pack = side.packs[name].pack
    layers = sorted({policy.threat for policy in pack.policies})
    wanted: list[tuple[str | None, str | None]] = [(layer, None) for layer in layers]
    wanted += [(policy, None) for policy in sorted(side.packs[name].policies)]
    wanted += [(None, each.name) for each in side.space.assigned if each.pack == name and each.name]
    for chosen, assignment in wanted:
        try:
            subject, place = find_subject(repository, side, prefix, chosen, assignment, name)
        except UserError:
            # A name that stands for several things can't be promoted by it either.
            continue
        if subject.stage in NEXT and subject.kind in (THREAT, POLICY, ASSIGNMENT) and _changes(pack, subject, NEXT[subject.stage]):
            yield subject, place, NEXT[subject.stage]


def _changes(pack: Pack, subject: Subject, to: str) -> bool:
    """Whether the stage makes any difference: a policy that only records does that at every stage."""
    outcomes = [policy.outcome for policy in pack.policies if policy.id in subject.policies]
    return any(cap(each.mode, subject.stage) != cap(each.mode, to) or each.confirm or each.redact or each.alert for each in outcomes)


def _matching(subject: Subject, seen: Seen) -> dict[str, int]:
    """How many of the events each of the policies matches, by what the packs say now."""
    tallies = {name: seen.policies.get(f"{subject.pack}/{name}") for name in sorted(subject.policies)}
    return {name: 0 if tally is None else tally.events for name, tally in tallies.items()}


def _suggestion(plan: Promotion, place: Place, prefix: str, matching: Mapping[str, int]) -> Suggestion:
    """``matching``: how many events each of its policies matches. Gates ask for work that is left alone; whether there is anything to stop
    is for people to judge."""
    subject = plan.subject
    figures = {gate.name: gate.as_json() for gate in plan.gates}
    shown = [gate.sentence for gate in plan.gates if gate.name in _SHOWN]
    seen = sum(count > 0 for count in matching.values())
    shown.append(f"{seen} of {len(matching)} policies match{'es' * (seen == 1)} anything in these events" if subject.kind != POLICY else
                 f"it matches {counted(sum(matching.values()), 'event')} of these")
    named = f"--assignment {subject.name}" if subject.kind == ASSIGNMENT else f"{subject.name} --pack {subject.pack}"
    found = Suggestion(
        PROMOTION, subject.name if subject.kind == ASSIGNMENT else f"{subject.pack}/{subject.name}", plan.headline,
        "; ".join(shown), {"from": subject.stage, "to": plan.to, "subject": subject.kind, "gates": figures, "matches": dict(matching)},
        f"packgate promote {named} --to {plan.to} --events FILE",
        (Edit(os.path.relpath(place.file, prefix or "."), _edit(subject, plan.to)),),
        record="Packgate-Promotion: " + json.dumps(plan.as_json(), sort_keys=True, separators=(",", ":")),
    )
    waiting = next((gate for gate in plan.gates if not gate.met), None)
    if waiting is not None:
        found.refused = f"it waits for approvals: {waiting.sentence} (required: {waiting.required})"
    return found


def _edit(subject: Subject, to: str) -> Callable[[str | None], str]:
    def apply(text: str | None) -> str:
        try:
            if subject.kind == ASSIGNMENT:
                return set_assignment_stage(text or "", subject.name, to)
            return set_stage(text, "threats" if subject.kind == THREAT else "policies", subject.name, to)
        except EditRefused as error:
            raise UserError(str(error), "edit the file by hand") from error

    return apply
