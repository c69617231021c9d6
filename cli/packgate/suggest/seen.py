"""Recorded actions, decided again with the packs as they are committed: what no policy covers, and which policies never match.

One pass; of events and distinct actions no more than digests are kept. Imported actions count as well: nothing here is evidence for a
gate.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from packgate.impact.clusters import PASS, change_of, cluster_of, outcome_of
from packgate.impact.simulation.replay import loss_in
from packgate.model.action import ActionError, parse_action
from packgate.suggest.risky import kinds_of
from packgate.times import parse, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from packgate.engine.gate import Gate
    from packgate.suggest.risky import Kind, Kinds

_MOST_KEPT = 20_000
_MOST_EXAMPLES = 8
_ASIDE = ("id", "time", "actor")


@dataclass(slots=True)
class Tally:
    """Events of one sort. ``first`` and ``last``: RFC 3339, UTC."""

    events: int = 0
    actions: set[int] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)
    first: str | None = None
    last: str | None = None

    def add(self, action: int, user: str | None, time: str | None) -> None:
        """Count an event. ``action``: the digest of what was done."""
        self.events += 1
        self.actions.add(action)
        if user is not None:
            self.users.add(user)
        if time is not None:
            self.days.add(time[:10])
            self.first = time if self.first is None or time < self.first else self.first
            self.last = time if self.last is None or time > self.last else self.last

    @property
    def words(self) -> str:
        """The numbers in words."""
        events, users, days = counted(self.events, "event"), counted(len(self.users), "user"), counted(len(self.days), "day")
        return f"{events} of {users} on {days}"

    def numbers(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "events": self.events, "actions": len(self.actions), "users": len(self.users), "days": len(self.days), "first": self.first,
            "last": self.last,
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """What does not depend on when an action was, nor on who did it. ``kinds``: what it does; ``covered``: whether any policy matches, or
    may match."""

    key: str
    digest: int
    action: dict[str, Any]
    kinds: Kinds
    families: tuple[str, ...]
    policies: tuple[str, ...]
    covered: bool
    cluster: str | None
    whole: bool


@dataclass(slots=True)
class Seen:
    """All of it. ``kinds``: what no policy covers, ``risks`` the families that make it risky; ``examples``: some actions of
    each kind; ``near``: by program, some actions;
    ``policies``: by ``pack/policy`` what matched or may have; ``clusters``: by the cluster's id."""

    total: Tally = field(default_factory=Tally)
    kinds: dict[Kind, Tally] = field(default_factory=dict)
    risks: dict[Kind, set[str]] = field(default_factory=dict)
    examples: dict[Kind, list[Judged]] = field(default_factory=dict)
    near: dict[str, list[Judged]] = field(default_factory=dict)
    families: dict[str, Tally] = field(default_factory=dict)
    policies: dict[str, Tally] = field(default_factory=dict)
    clusters: dict[str, Tally] = field(default_factory=dict)
    undecidable: int = 0


class Looking:
    """Looks at events, given one by one. ``gate``: decides with every pack; ``owners``: the pack of each policy; ``now``: the time that
    waivers are held against."""

    def __init__(self, gate: Gate, owners: Mapping[str, str], now: str) -> None:
        self.gate = gate
        self.owners = owners
        self.now = now
        self.seen = Seen()
        self._judged: dict[str, Judged] = {}
        self._known: set[int] = set()

    def take(self, data: Mapping[str, Any]) -> None:
        """Count an event, if it has an action and was not read before."""
        action = data.get("action")
        if data.get("kind") not in ("decision", "imported") or not isinstance(action, dict) or not self._is_new(data):
            return
        try:
            judged = self._judge(action)
        except ActionError:
            self.seen.undecidable += 1
            return
        actor = action.get("actor")
        user = actor.get("user") if isinstance(actor, dict) else None
        moment = parse(data["time"]) if isinstance(data.get("time"), str) else None
        self._count(judged, user if isinstance(user, str) and user else None, None if moment is None else written(moment))

    def _is_new(self, data: Mapping[str, Any]) -> bool:
        decision, outcome = data.get("decision"), data.get("outcome")
        name = decision.get("decision_id") if isinstance(decision, dict) else outcome.get("id") if isinstance(outcome, dict) else None
        if not isinstance(name, str):
            return True
        digest = _digest(name)
        if digest in self._known:
            return False
        self._known.add(digest)
        return True

    def _count(self, judged: Judged, user: str | None, time: str | None) -> None:
        seen = self.seen
        seen.total.add(judged.digest, user, time)
        for table, names in ((seen.families, judged.families), (seen.policies, judged.policies)):
            for name in names:
                table.setdefault(name, Tally()).add(judged.digest, user, time)
        if judged.cluster is not None:
            seen.clusters.setdefault(judged.cluster, Tally()).add(judged.digest, user, time)
        for kind, families in judged.kinds.items():
            _keep(seen.near.setdefault(kind.actor, []), judged)
            if not judged.covered and families:
                seen.risks.setdefault(kind, set()).update(families)
                seen.kinds.setdefault(kind, Tally()).add(judged.digest, user, time)
                _keep(seen.examples.setdefault(kind, []), judged)

    def _judge(self, data: dict[str, Any]) -> Judged:
        same = {key: value for key, value in data.items() if key not in _ASIDE}
        key = json.dumps(same, sort_keys=True)
        found = self._judged.get(key)
        if found is None:
            if len(self._judged) >= _MOST_KEPT:
                self._judged.clear()
            found = self._judged[key] = self._decided(key, same)
        return found

    def _decided(self, key: str, same: dict[str, Any]) -> Judged:
        action = self.gate.complete(parse_action(same))
        analysis = self.gate.analyze(action)
        decision = self.gate.decide(action, stage="block", now=self.now)
        matched = {f"{match.pack}/{match.policy}" for match in decision.matches}
        matched |= {f"{self.owners[name]}/{name}" for name in decision.may_match}
        change = change_of(PASS, outcome_of(decision))
        cluster = None if change is None else cluster_of(change, decision, action.surface, self.owners).id
        families = {family for operation in analysis.operations for family in operation.families}
        return Judged(
            key, _digest(key), same, kinds_of(analysis), tuple(sorted(families)), tuple(sorted(matched)), bool(matched), cluster,
            loss_in(key.encode(), same) is None,
        )


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def counted(count: int, noun: str) -> str:
    """A number of things."""
    return f"{count} {noun}{'s' * (count != 1)}"


def look(events: Iterable[Mapping[str, Any]], looking: Looking, tick: Callable[[], None] | None = None) -> Seen:
    """Look at all events; ``tick`` is called after each."""
    for event in events:
        looking.take(event)
        if tick is not None:
            tick()
    return looking.seen


def _keep(examples: list[Judged], judged: Judged) -> None:
    """Keep an action as an example, unless something of it is missing: of many the shortest, whatever their order."""
    if judged.whole and all(each.key != judged.key for each in examples):
        examples.append(judged)
        examples.sort(key=lambda each: (len(each.key), each.key))
        del examples[_MOST_EXAMPLES:]
