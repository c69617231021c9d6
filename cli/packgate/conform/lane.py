"""What the drivers of agents and engines have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.conform.spec import Server

# What became of a tool call. `unseen`: the agent never came to decide it (no such tool, input refused before).
RAN, ASKED, DENIED, UNSEEN = "ran", "asked", "denied", "unseen"
# Who brought it about: a rule that was rendered, the hook, or the agent by itself, whatever the policy.
RULE, HOOK, OWN = "rule", "hook", "own"


@dataclass(frozen=True, slots=True)
class Engine:
    """An agent or engine that is there: its program, the version that it tells, folders that it needs."""

    program: str
    version: str
    readable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """Why a lane is passed over."""

    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one tool call: the outcome, who brought it about, what the agent was told in place of (or beside) the result, and
    what its user was shown."""

    outcome: str
    by: str = ""
    told: str = ""
    shown: str = ""

    @property
    def stopped(self) -> bool:
        """Whether the action did not happen as it was asked for."""
        return self.outcome in (ASKED, DENIED)


@dataclass(slots=True)
class Setting:
    """How an agent is set up: files by path, their modes where 0644 doesn't do, folders of the host of which the sandbox
    gets copies, commands that may run in a shell (the hook), what is changed after that (files that are removed, folders on a disk that
    is full), and what runs beside the agent."""

    files: dict[str, str] = field(default_factory=dict)
    modes: dict[str, int] = field(default_factory=dict)
    copied: list[str] = field(default_factory=list)
    may_run: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    full: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    servers: list[Server] = field(default_factory=list)


class Lane(Protocol):
    """One agent. ``surfaces``: those that it has tools for; ``operations``: what its tools do with files; ``silence``: what a hook
    without an opinion says to it; ``allowing``: files, by path, that it needs to allow everything when nothing of ours is installed."""

    name: str
    title: str
    surfaces: tuple[str, ...]
    operations: tuple[str, ...]
    silence: str
    allowing: Mapping[str, str]

    def find(self, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
        """The engine, or why there is none."""

    def run(self, engine: Engine, setting: Setting, actions: Sequence[dict[str, Any]]) -> list[Seen]:
        """Have the agent call a tool for each action (all in one context: the same folder, home and repository), everything that no rule
        and no hook stops being allowed. Nothing is executed."""


def expressible(lane: Lane, action: Mapping[str, Any]) -> bool:
    """Whether the agent has a tool for an action."""
    surface = action["surface"]
    if surface not in lane.surfaces or (surface == "web" and not fetches(action)):
        return False
    return surface != "file" or action.get("operation") in lane.operations


def fetches(action: Mapping[str, Any]) -> bool:
    """Whether a tool that fetches pages sends a web action: those of agents send nothing but GET."""
    return (action.get("method") or "GET") == "GET" and not action.get("body")
