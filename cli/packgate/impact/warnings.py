"""What became of warnings, by policy: the one count that the command line, gates and the report use.

A warning is a decision whose own mode is ``warn``; it is one of each policy that warned. What followed is told by ``outcome`` events (see
docs/events.md), which may stand before or after their decision. What each word means stands in docs/promoting.md. Read as a stream: what is
kept grows with the warnings and with the sessions, not with the events.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.impact.clusters import BLOCK, PASS, WARN

if TYPE_CHECKING:
    from collections.abc import Mapping

# What became of a warning that was shown. Only the first is heeding it.
CHANGED, AGAIN, WENT_ON, UNKNOWN = "changed course", "tried again", "went on", "unknown"
COURSES = (CHANGED, AGAIN, WENT_ON, UNKNOWN)
_ASKED, _SILENT = "ask", "allow"
# Where an agent was told something else, its action was decided by more than the warning.
_WARNS = (WARN, "redact", _ASKED)
Name = tuple[str, str]
Source = tuple[str | None, str | None]


@dataclass(slots=True)
class Told:
    """What outcomes say of one decision. ``source``: agent and session; ``ran``: a result came; ``after``: the next action's verdict."""

    said: str | None = None
    source: Source = (None, None)
    ran: bool = False
    acknowledged: bool | None = None
    repeated: bool = False
    after: str | None = None

    def add(self, outcome: Mapping[str, Any]) -> None:
        """Take in one outcome."""
        said = outcome.get("said")
        self.said = said if isinstance(said, str) else self.said
        self.source = _source(outcome)
        self.ran = self.ran or outcome.get("ran") is True
        self.repeated = self.repeated or outcome.get("repeated") is True
        acknowledged = outcome.get("acknowledged")
        # A result that came says more than one that had not come yet.
        if isinstance(acknowledged, bool) and self.acknowledged is not True:
            self.acknowledged = acknowledged
        if outcome.get("followed") == "next":
            self.after = _verdict(outcome)

    @property
    def shown(self) -> bool | None:
        """Whether anybody was told; None where that is not known."""
        return None if self.said is None else self.said != _SILENT

    def accepted(self, results: bool) -> bool | None:
        """What a person who was asked said; None where nobody was, or where it is not known. ``results``: whether its session tells of
        results, without which an action that ran looks like one that was declined."""
        if self.said != _ASKED or self.acknowledged is None:
            return None
        return self.acknowledged if self.acknowledged or results else None

    def course(self, results: bool) -> str:
        """One of `COURSES`. ``results``: as for `accepted`."""
        if self.said not in _WARNS:
            return UNKNOWN
        if self.ran or self.acknowledged is True:
            return WENT_ON
        # Without results only those who tried again would be known, which is no rate of anything.
        if not results or self.after is None:
            return UNKNOWN
        return AGAIN if self.repeated or self.after != PASS else CHANGED


@dataclass(slots=True)
class Row:
    """The warnings of one policy, or all. ``given``: how many; ``shown`` of them were told to anybody, ``silent`` were not (an agent
    that can't be told), of the rest it is not known. A person ``accepted`` or ``declined`` where one was asked. ``courses``: what became of
    those that were shown; ``repeated``: the same action came next; ``after``: the verdict on the next action, where there is one."""

    pack: str
    policy: str
    given: int = 0
    shown: int = 0
    silent: int = 0
    accepted: int = 0
    declined: int = 0
    repeated: int = 0
    courses: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    users: set[str] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)

    @property
    def asked(self) -> int:
        """Warnings of which it is known what a person who was asked said."""
        return self.accepted + self.declined

    @property
    def heeded(self) -> int:
        """Warnings after which another course was taken."""
        return self.courses[CHANGED]

    @property
    def known(self) -> int:
        """Warnings of which it is known what became of them: what the heed rate is a share of."""
        return self.courses[CHANGED] + self.courses[AGAIN] + self.courses[WENT_ON]

    @property
    def unknown(self) -> int:
        """Warnings of which it is not known whether they were shown, or what became of them."""
        return self.given - self.silent - self.known

    def count(self, told: Told, results: bool, user: str | None, session: str | None) -> None:
        """Add a warning."""
        self.given += 1
        if user is not None:
            self.users.add(user)
        if session is not None:
            self.sessions.add(session)
        self.silent += told.shown is False
        if not told.shown:
            return
        self.shown += 1
        accepted = told.accepted(results)
        self.accepted += accepted is True
        self.declined += accepted is False
        self.courses[told.course(results)] += 1
        self.repeated += told.repeated
        if told.after is not None:
            self.after[told.after] += 1


