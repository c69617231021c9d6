"""What followed a warning: whether the agent took another course, tried the same again, or went on; and the verdict after.

The evidence is what hooks record of the calls of a session (events of kind `outcome` with `followed`). An agent whose hook tells of no
results leaves open whether what it was warned of ran: that is unknown, and not a changed course.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packgate.impact.warnings import warned_by

if TYPE_CHECKING:
    from packgate.events.reading import Read

WENT_ON, CHANGED, AGAIN, UNKNOWN = "went on", "changed course", "tried again", "unknown"
COURSES = (CHANGED, AGAIN, WENT_ON, UNKNOWN)
_WARN = "warn"


@dataclass(slots=True)
class _Warning:
    """One warning. ``ran``: a result came; ``next``: its next action is recorded, and whether that was the same again."""

    policies: tuple[tuple[str, str], ...]
    agent: str | None
    ran: bool = False
    next: bool = False
    repeated: bool = False
    after: str | None = None


@dataclass(slots=True)
class Heed:
    """Warnings of one policy, or of all, by what followed; ``after``: the verdicts on the next action."""

    courses: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)

    @property
    def warnings(self) -> int:
        """How many."""
        return sum(self.courses.values())

    @property
    def known(self) -> int:
        """Of how many it is known what followed."""
        return self.warnings - self.courses[UNKNOWN]


class Heeding:
    """Links warnings with what followed. Only warnings are kept, a small record each."""

    def __init__(self) -> None:
        self._warnings: dict[str, _Warning] = {}
        self._early: dict[str, list[Read]] = {}
        self._tells: set[str] = set()

    def decided(self, event: Read) -> None:
        """A decision; it counts when it warned."""
        decision = event.decision
        name = decision.get("decision_id")
        if decision.get("mode") != _WARN or not isinstance(name, str):
            return
        agent = event.actor.get("agent")
        self._warnings[name] = _Warning(warned_by(decision), agent if isinstance(agent, str) else None)
        for each in self._early.pop(name, ()):
            self.followed(each)

    def followed(self, event: Read) -> None:
        """An outcome; it counts when it follows a warning."""
        said, follows = event.outcome, event.data.get("follows")
        what, agent = said.get("followed"), said.get("agent")
        if what not in ("result", "next") or not isinstance(follows, str):
            return
        if what == "result" and isinstance(agent, str):
            self._tells.add(agent)
        warning = self._warnings.get(follows)
        if warning is None:
            if said.get("said") == _WARN:
                # Logs can be given in any order.
                self._early.setdefault(follows, []).append(event)
            return
        warning.ran = warning.ran or said.get("ran") is True
        if what == "next":
            warning.next, warning.repeated = True, said.get("repeated") is True
            warning.after = _verdict(said.get("decision"), said.get("mode"))

    @property
    def orphans(self) -> int:
        """Outcomes of warnings whose decisions no file holds."""
        return len(self._early)

    def total(self) -> Heed:
        """All warnings."""
        found = Heed()
        for warning in self._warnings.values():
            self._add(found, warning)
        return found

    def by_policy(self) -> dict[tuple[str, str], Heed]:
        """By (pack, policy): a warning of two policies counts for both."""
        found: dict[tuple[str, str], Heed] = {}
        for warning in self._warnings.values():
            for policy in warning.policies:
                self._add(found.setdefault(policy, Heed()), warning)
        return found

    def _add(self, found: Heed, warning: _Warning) -> None:
        found.courses[self._course(warning)] += 1
        if warning.after is not None:
            found.after[warning.after] += 1

    def _course(self, warning: _Warning) -> str:
        if warning.ran:
            return WENT_ON
        if warning.repeated:
            return AGAIN
        return CHANGED if warning.next and warning.agent in self._tells else UNKNOWN


def _verdict(decision: object, mode: object) -> str:
    if decision in ("deny", "require_approval", "terminate"):
        return "stopped"
    return "warned" if mode == _WARN else "passed"
