"""Evidence for a promotion, gathered from the commit that is promoted and from recorded events; and the gates computed from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packgate.engine.assignments import Assignments
from packgate.model.action import ActionError, parse_action
from packgate.release.casework import case_evidence
from packgate.release.claims import Verdict, verify_claim
from packgate.release.eventlines import EventLines
from packgate.release.gates import Evidence, compute
from packgate.release.imported import Replay, counts_imported
from packgate.release.limits import DEFAULTS, limits_of
from packgate.release.observed import observe, observe_all
from packgate.release.promotion import Promotion, authors_of
from packgate.release.reviewed import held, reviewed, reviews_of, root_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from packgate.diagnostics import Diagnostic
    from packgate.gitio import Repository
    from packgate.impact.sides import Side
    from packgate.release.eventlines import Event
    from packgate.release.gates import PolicyCases
    from packgate.release.observed import Observed
    from packgate.release.promotion import Place
    from packgate.release.subject import Subject


def judge(
    repository: Repository, side: Side, subject: Subject, place: Place, to: str, events: Sequence[Path], now: str, *,
    settings: Mapping[str, Any] | None, approvers: Sequence[str] = (), override: str | None = None,
) -> tuple[Promotion, list[Diagnostic]]:
    """The plan with its gates; findings are damaged lines of events, and reports that belong to nothing.

    ``side`` is the commit that is judged, ``settings`` the data of packgate.yaml with the gates, ``approvers`` who approved beside
    approval events, ``now`` (RFC 3339) the time after which no event counts. Taking an assignment back asks for no gate.
    """
    limits = limits_of(settings, to, subject, place.pack.result) if to in DEFAULTS else DEFAULTS["warn"]
    plan = Promotion(subject, to, limits, [], override, approvers)
    if plan.down:
        return plan, []
    evidence, findings = gather(repository, side, subject, place, to, events, now, approvers, settings=settings)
    plan.approvers = evidence.approvers
    plan.gates = compute(limits, evidence)
    return plan, findings


def judge_all(
    repository: Repository, side: Side, steps: Sequence[tuple[Subject, Place, str]], events: Sequence[Path], now: str, *,
    settings: Mapping[str, Any] | None, approvers: Sequence[str] = (), tick: Callable[[], None] | None = None,
) -> tuple[list[Promotion], list[Diagnostic]]:
    """`judge` for several promotions, each a subject, its place and its stage, with one pass over the events; ``tick`` is called after
    each of these."""
    reviews = {folder: reviews_of(repository, place) for folder, place in {root_of(place): place for _, place, _ in steps}.items()}
    said = [held(reviews[root_of(place)], place, subject, to, now) for subject, place, to in steps]
    asked = [limits_of(settings, to, subject, place.pack.result) for subject, place, to in steps]
    imported = counts_imported(settings)
    replays = {place.pack.name: Replay(side, place, now) for _, place, _ in steps} if imported else {}
    wanted = [
        # Whether an action was reviewed is costly to know, and most gates don't ask.
        (subject, to, _concerns(side, place), review.covers if limits.min_reviewed > 0 else None, replays.get(place.pack.name))
        for (subject, place, to), review, limits in zip(steps, said, asked, strict=True)
    ]
    lines = EventLines(events, now, imported)
    each = observe_all(lines if tick is None else _told(lines, tick), wanted)
    seen = [_with_passed_over(observed, lines) for observed, _ in each]
    cases = _cases(steps)
    plans = []
    for (subject, place, to), review, limits, observed in zip(steps, said, asked, seen, strict=True):
        everyone = (*approvers, *observed.approvals)
        own = {name: counts for name, counts in cases[place.pack.name].items() if name in subject.policies}
        evidence = Evidence(own, observed, everyone, authors_of(repository, place), review.rejections())
        plans.append(Promotion(subject, to, limits, compute(limits, evidence), None, everyone))
    return plans, lines.findings


def _told(events: Iterable[Event], tick: Callable[[], None]) -> Iterator[Event]:
    for event in events:
        yield event
        tick()


def _cases(steps: Sequence[tuple[Subject, Place, str]]) -> dict[str, dict[str, PolicyCases]]:
    """By pack, the cases of all policies that any promotion is about: each is run once, in how many promotions it may be."""
    about: dict[str, set[str]] = {}
    for subject, place, _ in steps:
        about.setdefault(place.pack.name, set()).update(subject.policies)
    packs = {place.pack.name: place.pack for _, place, _ in steps}
    return {name: case_evidence(packs[name].result, packs[name].gate, policies) for name, policies in sorted(about.items())}


def gather(
    repository: Repository, side: Side, subject: Subject, place: Place, to: str, events: Sequence[Path], now: str,
    approvers: Sequence[str] = (), promoter: str | None = None, *, settings: Mapping[str, Any] | None,
) -> tuple[Evidence, list[Diagnostic]]:
    """All that the gates are computed from. Arguments as of `judge`; ``promoter``: who promotes, None for whose repository this is."""
    seen: Observed | None = None
    findings: list[Diagnostic] = []
    said = reviewed(repository, place, subject, to, now)
    if events:
        imported = counts_imported(settings)
        lines = EventLines(events, now, imported)
        replay = Replay(side, place, now) if imported else None
        observed, unknown = observe(lines, subject, to, _concerns(side, place), said.covers, replay)
        seen = _with_passed_over(observed, lines)
        findings = [*lines.findings, *unknown]
    cases = case_evidence(place.pack.result, place.pack.gate, subject.policies)
    everyone = (*approvers, *(seen.approvals if seen is not None else ()))
    return Evidence(cases, seen, everyone, authors_of(repository, place, promoter), said.rejections()), findings


def verify_promotion(
    repository: Repository, side: Side, subject: Subject, place: Place, to: str, events: Sequence[Path], now: str, *,
    settings: Mapping[str, Any] | None, claimed: Sequence[Mapping[str, Any]] | None, approvers: Sequence[str] = (),
    promoter: str | None = None,
) -> Verdict:
    """What publishing asks: the gates of a recorded promotion, computed again from the commit and the events, whatever the record says.

    ``subject`` is what stood before the promotion; ``claimed`` the gates of the record. Approvals that only the record knows do not count:
    those of events do, and ``approvers`` that the caller vouches for. ``promoter``: the tagger, whose own approval does not count.
    """
    evidence, _ = gather(repository, side, subject, place, to, events, now, approvers, promoter, settings=settings)
    return verify_claim(claimed, limits_of(settings, to, subject, place.pack.result), evidence)


def _with_passed_over(seen: Observed, lines: EventLines) -> Observed:
    """What was observed, with the imported events that were never given to be counted."""
    return replace(seen, passed_over=tuple(sorted((lines.passed_over + Counter(dict(seen.passed_over))).items())))


def _concerns(side: Side, place: Place) -> Callable[[dict[str, Any]], bool] | None:
    """For an assignment: whether an action's actor is one whom it, and no earlier one, is for."""
    if place.assignment is None:
        return None
    wanted = place.assignment.number
    assignments = Assignments(side.space.assigned, side.space.lists)

    def concerns(action: dict[str, Any]) -> bool:
        try:
            first = assignments.first(place.pack.name, parse_action(action))
        except ActionError:
            return False
        return first is not None and first.number == wanted

    return concerns
