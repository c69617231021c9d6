"""What became of warnings: which were shown, acknowledged, heeded or gone past, by policy, from decisions and the outcomes that follow.

A warning is a match whose effective mode is ``warn``. What followed is told by ``outcome`` events (see docs/events.md), which may stand
before or after their decision. Read as a stream; what is kept grows with the warnings, not with the events.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.impact.clusters import BLOCK, PASS, WARN

if TYPE_CHECKING:
    from collections.abc import Mapping

# What became of a warning. Heeded: the next action was another one, and passed; or a person said no. Gone past: the same action again, or
# one that was warned about or stopped as well; or a person said yes.
HEEDED, PAST, OPEN = "heeded", "past", "open"
_ASKED, _SILENT = "ask", "allow"
Name = tuple[str, str]


@dataclass(slots=True)
class Told:
    """What outcomes say of one decision."""

    said: str | None = None
    ran: bool | None = None
    acknowledged: bool | None = None
    repeated: bool | None = None
    after: str | None = None

    def add(self, outcome: Mapping[str, Any]) -> None:
        """Take in one outcome."""
        said = outcome.get("said")
        self.said = said if isinstance(said, str) else self.said
        for key in ("ran", "acknowledged", "repeated"):
            value = outcome.get(key)
            # A result that came says more than one that had not come yet.
            if isinstance(value, bool) and getattr(self, key) is not True:
                setattr(self, key, value)
        if outcome.get("followed") == "next":
            self.after = _verdict(outcome)

    @property
    def shown(self) -> bool | None:
        """Whether anybody was told; None where that is not known."""
        return None if self.said is None else self.said != _SILENT

    @property
    def asked(self) -> bool:
        """Whether a person was asked."""
        return self.said == _ASKED

    @property
    def result(self) -> str:
        """`HEEDED`, `PAST`, or `OPEN` where nothing is known of what was done next."""
        if self.asked and self.acknowledged is not None:
            return PAST if self.acknowledged or self.repeated else HEEDED
        if self.after is None:
            return OPEN
        return PAST if self.repeated or self.after != PASS else HEEDED


@dataclass(slots=True)
class Row:
    """The warnings of one policy. ``given``: decisions that warned; ``shown`` of them were told to anybody, ``silent`` were not (an agent
    that can't be told), of the rest it is not known. ``asked``: a person was asked, who ``accepted`` or ``declined``. ``heeded``, ``past``
    and ``open`` are of those shown; ``repeated``: the same action came next; ``after``: the verdict on the next action."""

    pack: str
    policy: str
    given: int = 0
    shown: int = 0
    silent: int = 0
    asked: int = 0
    accepted: int = 0
    declined: int = 0
    heeded: int = 0
    past: int = 0
    open: int = 0
    repeated: int = 0
    after: Counter[str] = field(default_factory=Counter)
    users: set[str] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)

    @property
    def known(self) -> int:
        """Warnings of which it is known what was done next."""
        return self.heeded + self.past

    def count(self, told: Told, user: str | None, session: str | None) -> None:
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
        if told.asked and told.acknowledged is not None:
            self.asked += 1
            self.accepted += told.acknowledged
            self.declined += not told.acknowledged
        setattr(self, told.result, getattr(self, told.result) + 1)
        self.repeated += told.repeated is True
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

    def add(self, data: Mapping[str, Any]) -> None:
        """Take in an event; those that have nothing to do with warnings are passed over. A decision that was read before counts once."""
        kind = data.get("kind")
        if kind == "decision":
            self._decision(data)
        elif kind == "outcome":
            outcome, follows = data.get("outcome"), data.get("follows")
            if not isinstance(outcome, dict) or not isinstance(follows, str) or outcome.get("followed") not in ("result", "next"):
                return
            # Most results are of calls that nobody was told anything of: those matter after a warning alone, which stands before them.
            if follows in self._warned or outcome.get("said") != _SILENT:
                self._told.setdefault(follows, Told()).add(outcome)

    def _decision(self, data: Mapping[str, Any]) -> None:
        decision, action = data.get("decision"), data.get("action")
        if not isinstance(decision, dict) or not isinstance(decision.get("decision_id"), str):
            return
        policies = warned_by(decision)
        if policies:
            actor = action.get("actor") if isinstance(action, dict) else None
            known = actor if isinstance(actor, dict) else {}
            self._warned[decision["decision_id"]] = _Warned(policies, _text(known.get("user")), _text(known.get("session")))

    def rows(self) -> list[Row]:
        """The policies that warned, by name."""
        found: dict[Name, Row] = {}
        for name, warned in self._warned.items():
            told = self._told.get(name, Told())
            for policy in warned.policies:
                found.setdefault(policy, Row(*policy)).count(told, warned.user, warned.session)
        return [found[name] for name in sorted(found)]

    def told(self, decision: str) -> Told:
        """What followed a decision."""
        return self._told.get(decision) or Told()


def warned_by(decision: Mapping[str, Any]) -> tuple[Name, ...]:
    """The policies that warned in a decision, as (pack, policy)."""
    matches = decision.get("matches")
    return tuple(sorted({
        (str(match.get("pack")), str(match.get("policy"))) for match in (matches if isinstance(matches, list) else ())
        if isinstance(match, dict) and match.get("effective") == WARN and match.get("waived") is not True
    }))


def _verdict(outcome: Mapping[str, Any]) -> str:
    """What a person notices of the next action (see `clusters.outcome_of`)."""
    if outcome.get("decision") in ("require_approval", "deny", "terminate"):
        return BLOCK
    return WARN if outcome.get("mode") == WARN else PASS


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None

