"""What a simulation found, as tables: outcomes against the present, who is touched, which policies are noisy, and what would be stopped
anew in clusters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.engine.reasons import NO_MATCH
from packgate.eventstore.quick_json import read_json
from packgate.impact.clusters import BLOCK, CHANGES, FREED, OUTCOMES, WARN, Cluster, change_of, conditions_digest
from packgate.impact.simulation.deciding import pair_names
from packgate.impact.simulation.friction import Friction, friction
from packgate.impact.simulation.lines import origin_of
from packgate.impact.simulation.pair import Pair
from packgate.impact.simulation.replay import IN_PART, NO_ACTION
from packgate.model.action import parse_action

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from packgate.impact.simulation.deciding import Decided, Place
    from packgate.impact.simulation.reading import Where, Who
    from packgate.impact.simulation.running import Ran
    from packgate.model.decision import Decision

# Kinds of names, as `reading.Who` and `reading.Where` have them, and the order in which they are shown.
_OF_WHO, _OF_WHERE = ("users", "groups", "teams", "agents", "days"), ("repositories", "surfaces")
KINDS = ("users", "groups", "teams", "agents", "repositories", "surfaces", "days")


@dataclass(slots=True)
class Row:
    """Events of one user, group, repository and so on: how many, how many would newly be stopped or warned about or no longer be, and how
    many are warned about and blocked before and after."""

    name: str | None
    events: int = 0
    stopped: int = 0
    warned: int = 0
    freed: int = 0
    warn_before: int = 0
    warn_after: int = 0
    block_before: int = 0
    block_after: int = 0

    def add(self, before: str, after: str, count: int) -> None:
        """Count events with these outcomes."""
        self.events += count
        self.warn_before += count * (before == WARN)
        self.warn_after += count * (after == WARN)
        self.block_before += count * (before == BLOCK)
        self.block_after += count * (after == BLOCK)
        change = change_of(before, after)
        if change is not None:
            setattr(self, change, getattr(self, change) + count)

    @property
    def touched(self) -> int:
        """How many events would be decided otherwise."""
        return self.stopped + self.warned + self.freed


@dataclass(frozen=True, slots=True)
class Explained:
    """One verdict in words."""

    decision: str
    mode: str | None
    reason: str
    message: str
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A cluster with its figures. ``actions``: how many distinct ones; ``place``: where its example stands (file:line); ``example``: that
    action, as it was decided; ``conditions``: by policy (``pack/policy``) the digest of what it says."""

    cluster: Cluster
    events: int
    actions: int
    users: tuple[str, ...]
    groups: tuple[str, ...]
    repositories: tuple[str, ...]
    agents: tuple[str, ...]
    sessions: int
    place: str
    example: dict[str, Any]
    before: Explained
    after: Explained
    conditions: dict[str, str]


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """What a policy does to the events: how many by effective mode, before and after; ``clusters`` and ``stopped``: of what it would newly
    stop, and how many users that touches."""

    pack: str
    policy: str
    before: dict[str, int]
    after: dict[str, int]
    stopped: int
    warned: int
    clusters: int
    users: int


