"""Which events are meant: every condition that is given has to hold."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from packgate.times import parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packgate.events.reading import Read

# A verdict beside decisions and modes: no policy matched; an imported event that can't be decided again.
PASS, NOT_REPLAYABLE = "pass", "not-replayable"


@dataclass(frozen=True, slots=True)
class Selection:
    """Each tuple means any of its values, a pattern with ``*`` and ``?``; an empty one asks for nothing. ``verdicts``: decisions, modes,
    `PASS`, or what came of an imported call; ``runs``: ids of a tool call, its action or its decision; ``since`` (inclusive) and ``until``
    (exclusive): RFC 3339."""

    verdicts: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    surfaces: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    def takes(self, event: Read) -> bool:
        """Whether an event is one that is meant."""
        actor = event.actor
        return (
            _any(self.kinds, (event.kind,)) and _any(self.surfaces, (event.action.get("surface"),))
            and _any(self.sessions, (actor.get("session"),)) and _any(self.users, (actor.get("user"),))
            and _any(self.agents, (actor.get("agent"),)) and _any(self.repositories, repositories(event))
            and _any(self.verdicts, verdicts(event)) and _any(self.policies, policies(event))
            and _any(self.tools, tools(event)) and _any(self.runs, runs(event)) and self._in_time(event)
        )

    def names(self, policy: str) -> bool:
        """Whether a policy is one that is meant."""
        return _any(self.policies, (policy,))

    def _in_time(self, event: Read) -> bool:
        if self.since is None and self.until is None:
            return True
        time = parse(event.time) if event.time is not None else None
        since, until = (None if each is None else parse(each) for each in (self.since, self.until))
        # What has no time is not known to lie between two.
        return time is not None and (since is None or time >= since) and (until is None or time < until)


def verdicts(event: Read) -> tuple[str, ...]:
    """The words for what was decided, or for what came of something imported."""
    decision = event.decision
    if decision:
        found = [decision.get("decision"), decision.get("mode") or (PASS if not event.matches else None)]
        return tuple(each for each in found if isinstance(each, str))
    outcome = event.outcome
    result = (outcome.get("result"), NOT_REPLAYABLE if outcome.get("replay") == "none" else None, outcome.get("state"))
    return tuple(each for each in result if isinstance(each, str))


def policies(event: Read) -> tuple[str, ...]:
    """The policies that matched, or that an approval or alert is about."""
    found = [match.get("policy") for match in event.matches]
    named = event.outcome.get("policies")
    return tuple(str(each) for each in (*found, *(named if isinstance(named, list) else ())) if each)


def tools(event: Read) -> tuple[str, ...]:
    """The names of the tool that acts: the agent's own, and that of a server, alone and behind the server's name."""
    action = event.action
    server, tool = action.get("server"), action.get("tool")
    return tuple(str(each) for each in (event.outcome.get("tool"), tool, f"{server}/{tool}" if tool else None) if each)


def runs(event: Read) -> tuple[str, ...]:
    """The ids of an event, each also without the number of the action in its call."""
    return tuple(sorted({*event.ids, *(each.rpartition(".")[0] for each in event.ids if each.rpartition(".")[2].isdigit())}))


def repositories(event: Read) -> tuple[str, ...]:
    """The repository's name and root."""
    return tuple(each for each in (event.repo.get("name"), event.repo.get("root")) if isinstance(each, str))


def _any(patterns: tuple[str, ...], values: Iterable[object]) -> bool:
    return not patterns or any(isinstance(value, str) and fnmatchcase(value, pattern) for value in values for pattern in patterns)