@dataclass(frozen=True, slots=True)
class _Warned:
    policies: tuple[Name, ...]
    user: str | None
    session: str | None


class Warnings:
    """Counts events, given one by one."""

    def __init__(self) -> None:
        self._warned: dict[str, _Warned] = {}
        self._told: dict[str, Told] = {}
        self._tells: set[Source] = set()

    def add(self, data: Mapping[str, Any]) -> None:
        """Take in an event; those that have nothing to do with warnings are passed over. A decision that was read before counts once."""
        kind = data.get("kind")
        if kind == "decision":
            self._decision(data)
        elif kind == "outcome":
            outcome, follows = data.get("outcome"), data.get("follows")
            if isinstance(outcome, dict) and isinstance(follows, str):
                self._outcome(outcome, follows)

    def _decision(self, data: Mapping[str, Any]) -> None:
        decision, action = data.get("decision"), data.get("action")
        if not isinstance(decision, dict) or not isinstance(decision.get("decision_id"), str) or decision.get("mode") != WARN:
            return
        actor = action.get("actor") if isinstance(action, dict) else None
        known = actor if isinstance(actor, dict) else {}
        self._warned[decision["decision_id"]] = _Warned(warned_by(decision), _text(known.get("user")), _text(known.get("session")))

    def _outcome(self, outcome: Mapping[str, Any], follows: str) -> None:
        what = outcome.get("followed")
        if what == "result":
            self._tells.add(_source(outcome))
        # Most results are of calls that nobody was told anything of: those matter after a warning alone, which stands before them.
        if what in ("result", "next") and (follows in self._warned or outcome.get("said") in _WARNS):
            self._told.setdefault(follows, Told()).add(outcome)

    def rows(self) -> list[Row]:
        """The policies that warned, by name: a warning of two policies counts for both."""
        found: dict[Name, Row] = {}
        for name, warned in self._warned.items():
            for policy in warned.policies:
                self._count(found.setdefault(policy, Row(*policy)), name, warned)
        return [found[name] for name in sorted(found)]

    def total(self) -> Row:
        """All warnings, each once, those of no policy (a pack's default) too."""
        found = Row("", "")
        for name, warned in self._warned.items():
            self._count(found, name, warned)
        return found

    def _count(self, row: Row, name: str, warned: _Warned) -> None:
        told = self._told.get(name, Told())
        row.count(told, told.source in self._tells, warned.user, warned.session)

    @property
    def orphans(self) -> int:
        """Warnings that something followed, and whose decisions were not given."""
        return sum(name not in self._warned and told.said == WARN for name, told in self._told.items())


def warned_by(decision: Mapping[str, Any]) -> tuple[Name, ...]:
    """The policies that warned in a decision, as (pack, policy)."""
    matches = decision.get("matches")
    return tuple(sorted({
        (str(match.get("pack")), str(match.get("policy"))) for match in (matches if isinstance(matches, list) else ())
        if isinstance(match, dict) and match.get("effective") == WARN and match.get("waived") is not True
    }))


def _source(outcome: Mapping[str, Any]) -> Source:
    return _text(outcome.get("agent")), _text(outcome.get("session"))


def _verdict(outcome: Mapping[str, Any]) -> str:
    """What a person notices of the next action (see `clusters.outcome_of`)."""
    if outcome.get("decision") in ("require_approval", "deny", "terminate"):
        return BLOCK
    return WARN if outcome.get("mode") == WARN else PASS


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
