"""Where each agent keeps its hooks, and how an entry for packgate's looks: one table.

Formats and places are those of the vendors' documentation, most of them tried on the real programs (docs/hooks.md says which).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.hook.dialects import dialect
from packgate.hook.failure import CLOSED, SURFACES_OF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

USER, PROJECT, MANAGED = "user", "project", "managed"
SCOPES = (USER, PROJECT, MANAGED)
# Seconds that an agent waits for the hook, well above the hook's own deadline.
WAITS = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an agent's file is to say. ``lists``: by the keys that lead to a list, the entry that it is to have; ``fixed``: values that are
    set where they are missing. ``first``: entries come before those of others."""

    lists: Mapping[tuple[str, ...], Any]
    fixed: Mapping[str, Any]
    first: bool = False


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent. ``places``: its file by scope, with ``~`` for the home directory. ``home``: the variable and the folder that `~/…` of its
    own files can be moved by. ``notes``: by scope, what people have to know."""

    name: str
    title: str
    places: Mapping[str, str]
    wanted: Callable[[str, Mapping[str, str]], Wanted]
    home: tuple[str, str] | None = None
    notes: Mapping[str, str] | None = None

    def file(self, scope: str, environ: Mapping[str, str], folder: str) -> str | None:
        """The agent's file in a scope; None where it has none. ``folder``: the project's."""
        place = self.places.get(scope)
        if place is None:
            return None
        if self.home is not None and place.startswith(self.home[1]) and environ.get(self.home[0]):
            return os.path.join(environ[self.home[0]], place[len(self.home[1]):].lstrip("/"))
        if place.startswith("~/"):
            return os.path.join(environ.get("HOME") or os.path.expanduser("~"), place[2:])
        return place if place.startswith("/") else os.path.join(folder, place)


def _events(agent: str) -> list[tuple[str, str]]:
    """The events of an agent with what each is about."""
    return list(dialect(agent).EVENTS.items())


def _is_closed(kind: str, on_failure: Mapping[str, str]) -> bool:
    return any(on_failure[surface] == CLOSED for surface in SURFACES_OF[kind])


def _claude_code(launcher: str, on_failure: Mapping[str, str]) -> Wanted:
    lists: dict[tuple[str, ...], Any] = {}
    for event, kind in _events("claude-code"):
        handler: dict[str, Any] = {"type": "command", "command": launcher, "args": ["claude-code", event], "timeout": WAITS}
        if _is_closed(kind, on_failure):
            handler["onFailure"] = "block"
        matcher = {"matcher": "*"} if event.endswith("ToolUse") else {}
        lists["hooks", event] = {**matcher, "hooks": [handler]}
    return Wanted(lists, {})


_OURS = "The file names paths of this machine: don't commit it."

AGENTS: dict[str, Agent] = {agent.name: agent for agent in (
    Agent(
        "claude-code", "Claude Code",
        {USER: "~/.claude/settings.json", PROJECT: ".claude/settings.local.json",
         MANAGED: "/etc/claude-code/managed-settings.d/20-packgate.json"},
        _claude_code, ("CLAUDE_CONFIG_DIR", "~/.claude"),
        {USER: "Versions before 2.1.295 ignore `onFailure`: there the action runs when the hook can't be started.",
         PROJECT: _OURS, MANAGED: "`packgate render --target claude-code` adds locks, the least version and native rules."},
    ),
)}
