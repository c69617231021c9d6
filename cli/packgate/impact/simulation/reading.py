"""The first half of a simulation: lines become the distinct actions in them, each with its occurrences, dealt out by what they say.

An occurrence is (number of the action's text, who, where, session, line, decision id). Who and where an action was done is what tables are
made of, and what no decision depends on beyond what its action says.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from zlib import crc32

from msgspec import UNSET, Raw, UnsetType

from packgate.eventstore.quick_json import read_json
from packgate.impact.simulation.lines import NoEvent, day_of, read_event, read_lines
from packgate.impact.simulation.typed_lines import canonical, canonical_value, typed_event

if TYPE_CHECKING:
    from packgate.impact.simulation.lines import Range
    from packgate.impact.simulation.typed_lines import TypedEvent

# (user, groups, team, agent, day)
Who = tuple[str | None, tuple[str, ...], str | None, str | None, str | None]
# (repository by its name, else its root, else the folder that was worked in; surface)
Where = tuple[str | None, str]
Occurrence = tuple[int, int, int, str | None, int, str | None]
MAX_DAMAGED = 100
# How deep the log writes an action: see `eventlog.line`.
DEEPEST = 60
_SHORT = 8
_LONGEST_CAUSE = 80
_WITH_ACTIONS = ("decision", "gap", "action", "imported")
# Kinds that say of something that was done, but not always what.
_WITHOUT = ("gap", "imported")
_ACTOR = frozenset(("agent", "session", "user", "groups", "team", "owner"))
_ASIDE = ("id", "time", "actor")
_TIME = len("2026-01-31T10:00:00Z")
_NULL = b"null"
# Of texts as they are written: a quarter of what `bytes` takes.
_bytes_of = b"".join
# How many actors and places are remembered at a time: sessions come and go.
_MOST_KNOWN = 10_000


@dataclass(slots=True)
class Share:
    """What one range holds for one share of the actions: ``texts`` of the distinct ones, each with its number, and the occurrences in the
    order of the file."""

    texts: dict[bytes, int] = field(default_factory=dict)
    occurrences: list[Occurrence] = field(default_factory=list)


@dataclass(slots=True)
class Read:
    """What was found in a range beside actions. ``lines``: how many; ``events``: by kind; ``damaged``: the first lines that are no events,
    with why, and ``damages`` how many there were; ``gaps``: by cause, those of which no action was recorded; ``who`` and ``where``: by
    their digests; ``sessions``: all that occur."""

    lines: int = 0
    events: Counter[str] = field(default_factory=Counter)
    damages: int = 0
    damaged: list[tuple[int, str]] = field(default_factory=list)
    gaps: Counter[str] = field(default_factory=Counter)
    who: dict[int, Who] = field(default_factory=dict)
    where: dict[int, Where] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)


class Reader:
    """Reads ranges for simulations in which ``relevant`` keys of an action's ``actor`` can matter."""

    def __init__(self, relevant: frozenset[str], shares: int) -> None:
        self.relevant = relevant
        self.shares = shares

    def read(self, part: Range) -> tuple[Read, list[Share]]:
        """A range, in shares. Raises `UserError` when it can't be read."""
        found = _Reading(self.relevant, self.shares)
        number = 0
        for number, line in enumerate(read_lines(part), 1):
            try:
                event = None if line is None else typed_event(line)
                if event is not None:
                    found.typed(event, number)
                elif line is None:
                    raise NoEvent("it is too long")
                elif not line.isspace():
                    found.other(line, number)
            except (NoEvent, RecursionError) as error:
                found.damaged(number, str(error) if isinstance(error, NoEvent) else "it is nested too deeply")
        found.read.lines = number
        return found.read, found.shares


