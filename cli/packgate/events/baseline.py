"""What normal work looks like: recorded actions, counted by who did what where, with what the packs would say of them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from packgate.events.normal_form import normal_form
from packgate.model.action import ActionError, parse_action
from packgate.times import parse, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from packgate.engine.gate import Gate
    from packgate.events.reading import Read

DIMENSIONS = ("user", "group", "repository", "agent", "surface", "tool", "family", "action")
# Of an action that differs from another only in these, the same is decided.
_NAMES = ("id", "time")
# Distinct actions whose decision is kept.
_MOST_KEPT = 20_000
UNKNOWN = "(unknown)"


@dataclass(slots=True)
class Row:
    """One value of a dimension: its actions, how many of them no policy would match (passes), and how many one would, by the strictest mode
    that it would have at stage block; sessions; first and last time."""

    actions: int = 0
    passes: int = 0
    candidates: Counter[str] = field(default_factory=Counter)
    sessions: set[int] = field(default_factory=set)
    first: str | None = None
    last: str | None = None

    def count(self, would: str | None, session: int | None, time: str | None) -> None:
        """Add an action."""
        self.actions += 1
        if would is None:
            self.passes += 1
        else:
            self.candidates[would] += 1
        if session is not None:
            self.sessions.add(session)
        if time is not None:
            self.first = time if self.first is None or time < self.first else self.first
            self.last = time if self.last is None or time > self.last else self.last


@dataclass(slots=True)
class Baseline:
    """All of it. ``policies``: by id, the actions that it would match; ``days``: actions by day, ``by_day`` as rows; ``new``: by
    dimension, the values first seen within the last days; ``unreplayable``: by reason; ``undecidable``: recorded actions that are none;
    ``untimed``: without a time."""

    rows: dict[str, dict[str, Row]]
    total: Row
    policies: dict[str, Row]
    days: Counter[str]
    recorded: Counter[str]
    unreplayable: Counter[str]
    partial: int
    undecidable: int
    untimed: int
    last_days: int
    since: str | None
    new: dict[str, list[str]]
    by_day: dict[str, Row]


@dataclass(frozen=True, slots=True)
class _Judged:
    """What does not depend on when an action was, nor in which session."""

    would: str | None
    policies: tuple[str, ...]
    families: tuple[str, ...]
    form: str


def baseline(
    events: Iterable[Read], gate: Gate, last_days: int, now: str | None = None, tick: Callable[[], None] | None = None
) -> Baseline:
    """Count events. ``last_days``: what is first seen so many days before the newest event, or later, is new; ``now``: the time that
    waivers are held against."""
    counting = _Counting(gate, now)
    for event in events:
        if tick is not None:
            tick()
        counting.take(event)
    return counting.result(last_days)


class _Counting:
    def __init__(self, gate: Gate, now: str | None) -> None:
        self.gate = gate
        self.now = now
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in DIMENSIONS}
        self.total = Row()
        self.policies: dict[str, Row] = {}
        self.days: Counter[str] = Counter()
        self.by_day: dict[str, Row] = {}
        self.recorded: Counter[str] = Counter()
        self.unreplayable: Counter[str] = Counter()
        self.partial = self.undecidable = self.untimed = 0
        self._judged: dict[str, _Judged] = {}
        self._sessions: dict[str, int] = {}

    def take(self, event: Read) -> None:
        """Count an event, if it has an action."""
        if event.kind not in ("decision", "imported"):
            return
        if event.kind == "imported" and event.data.get("action") is None:
            self.unreplayable.update(event.reasons or ("no action",))
            return
        try:
            judged = self._judge(event.action)
        except ActionError:
            self.undecidable += 1
            return
        self.partial += event.outcome.get("replay") == "partial"
        self.recorded[str(event.decision.get("decision") or event.outcome.get("result") or UNKNOWN)] += 1
        # All of one zone and one length, so that they can be compared as text.
        moment = parse(event.time) if event.time is not None else None
        time = None if moment is None else written(moment)
        self.untimed += time is None
        if time is not None:
            self.days[time[:10]] += 1
        name = event.actor.get("session")
        session = self._sessions.setdefault(name, len(self._sessions)) if isinstance(name, str) else None
        if time is not None:
            self.by_day.setdefault(time[:10], Row()).count(judged.would, session, time)
        self.total.count(judged.would, session, time)
        for dimension, values in _values(event, judged).items():
            for value in values:
                self.rows[dimension].setdefault(value, Row()).count(judged.would, session, time)
        for policy in judged.policies:
            self.policies.setdefault(policy, Row()).count(judged.would, session, time)

    def _judge(self, data: dict[str, Any]) -> _Judged:
        actor = data.get("actor") if isinstance(data.get("actor"), dict) else {}
        same = {**{key: value for key, value in data.items() if key not in _NAMES}, "actor": {**(actor or {}), "session": None}}
        key = json.dumps(same, sort_keys=True)
        found = self._judged.get(key)
        if found is None:
            action = self.gate.complete(parse_action(same))
            analysis = self.gate.analyze(action)
            decision = self.gate.decide(action, now=self.now)
            families = tuple(sorted({family for operation in analysis.operations for family in operation.families}))
            form = normal_form(action, analysis, self.gate.catalog)
            found = _Judged(decision.would, tuple(sorted(set(decision.policy_ids))), families, form)
            if len(self._judged) >= _MOST_KEPT:
                self._judged.clear()
            self._judged[key] = found
        return found

    def result(self, last_days: int) -> Baseline:
        """The counts, with what is new in the last days."""
        newest = parse(self.total.last) if self.total.last is not None else None
        since = None if newest is None else written(newest - timedelta(days=last_days))
        new = {
            name: sorted(value for value, row in rows.items() if since is not None and row.first is not None and row.first >= since)
            for name, rows in self.rows.items()
        }
        return Baseline(
            self.rows, self.total, self.policies, self.days, self.recorded, self.unreplayable, self.partial, self.undecidable, self.untimed,
            last_days, since, new, self.by_day,
        )


def _values(event: Read, judged: _Judged) -> dict[str, tuple[str, ...]]:
    """By dimension, what an action counts for."""
    actor, action = event.actor, event.action
    groups = actor.get("groups")
    tool = event.outcome.get("tool") if event.kind == "imported" else None
    if tool is None and action.get("surface") == "mcp":
        tool = f"{action.get('server')}/{action.get('tool')}"
    return {
        "user": (_text(actor.get("user")),), "group": tuple(map(str, groups)) if isinstance(groups, list) and groups else (UNKNOWN,),
        "repository": (_text(event.repo.get("name") or event.repo.get("root") or action.get("cwd")),),
        "agent": (_text(actor.get("agent")),), "surface": (_text(action.get("surface")),), "tool": (_text(tool or action.get("surface")),),
        "family": judged.families or ("(none)",), "action": (judged.form,),
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) and value else UNKNOWN
