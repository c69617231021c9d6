"""The second half of a simulation: a share of the distinct actions, each decided once with both states of the policies, and its
occurrences counted."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.engine.render import coverage
from packgate.impact.clusters import OUTCOMES, Cluster, change_of, cluster_of, outcome_of
from packgate.impact.simulation.replay import FAILED, MALFORMED, looked_at, loss_in, matters
from packgate.model.action import ActionError, parse_action

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packgate.impact.simulation.pair import Pair
    from packgate.model.decision import Decision

# (number of the range, number of the line in it)
Place = tuple[int, int]
SIDES = ("before", "after")


@dataclass(slots=True)
class Verdict:
    """What counts of an action: its outcome on both sides as a number, its cluster, the coverage of its analysis, what each side's policies
    do, or why it can't be replayed; and how often it occurred."""

    pair: int
    cluster: Cluster | None
    coverage: str
    policies: tuple[tuple[int, str, str, str], ...]
    lost: str | None
    count: int = 0


@dataclass(slots=True)
class Group:
    """A cluster's occurrences. ``first``: the earliest, with its action's text; ``who`` and ``sessions``: how often each."""

    count: int
    first: Place
    text: str
    who: Counter[int]
    sessions: Counter[str]
    actions: int = 0


@dataclass(slots=True)
class Decided:
    """What a share of the actions came to. ``counts``: by (pair of outcomes, context); ``policies``: by (side, pack, policy, effect) how
    many events; ``lost``: by reason, how many events, with the first place; ``repeated``: lines that stood in the files before;
    ``distinct``: how many actions occurred."""

    counts: Counter[tuple[int, int]]
    groups: dict[Cluster, Group]
    policies: Counter[tuple[int, str, str, str]]
    coverage: Counter[str]
    lost: dict[str, tuple[int, Place]]
    repeated: int = 0
    distinct: int = 0


def pair_number(before: str, after: str) -> int:
    """Two outcomes as one number."""
    return OUTCOMES.index(before) * len(OUTCOMES) + OUTCOMES.index(after)


def pair_names(number: int) -> tuple[str, str]:
    """The outcomes of a number."""
    first, second = divmod(number, len(OUTCOMES))
    return OUTCOMES[first], OUTCOMES[second]


class Decider:
    """Decides shares with a pair of states."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.looked = looked_at(pair.sides)

    def share(self, blocks: Iterable[tuple[int, dict[bytes, str], Sequence[tuple[bytes, int, str | None, int, str | None]]]]) -> Decided:
        """One share. ``blocks``: of each range in their order its number, texts and occurrences (see `reading.Share`)."""
        found = Decided(Counter(), {}, Counter(), Counter(), {})
        verdicts: dict[bytes, Verdict] = {}
        texts: dict[bytes, str] = {}
        seen: set[tuple[bytes, str]] = set()
        for number, own, occurrences in blocks:
            for digest, text in own.items():
                if digest not in verdicts:
                    verdicts[digest] = verdict = self.verdict(text)
                    if verdict.cluster is not None:
                        texts[digest] = text
            for digest, who, session, line, decision in occurrences:
                if decision is not None:
                    if (digest, decision) in seen:
                        found.repeated += 1
                        continue
                    seen.add((digest, decision))
                verdict = verdicts[digest]
                verdict.count += 1
                if verdict.lost is not None:
                    count, first = found.lost.get(verdict.lost, (0, (number, line)))
                    found.lost[verdict.lost] = count + 1, first
                    continue
                found.counts[(verdict.pair, who)] += 1
                if verdict.cluster is not None:
                    _group(found, verdict, texts[digest], (number, line), who, session)
        for verdict in verdicts.values():
            found.distinct += 1
            if verdict.lost is None:
                found.coverage[verdict.coverage] += verdict.count
                for key in verdict.policies:
                    found.policies[key] += verdict.count
        return found

    def verdict(self, text: str) -> Verdict:
        """The verdict on an action, given as JSON."""
        data: dict[str, Any] = json.loads(text)
        try:
            action = parse_action(data)
        except ActionError:
            return Verdict(0, None, "", (), MALFORMED)
        loss = loss_in(text, data)
        try:
            if loss is not None and any(matters(gate.analyze(action), action.surface, loss, self.looked) for gate in self.pair.gates):
                return Verdict(0, None, "", (), loss)
            decisions, understood = self.pair.decide_unless_silent(action)
        except Exception:
            # A defect must neither end the simulation of a million other actions nor count as one that changes nothing.
            return Verdict(0, None, "", (), FAILED)
        if decisions is None:
            return Verdict(0, None, understood, (), None)
        before, after = decisions
        outcomes = outcome_of(before), outcome_of(after)
        change = change_of(*outcomes)
        cluster = None
        if change is not None:
            side = int(OUTCOMES.index(outcomes[1]) > OUTCOMES.index(outcomes[0]))
            cluster = cluster_of(change, decisions[side], action.surface, self.pair.owners[side])
        effects = (*_effects(0, before), *_effects(1, after)) if before.matches or after.matches else ()
        return Verdict(pair_number(*outcomes), cluster, coverage(after), effects, None)


def _effects(side: int, decision: Decision) -> list[tuple[int, str, str, str]]:
    """What each policy does: its strictest effective mode here."""
    found: dict[tuple[str, str], str] = {}
    for match in decision.matches:
        key = match.pack, match.policy
        if key not in found or _RANK[match.effective] > _RANK[found[key]]:
            found[key] = match.effective
    return [(side, *key, mode) for key, mode in found.items()]


_RANK = {"allow": 0, "audit": 1, "warn": 2, "require-approval": 3, "block": 4, "terminate": 5}


def _group(found: Decided, verdict: Verdict, text: str, place: Place, who: int, session: str | None) -> None:
    assert verdict.cluster is not None
    group = found.groups.get(verdict.cluster)
    if group is None:
        group = found.groups[verdict.cluster] = Group(0, place, text, Counter(), Counter())
    elif place < group.first:
        group.first, group.text = place, text
    group.count += 1
    group.actions += verdict.count == 1
    group.who[who] += 1
    if session is not None:
        group.sessions[session] += 1


def merge(found: Decided, more: Decided) -> None:
    """Add what another share came to: no action is in two."""
    found.counts.update(more.counts)
    found.policies.update(more.policies)
    found.coverage.update(more.coverage)
    found.repeated += more.repeated
    found.distinct += more.distinct
    for reason, (count, place) in more.lost.items():
        known = found.lost.get(reason, (0, place))
        found.lost[reason] = known[0] + count, min(known[1], place)
    for cluster, group in more.groups.items():
        own = found.groups.get(cluster)
        if own is None:
            found.groups[cluster] = group
            continue
        if group.first < own.first:
            own.first, own.text = group.first, group.text
        own.count += group.count
        own.actions += group.actions
        own.who.update(group.who)
        own.sessions.update(group.sessions)