@dataclass(frozen=True, slots=True)
class Part:
    """Events that were replayed although their records lack something, for one reason (`replay.IN_PART`): how many, and the first, with
    where it stands (file:line)."""

    reason: str
    events: int
    place: str
    example: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """Everything. ``outcomes``: by (before, after); ``lost``: what can't be replayed, by reason, how many and where first; ``partly``: what
    was replayed from a part of what was done; ``tables``: by kind of name; ``sessions``: (all, touched)."""

    before: str
    after: str
    files: tuple[str, ...]
    lines: int
    kinds: dict[str, int]
    damaged: int
    damages: tuple[tuple[str, int, str], ...]
    repeated: int
    replayed: int
    distinct: int
    coverage: dict[str, int]
    outcomes: dict[tuple[str, str], int]
    lost: dict[str, tuple[int, str | None]]
    partly: tuple[Part, ...]
    gaps: dict[str, int]
    tables: dict[str, list[Row]]
    sessions: tuple[int, int]
    policies: tuple[PolicyRow, ...]
    items: tuple[Item, ...]
    friction: Friction

    def total(self, side: int, outcome: str) -> int:
        """How many events have an outcome before (0) or after (1)."""
        return sum(count for pair, count in self.outcomes.items() if pair[side] == outcome)

    def changed(self, change: str) -> int:
        """How many events change in this way."""
        return sum(count for pair, count in self.outcomes.items() if change_of(*pair) == change)

    @property
    def unreplayed(self) -> int:
        """How many events say nothing, since they can't be decided again."""
        return sum(count for count, _ in self.lost.values())


def result_of(ran: Ran) -> Result:
    """The tables of what was run."""
    decided = ran.decided
    who: dict[int, Who] = {}
    where: dict[int, Where] = {}
    kinds: Counter[str] = Counter()
    gaps: Counter[str] = Counter()
    sessions: set[str] = set()
    for read in ran.reads:
        who.update(read.who)
        where.update(read.where)
        kinds.update(read.events)
        gaps.update(read.gaps)
        sessions |= read.sessions
    places = _Places(ran)
    lost: dict[str, tuple[int, str | None]] = {reason: (count, places.shown(first)) for reason, (count, first) in decided.lost.items()}
    if gaps:
        lost[NO_ACTION] = sum(gaps.values()), None
    outcomes: Counter[tuple[str, str]] = Counter()
    for pair, counts in decided.where.items():
        outcomes[pair_names(pair)] += counts.total()
    items = _items(ran, who, where, places)
    touched = set[str]().union(*(group.sessions for group in decided.groups.values()))
    return Result(
        ran.plan.before.label, ran.plan.after.label, tuple(map(str, ran.plan.paths)), sum(read.lines for read in ran.reads),
        dict(sorted(kinds.items())), sum(read.damages for read in ran.reads), tuple(places.damages()), decided.repeated,
        sum(outcomes.values()), decided.distinct, dict(sorted(decided.coverage.items())),
        {(first, second): outcomes[(first, second)] for first in OUTCOMES for second in OUTCOMES},
        dict(sorted(lost.items())), tuple(_parts(decided, places)), dict(sorted(gaps.items())),
        _tables(decided, who, where), (len(sessions), len(touched)),
        tuple(_policies(decided, items, who)), tuple(items), friction(decided, who),
    )


def _parts(decided: Decided, places: _Places) -> Iterator[Part]:
    for reason in IN_PART:
        if reason in decided.partly:
            count, place, text = decided.partly[reason]
            yield Part(reason, count, places.shown(place), read_json(text))


class _Places:
    """Lines of ranges as lines of files."""

    def __init__(self, ran: Ran) -> None:
        self.ran = ran
        self.before: list[int] = []
        counts: dict[int, int] = {}
        for part, read in zip(ran.ranges, ran.reads, strict=True):
            self.before.append(counts.get(part.file, 0))
            counts[part.file] = counts.get(part.file, 0) + read.lines

    def shown(self, place: Place) -> str:
        """``file:line``."""
        path, line = self._of(*place)
        return f"{path}:{line}"

    def damages(self, most: int = 100) -> list[tuple[str, int, str]]:
        """The first damaged lines: file, line and reason."""
        found = [
            (part.number, line, reason) for part, read in zip(self.ran.ranges, self.ran.reads, strict=True) for line, reason in read.damaged
        ]
        return [(*self._of(number, line), reason) for number, line, reason in found[:most]]

    def _of(self, number: int, line: int) -> tuple[str, int]:
        part = self.ran.ranges[number]
        return origin_of(part, line) or (part.path, self.before[number] + line)


