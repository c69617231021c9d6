"""What the passes counted, and the names of what did not go as it should, as data that adds up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.conform.measure import CAUGHT, MISSED, NOT_SEEN, QUIET, RECORDED, WRONG
from packgate.conform.payloads.filling import clients
from packgate.conform.payloads.templates import CALLS, TITLES
from packgate.conform.payloads.trying import FAILED, UNSAID, cannot_warn
from packgate.conform.probes import CASE

if TYPE_CHECKING:
    from packgate.conform.payloads.trying import Tried
    from packgate.conform.probes import Probe

CASES, REWRITES = "cases", "rewrites"
# What the packs want of an action: that it is stopped, that it runs and the agent is warned, that it runs.
STOP, WARN, RUN = DEMANDS = ("stop", "warn", "run")
VERDICTS = (CAUGHT, MISSED, WRONG, RECORDED, QUIET, UNSAID, FAILED, NOT_SEEN)
_PROBLEMS = (MISSED, WRONG, FAILED)
# Of what goes wrong, so many are named.
NAMED = 25


@dataclass(slots=True)
class Tally:
    """Of one agent. ``counts``: by group, demand and verdict; ``problems``: by verdict, the names of the probes; ``unseen``: by reason."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    problems: dict[str, list[str]] = field(default_factory=lambda: {verdict: [] for verdict in _PROBLEMS})
    unseen: Counter[str] = field(default_factory=Counter)

    def add(self, probe: Probe, tried: Tried) -> None:
        """Count one attempt."""
        demand = STOP if probe.stops else WARN if probe.loud else RUN
        self.counts[CASES if probe.way == CASE else REWRITES, demand, tried.verdict] += 1
        if tried.verdict in self.problems:
            self.problems[tried.verdict].append(f"{probe.name} ({tried.why})" if tried.why else probe.name)
        if tried.verdict == NOT_SEEN:
            self.unseen[tried.why] += 1

    def join(self, other: Tally) -> None:
        """Take what another process counted."""
        self.counts.update(other.counts)
        self.unseen.update(other.unseen)
        for verdict, names in other.problems.items():
            self.problems[verdict] += names


def figures(agent: str, tally: Tally) -> dict[str, Any]:
    """The figures of an agent as plain data."""
    return {
        "title": TITLES[agent],
        "clients": list(clients(agent)),
        "tools": {kind: [event.recording for event in call.before] for kind, call in CALLS[agent].items()},
        **{group: {demand: _counted(tally, group, demand) for demand in DEMANDS} for group in (CASES, REWRITES)},
        **{verdict: _named(names) for verdict, names in tally.problems.items()},
        "unseen": dict(sorted(tally.unseen.items())),
        "cannot_warn": cannot_warn(agent) or None,
    }


def _counted(tally: Tally, group: str, demand: str) -> dict[str, int]:
    found = {verdict: tally.counts[group, demand, verdict] for verdict in VERDICTS}
    return {"tried": sum(found.values()), **found}


def _named(names: list[str]) -> dict[str, Any]:
    return {"count": len(names), "named": sorted(names)[:NAMED]}
