"""By policy, the spellings for which it always fires: what every target's native rules are made of. The same for all targets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.render.answers import RUN, of_policy
from packgate.render.judging import Judge
from packgate.render.known import KnownActions
from packgate.render.options import KNOWN
from packgate.render.paths import PathCandidate, path_candidates
from packgate.render.spelling import Spelling, beginnings, places, shortest
from packgate.testing.cases import MUST_FIRE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packgate.engine.rules import Rule
    from packgate.model.policy import Policy
    from packgate.render.spelling import Place
    from packgate.render.subject import Subject

_MODES_THAT_RUN = {
    "audit": "recorded only: the hook writes it down and the action runs",
    "warn": "the action runs: the hook tells agent and user",
    "allow": "lifts the pack's default; nothing is stopped",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A policy as it is in effect. ``answer``: `answers`. ``left``: why no native rule can stand for it, whatever the target; empty when
    one may."""

    policy: Policy
    pack: str
    effective: str | None
    answer: str
    left: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """``spellings`` by policy id; ``known``: what native rules are held against; ``paths``: patterns of files that always fire."""

    subject: Subject
    standings: tuple[Standing, ...]
    spellings: Mapping[str, tuple[Spelling, ...]]
    known: KnownActions
    paths: tuple[PathCandidate, ...]


def find_candidates(subject: Subject, programs: str = KNOWN) -> Candidates:
    """Judge every spelling that the catalog and the cases offer. ``programs``: `options.Options.programs`."""
    known = KnownActions(subject)
    waived = {waiver.policy for pack in subject.gate.engine.packs for waiver in pack.waivers}
    standings = tuple(_standing(rule, subject, waived) for rule in subject.gate.engine.rules)
    policies = [each.policy for each in standings if not each.left]
    used = known.words if programs == KNOWN else None
    judge = Judge(subject, policies)
    offered = list(_places(judge, policies, used))
    found: dict[str, set[Spelling]] = defaultdict(set)
    for spelling, ids in (*_from_catalog(judge, offered), *_from_cases(judge, offered, known)):
        for each in ids:
            found[each].add(spelling)
    spellings = {name: tuple(shortest(found[name])) for name in sorted(found)}
    return Candidates(subject, standings, spellings, known, tuple(_paths(standings, subject)))


def _paths(standings: Iterable[Standing], subject: Subject) -> Iterator[PathCandidate]:
    for each in standings:
        if not each.left:
            yield from path_candidates(each.policy, each.answer, subject.lists_of(each.pack), subject)


def _standing(rule: Rule, subject: Subject, waived: set[str]) -> Standing:
    policy = rule.policy
    effective = subject.effective(rule)
    answer = of_policy(policy, effective)
    if effective is None:
        left = "the pack does not hold for everybody, and a native rule does"
    elif answer == RUN:
        left = _MODES_THAT_RUN[effective]
    elif policy.where:
        names = ", ".join(sorted({condition.field for condition in policy.where}))
        left = f"depends on the context (where: {names}), which native rules do not know"
    elif policy.id in waived:
        left = "has waivers, which native rules can't express"
    else:
        left = ""
    return Standing(policy, rule.pack.name, effective, answer, left)


def _places(judge: Judge, policies: Iterable[Policy], used: set[str] | None) -> Iterator[tuple[Spelling, Place]]:
    """The sub-commands of the catalog that can concern the policies, of all programs or those that are used."""
    families = frozenset(family for policy in policies for family in policy.when)
    options = frozenset(
        pattern.text for policy in policies for clause in policy.clauses for condition in clause if condition.field == "flag"
        for pattern in condition.patterns
    )
    for place in places(judge.subject.gate.catalog, families, options):
        for program in place.programs:
            if used is None or program in used:
                yield Spelling((program, *place.words)), place


def _from_catalog(judge: Judge, offered: Iterable[tuple[Spelling, Place]]) -> Iterator[tuple[Spelling, frozenset[str]]]:
    for plain, place in offered:
        whole = judge.always(plain, place.followed)
        if whole:
            yield plain, whole
        for option in place.options:
            spelling = Spelling(plain.words, option)
            more = judge.always(spelling, place.followed) - whole
            if more:
                yield spelling, more


def _from_cases(
    judge: Judge, offered: Iterable[tuple[Spelling, Place]], known: KnownActions
) -> Iterator[tuple[Spelling, frozenset[str]]]:
    """What commands that must fire begin with: words that no catalog can know, such as the name of a branch."""
    calls = {call for each in known.all if each.policy in judge.policies and each.polarity == MUST_FIRE for call in each.calls}
    followed = {plain.words: place.followed for plain, place in offered}
    for spelling in beginnings(calls):
        words = next((spelling.words[:count] for count in range(len(spelling.words), 0, -1) if spelling.words[:count] in followed), None)
        found = judge.always(spelling, followed[words] if words is not None else ())
        if found:
            yield spelling, found
