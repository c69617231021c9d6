"""The first half of a simulation: lines become the distinct actions in them, each with its occurrences, dealt out by their digest.

An occurrence is (digest of the action, context, session, line, decision id). The context of an occurrence is who, where and when:
what tables are made of, and what no decision depends on beyond what its action says.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from packgate.impact.simulation.lines import NoEvent, day_of, read_event, read_lines

if TYPE_CHECKING:
    from packgate.impact.simulation.lines import Range

# (user, groups, team, agent, repository, surface, day)
Who = tuple[str | None, tuple[str, ...], str | None, str | None, str | None, str, str | None]
MAX_DAMAGED = 100
# How deep the log writes an action: see `eventlog.line`.
DEEPEST = 60
_DIGEST = 16
_SHORT = 8
_LONGEST_CAUSE = 80
_WITH_ACTIONS = ("decision", "gap", "action", "imported")
# Kinds that say of something that was done, but not always what.
_WITHOUT = ("gap", "imported")
_ACTOR = frozenset(("agent", "session", "user", "groups", "team", "owner"))
_ASIDE = ("id", "time", "actor")
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


@dataclass(slots=True)
class Share:
    """What one range holds for one share of the actions: ``texts`` by digest, and the occurrences in the order of the file."""

    texts: dict[bytes, str]
    occurrences: list[tuple[bytes, int, str | None, int, str | None]]


@dataclass(slots=True)
class Read:
    """What was found in a range beside actions. ``lines``: how many; ``events``: by kind; ``damaged``: the first lines that are no events,
    with why, and ``damages`` how many there were; ``gaps``: by cause, those of which no action was recorded; ``who``: contexts by digest;
    ``sessions``: all that occur."""

    lines: int
    events: dict[str, int]
    damages: int
    damaged: list[tuple[int, str]]
    gaps: dict[str, int]
    who: dict[int, Who]
    sessions: set[str]


class Reader:
    """Reads ranges for simulations in which ``relevant`` keys of an action's ``actor`` can matter."""

    def __init__(self, relevant: frozenset[str], shares: int) -> None:
        self.relevant = relevant
        self.shares = shares
        self._who: dict[Who, int] = {}

    def read(self, part: Range) -> tuple[Read, list[Share]]:
        """A range, in shares. Raises `UserError` when it can't be read."""
        events: Counter[str] = Counter()
        gaps: Counter[str] = Counter()
        damaged: list[tuple[int, str]] = []
        shares = [Share({}, []) for _ in range(self.shares)]
        found = Read(0, events, 0, damaged, gaps, {}, set())
        for number, line in enumerate(read_lines(part), 1):
            found.lines = number
            if line is not None and line.isspace():
                continue
            try:
                if line is None:
                    raise NoEvent("it is too long")
                kind, data, action = read_event(line)
                if action is not None and kind in _WITH_ACTIONS:
                    self._add(action, data, number, found, shares)
                elif kind in _WITHOUT:
                    gaps[_cause(data.get("outcome"))] += 1
                events[kind] += 1
            except (NoEvent, RecursionError) as error:
                found.damages += 1
                if len(damaged) < MAX_DAMAGED:
                    damaged.append((number, str(error) if isinstance(error, NoEvent) else "it is nested too deeply"))
        return found, shares

    def _add(self, action: dict[str, Any], data: dict[str, Any], number: int, found: Read, shares: list[Share]) -> None:
        text, who, session = self._normal(action, data)
        # No action is: whoever reads it after this one may count on that.
        if text.count("[") + text.count("{") > DEEPEST and _is_deeper(action, DEEPEST):
            raise NoEvent("it is nested too deeply")
        digest = blake2b(text.encode(), digest_size=_DIGEST).digest()
        share = shares[int.from_bytes(digest[:4], "little") % self.shares]
        share.texts.setdefault(digest, text)
        name = self._who.get(who)
        if name is None:
            short = blake2b(repr(who).encode("utf-8", "backslashreplace"), digest_size=_SHORT).digest()
            name = self._who[who] = int.from_bytes(short, "little")
        found.who[name] = who
        if session is not None:
            found.sessions.add(session)
        decision = data.get("decision")
        known = _text(decision.get("decision_id")) if isinstance(decision, dict) else None
        share.occurrences.append((digest, name, session, number, known))

    def _normal(self, action: dict[str, Any], data: dict[str, Any]) -> tuple[str, Who, str | None]:
        """The action as it is decided, as text: without what no decision depends on; who did it where; and in which session."""
        actor, repo = action.get("actor"), action.get("repo")
        normal = action.copy()
        for key in _ASIDE:
            normal.pop(key, None)
        session = user = team = agent = None
        groups: tuple[str, ...] = ()
        if isinstance(actor, dict):
            agent, session, user = _text(actor.get("agent")), _text(actor.get("session")), _text(actor.get("user"))
            groups, team = _texts(actor.get("groups")), _text(actor.get("team"))
            kept = {key: value for key, value in actor.items() if key in self.relevant or not (value is None or _sound(key, value))}
            if kept:
                normal["actor"] = kept
        elif actor is not None:
            normal["actor"] = actor
        name = _text(repo.get("name")) if isinstance(repo, dict) else None
        surface = action.get("surface", "shell")
        day = day_of(data.get("time"))
        who: Who = (user, groups, team, agent, name, surface if isinstance(surface, str) else "unknown", day)
        return _encode(normal), who, session


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(sorted({item for item in value if isinstance(item, str)})) if isinstance(value, list) else ()


def _sound(key: str, value: object) -> bool:
    """Whether a value of ``actor`` is one that an action may have; what is not makes it one that can't be decided."""
    if isinstance(value, str):
        return key != "groups"
    if key == "groups":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return key not in _ACTOR


def _is_deeper(value: object, depth: int) -> bool:
    """Whether plain data is nested more deeply."""
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list) and (depth == 0 or any(_is_deeper(item, depth - 1) for item in value))


def _cause(outcome: object) -> str:
    """Why there is no action in an event."""
    if isinstance(outcome, dict):
        for key in ("failure", "cause", "class", "reason"):
            said = outcome.get(key)
            if isinstance(said, str) and said:
                return said[:_LONGEST_CAUSE]
        reasons = outcome.get("reasons")
        if isinstance(reasons, list) and reasons:
            return ", ".join(map(str, reasons))[:_LONGEST_CAUSE]
    return "not said"