class _Reading:
    """A range, as far as it was read."""

    def __init__(self, relevant: frozenset[str], shares: int) -> None:
        self.relevant = relevant
        self.read = Read()
        self.shares = [Share() for _ in range(shares)]
        # By the text of an actor and the day: what of the actor counts, who it is, and in which session.
        self._actors: dict[tuple[bytes, str | None], tuple[Raw | UnsetType, int, str | None]] = {}
        # By the text of a repository, the folder and the surface: the repository as `canonical` writes it, where it is, and whether
        # anything can be nested in it.
        self._places: dict[tuple[bytes, str | None, str | None], tuple[Raw | UnsetType, int, bool]] = {}

    def typed(self, event: TypedEvent, number: int) -> None:
        """Count an event of a log."""
        kind, action = event.kind, event.action
        if action is None or kind not in _WITH_ACTIONS:
            self.read.events[kind] += 1
            return
        time = event.time
        day = time[:10] if time is not None and len(time) == _TIME and time[-1] == "Z" else day_of(time)
        actor = _NULL if action.actor is UNSET else _bytes_of((action.actor,)), day
        kept, who, session = self._actors.get(actor) or self._know_actor(*actor)
        surface = "shell" if action.surface is UNSET else action.surface
        place = _NULL if action.repo is UNSET else _bytes_of((action.repo,)), action.cwd, surface
        repo, where, deep = self._places.get(place) or self._know_place(*place)
        action.id = action.time = None
        action.actor, action.repo = kept, repo
        decision = None if event.decision is None else event.decision.decision_id or None
        nested = deep or kept is not UNSET or bool(action.arguments) or bool(action.annotations)
        self._add(canonical(action), nested, who, where, session, number, decision)
        self.read.events[kind] += 1

    def other(self, line: bytes, number: int) -> None:
        """Count any other line. Raises `NoEvent` for one that is none."""
        kind, data, action = read_event(line)
        if action is not None and kind in _WITH_ACTIONS:
            normal = {key: value for key, value in action.items() if key not in _ASIDE}
            kept, who, session = self._actor(action.get("actor"), day_of(data.get("time")))
            if kept is not None:
                normal["actor"] = kept
            decision = data.get("decision")
            known = _text(decision.get("decision_id")) if isinstance(decision, dict) else None
            where = self._where(action.get("repo"), action.get("cwd"), action.get("surface", "shell"))
            self._add(canonical(normal), True, who, where, session, number, known)
        elif kind in _WITHOUT:
            self.read.gaps[_cause(data.get("outcome"))] += 1
        self.read.events[kind] += 1

    def damaged(self, number: int, why: str) -> None:
        """Count a line that is no event."""
        self.read.damages += 1
        if len(self.read.damaged) < MAX_DAMAGED:
            self.read.damaged.append((number, why))

    def _add(
        self, text: bytes, nested: bool, who: int, where: int, session: str | None, number: int, decision: str | None,
    ) -> None:
        """Add an occurrence of an action. ``nested``: whether it may be so, deeply."""
        share = self.shares[crc32(text) % len(self.shares)]
        which = share.texts.get(text)
        if which is None:
            # No action is: whoever reads it after this one may count on that.
            if nested and text.count(b"[") + text.count(b"{") > DEEPEST and _is_deeper(read_json(text), DEEPEST):
                raise NoEvent("it is nested too deeply")
            which = share.texts[text] = len(share.texts)
        share.occurrences.append((which, who, where, session, number, decision))

    def _know_actor(self, text: bytes, day: str | None) -> tuple[Raw | UnsetType, int, str | None]:
        """An actor that was not seen before, as it is written."""
        if len(self._actors) >= _MOST_KNOWN:
            self._actors.clear()
        kept, who, session = self._actor(read_json(text), day)
        known = self._actors[(text, day)] = UNSET if kept is None else Raw(canonical_value(kept)), who, session
        return known

    def _know_place(self, text: bytes, folder: str | None, surface: str | None) -> tuple[Raw | UnsetType, int, bool]:
        """A repository that was not seen before with this folder and surface, as it is written."""
        if len(self._places) >= _MOST_KNOWN:
            self._places.clear()
        repo = read_json(text)
        deep = any(isinstance(item, (dict, list)) for item in repo.values()) if isinstance(repo, dict) else isinstance(repo, list)
        known = self._places[(text, folder, surface)] = (
            UNSET if repo is None else Raw(canonical_value(repo)), self._where(repo, folder, surface), deep,
        )
        return known

    def _actor(self, actor: Any, day: str | None) -> tuple[Any, int, str | None]:
        """What of an actor a decision can depend on, or None; who it is; and the session."""
        if not isinstance(actor, dict):
            return actor, self._who((None, (), None, None, day)), None
        kept = {key: value for key, value in actor.items() if value is not None and (key in self.relevant or not _sound(key, value))}
        user, team = _text(actor.get("user")), _text(actor.get("team"))
        agent, session = _text(actor.get("agent")), _text(actor.get("session"))
        if session is not None:
            self.read.sessions.add(session)
        return kept or None, self._who((user, _texts(actor.get("groups")), team, agent, day)), session

    def _who(self, who: Who) -> int:
        name = _digest(who)
        self.read.who[name] = who
        return name

    def _where(self, repo: Any, folder: Any, surface: Any) -> int:
        given = repo if isinstance(repo, dict) else {}
        name = _text(given.get("name")) or _text(given.get("root")) or _text(folder)
        where = name, (surface if isinstance(surface, str) else "unknown")
        digest = _digest(where)
        self.read.where[digest] = where
        return digest


@lru_cache(_MOST_KNOWN)
def _digest(value: tuple[Any, ...]) -> int:
    return int.from_bytes(blake2b(repr(value).encode("utf-8", "backslashreplace"), digest_size=_SHORT).digest(), "little")


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