def _tables(decided: Decided, who: Mapping[int, Who], where: Mapping[int, Where]) -> dict[str, list[Row]]:
    rows: dict[str, dict[str | None, Row]] = {kind: {} for kind in KINDS}
    _add(rows, _OF_WHO, decided.who, who)
    _add(rows, _OF_WHERE, decided.where, where)
    return {
        kind: sorted(table.values(), key=lambda row: (-row.touched if kind != "days" else 0, row.name is None, row.name or ""))
        for kind, table in rows.items()
    }


def _add(
    rows: Mapping[str, dict[str | None, Row]], kinds: Sequence[str], counted: Mapping[int, Counter[int]],
    known: Mapping[int, tuple[Any, ...]],
) -> None:
    """Count events in the tables of some kinds of names."""
    tables = [rows[kind] for kind in kinds]
    for pair, counts in counted.items():
        before, after = pair_names(pair)
        for name, count in counts.items():
            for table, value in zip(tables, known[name], strict=True):
                for each in (value or (None,)) if isinstance(value, tuple) else (value,):
                    row = table.get(each)
                    if row is None:
                        row = table[each] = Row(each)
                    row.add(before, after, count)


def _items(ran: Ran, who: Mapping[int, Who], where: Mapping[int, Where], places: _Places) -> list[Item]:
    pair = Pair(ran.plan.before, ran.plan.after, ran.plan.now)
    sides = ran.plan.before, ran.plan.after
    known = [{f"{pack.name}/{policy.id}": policy for pack in side.packs for policy in pack.policies} for side in sides]
    found = []
    for cluster, group in ran.decided.groups.items():
        example: dict[str, Any] = read_json(group.text)
        before, after = pair.decide(parse_action(example))
        named = [f"{pack}/{policy}" for pack, policy in cluster.because]
        # What is freed was stopped by what holds at present.
        policies = known[0] if cluster.change == FREED else known[1]
        conditions = {name: conditions_digest(policies[name]) for name in named if name in policies}
        found.append(Item(
            cluster, group.count, group.actions, _names(group.who, who, 0), _names(group.who, who, 1), _names(group.where, where, 0),
            _names(group.who, who, 3),
            len(group.sessions), places.shown(group.first), example, _explained(before), _explained(after), conditions,
        ))
    return sorted(found, key=lambda each: (CHANGES.index(each.cluster.change), -each.events, each.cluster))


def _names(which: Iterable[int], known: Mapping[int, tuple[Any, ...]], at: int) -> tuple[str, ...]:
    found: set[str] = set()
    for name in which:
        value = known[name][at]
        if isinstance(value, tuple):
            found.update(value)
        elif value is not None:
            found.add(value)
    return tuple(sorted(found))


def _explained(decision: Decision) -> Explained:
    return Explained(decision.decision, decision.mode, decision.reason or NO_MATCH, decision.message, tuple(decision.policy_ids))


def _policies(decided: Decided, items: Iterable[Item], who: Mapping[int, Who]) -> list[PolicyRow]:
    effects: dict[tuple[str, str], tuple[dict[str, int], dict[str, int]]] = {}
    for (side, pack, policy, mode), count in sorted(decided.policies.items()):
        effects.setdefault((pack, policy), ({}, {}))[side][mode] = count
    touching: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        for because in item.cluster.because:
            if item.cluster.change != "freed":
                effects.setdefault(because, ({}, {}))
                touching.setdefault(because, []).append(item)
    found = []
    for (pack, policy), (before, after) in effects.items():
        own = touching.get((pack, policy), [])
        counts = Counter({change: sum(each.events for each in own if each.cluster.change == change) for change in CHANGES})
        users = {user for each in own for user in each.users}
        found.append(PolicyRow(pack, policy, before, after, counts["stopped"], counts["warned"], len(own), len(users)))
    return sorted(found, key=lambda each: (-each.stopped, -each.warned, -sum(each.after.values()), each.pack, each.policy))
