"""The second half of a simulation: a share of the distinct actions, each decided once with both states of the policies, and its
occurrences counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.engine.render import coverage
from packgate.eventstore.quick_json import read_json
from packgate.impact.clusters import OUTCOMES, Cluster, change_of, cluster_of, outcome_of
from packgate.impact.simulation.replay import FAILED, MALFORMED, fields_of, in_part, loss_in, matters
from packgate.model.action import ActionError, parse_action

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packgate.impact.simulation.pair import Pair
    from packgate.impact.simulation.reading import Occurrence
    from packgate.model.action import Action
    from packgate.model.decision import Decision

# How many actions are read before they are decided.
_TOGETHER = 16
# (number of the range, number of the line in it)
Place = tuple[int, int]


@dataclass(slots=True)
class Verdict:
    """What counts of an action: its outcome on both sides as a number, its cluster, the coverage of its analysis, what each side's policies
    do, or why it can't be replayed; what its record lacks (`replay.IN_PART`); how often it occurred, and where first."""

    pair: int
    cluster: Cluster | None
    coverage: str
    policies: tuple[tuple[int, str, str, str], ...]
    lost: str | None
    partly: tuple[str, ...] = ()
    count: int = 0
    first: Place | None = None


@dataclass(slots=True)
class Group:
    """A cluster's occurrences. ``first``: the earliest, with its action's text; ``who``, ``where`` and ``sessions``: all that occur."""

    count: int
    first: Place
    text: bytes
    who: set[int]
    where: set[int]
    sessions: set[str]
    actions: int = 0


@dataclass(slots=True)
class Decided:
    """What a share of the actions came to. ``who`` and ``where``: by pair of outcomes, how many events of each; ``policies``: by (side,
    pack, policy, effect) how many events; ``lost``: by reason, how many events, with the first place; ``partly``: by what their records
    lack, how many events, with the first place and its action's text; ``repeated``: lines that stood in the files before; ``distinct``: how
    many actions occurred."""

    who: dict[int, Counter[int]] = field(default_factory=dict)
    where: dict[int, Counter[int]] = field(default_factory=dict)
    groups: dict[Cluster, Group] = field(default_factory=dict)
    policies: Counter[tuple[int, str, str, str]] = field(default_factory=Counter)
    coverage: Counter[str] = field(default_factory=Counter)
    lost: dict[str, tuple[int, Place]] = field(default_factory=dict)
    partly: dict[str, tuple[int, Place, bytes]] = field(default_factory=dict)
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
        self.looked = fields_of(pack for side in pair.sides for pack in side.packs)

    def share(self, blocks: Iterable[tuple[int, Sequence[bytes], Sequence[Occurrence]]]) -> Decided:
        """One share. ``blocks``: of each range in their order its number, texts and occurrences (see `reading.Share`)."""
        held = list(blocks)
        verdicts = self._verdicts(sorted({text for _, texts, _ in held for text in texts}))
        tally = _Tally()
        for number, texts, occurrences in held:
            tally.count(number, texts, [verdicts[text] for text in texts], occurrences)
        found = tally.found
        found.distinct = len(verdicts)
        for text, verdict in verdicts.items():
            if verdict.lost is None:
                found.coverage[verdict.coverage] += verdict.count
                for key in verdict.policies:
                    found.policies[key] += verdict.count
                for reason in verdict.partly:
                    if verdict.first is not None:
                        _add_part(found, reason, verdict.count, verdict.first, text)
        return found

    def _verdicts(self, texts: Sequence[bytes]) -> dict[bytes, Verdict]:
        """The verdicts on actions, given as JSON and sorted: what those that look alike need of the catalog and of this program is at hand
        when they follow each other, and when several are read first. Both together take a fifth of the time away."""
        found: dict[bytes, Verdict] = {}
        for start in range(0, len(texts), _TOGETHER):
            for text, action, loss in [(text, *_read(text)) for text in texts[start:start + _TOGETHER]]:
                found[text] = Verdict(0, None, "", (), loss) if action is None else self._verdict(action, loss)
        return found

    def _verdict(self, action: Action, loss: str | None) -> Verdict:
        """The verdict on an action. ``loss``: what its record lacks."""
        try:
            if loss is not None and any(matters(gate.analyze(action), action.surface, loss, self.looked) for gate in self.pair.gates):
                return Verdict(0, None, "", (), loss)
            decisions, understood = self.pair.decide_unless_silent(action)
        except Exception:
            # A defect must neither end the simulation of a million other actions nor count as one that changes nothing.
            return Verdict(0, None, "", (), FAILED)
        if decisions is None:
            return Verdict(0, None, understood, (), None, in_part(action, loss, understood))
        before, after = decisions
        outcomes = outcome_of(before), outcome_of(after)
        change = change_of(*outcomes)
        cluster = None
        if change is not None:
            side = int(OUTCOMES.index(outcomes[1]) > OUTCOMES.index(outcomes[0]))
            cluster = cluster_of(change, decisions[side], action.surface, self.pair.owners[side])
        effects = (*_effects(0, before), *_effects(1, after)) if before.matches or after.matches else ()
        understood = coverage(after)
        return Verdict(pair_number(*outcomes), cluster, understood, effects, None, in_part(action, loss, understood))


def _read(text: bytes) -> tuple[Action | None, str | None]:
    """An action, None for one that is malformed, and what its record lacks."""
    data: dict[str, Any] = read_json(text)
    try:
        return parse_action(data), loss_in(text, data)
    except ActionError:
        return None, MALFORMED


class _Tally:
    """Counts what verdicts come to."""

    def __init__(self) -> None:
        self.found = Decided()
        self._seen: dict[str, Verdict] = {}
        # Decisions of which several actions are recorded under one id.
        self._shared: set[tuple[str, int]] = set()

    def count(self, number: int, texts: Sequence[bytes], verdicts: Sequence[Verdict], occurrences: Sequence[Occurrence]) -> None:
        """The occurrences in a range, by the texts of their actions and the verdicts on them."""
        found, seen = self.found, self._seen
        # Most actions have the outcome of the one before.
        pair, by_who, by_where = -1, Counter[int](), Counter[int]()
        for which, who, where, session, line, decision in occurrences:
            verdict = verdicts[which]
            if decision is not None:
                if decision not in seen:
                    seen[decision] = verdict
                elif self._is_repeated(decision, verdict):
                    found.repeated += 1
                    continue
            verdict.count += 1
            if verdict.lost is not None:
                count, first = found.lost.get(verdict.lost, (0, (number, line)))
                found.lost[verdict.lost] = count + 1, first
                continue
            if verdict.partly and verdict.first is None:
                verdict.first = number, line
            if verdict.pair != pair:
                pair = verdict.pair
                by_who, by_where = found.who.setdefault(pair, Counter()), found.where.setdefault(pair, Counter())
            by_who[who] += 1
            by_where[where] += 1
            if verdict.cluster is not None:
                self._group(verdict, texts[which], (number, line), who, where, session)

    def _is_repeated(self, decision: str, verdict: Verdict) -> bool:
        """Whether the decision on this action was counted, of an id that was."""
        if self._seen[decision] is verdict:
            return True
        key = decision, id(verdict)
        if key in self._shared:
            return True
        self._shared.add(key)
        return False

    def _group(self, verdict: Verdict, text: bytes, place: Place, who: int, where: int, session: str | None) -> None:
        assert verdict.cluster is not None
        groups = self.found.groups
        group = groups.get(verdict.cluster)
        if group is None:
            group = groups[verdict.cluster] = Group(0, place, text, set(), set(), set())
        elif place < group.first:
            group.first, group.text = place, text
        group.count += 1
        group.actions += verdict.count == 1
        group.who.add(who)
        group.where.add(where)
        if session is not None:
            group.sessions.add(session)


def _effects(side: int, decision: Decision) -> list[tuple[int, str, str, str]]:
    """What each policy does: its strictest effective mode here."""
    found: dict[tuple[str, str], str] = {}
    for match in decision.matches:
        key = match.pack, match.policy
        if key not in found or _RANK[match.effective] > _RANK[found[key]]:
            found[key] = match.effective
    return [(side, *key, mode) for key, mode in found.items()]


_RANK = {"allow": 0, "audit": 1, "warn": 2, "require-approval": 3, "block": 4, "terminate": 5}


def _add_part(found: Decided, reason: str, count: int, place: Place, text: bytes) -> None:
    before, first, example = found.partly.get(reason, (0, place, text))
    found.partly[reason] = before + count, min(place, first), text if place < first else example


def merge(found: Decided, more: Decided) -> None:
    """Add what another share came to: no action is in two."""
    for own, others in ((found.who, more.who), (found.where, more.where)):
        for pair, counts in others.items():
            own.setdefault(pair, Counter()).update(counts)
    found.policies.update(more.policies)
    found.coverage.update(more.coverage)
    found.repeated += more.repeated
    found.distinct += more.distinct
    for reason, (count, place) in more.lost.items():
        before, first = found.lost.get(reason, (0, place))
        found.lost[reason] = before + count, min(first, place)
    for reason, (count, place, text) in more.partly.items():
        _add_part(found, reason, count, place, text)
    for cluster, group in more.groups.items():
        known = found.groups.setdefault(cluster, group)
        if known is group:
            continue
        if group.first < known.first:
            known.first, known.text = group.first, group.text
        known.count += group.count
        known.actions += group.actions
        known.who |= group.who
        known.where |= group.where
        known.sessions |= group.sessions


