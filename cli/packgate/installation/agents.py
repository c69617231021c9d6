"""Where each agent keeps its hooks, and how an entry for packgate's looks: one table.

Formats and places are those of the vendors' documentation, most of them tried on the real programs (docs/hooks.md says which).
"""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.hook.dialects import dialect
from packgate.hook.exchange import ACT
from packgate.hook.failure import CLOSED, SURFACES_OF
from packgate.render import fallback
from packgate.render.targets.amp import delegate
from packgate.render.writing import from_template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

USER, PROJECT, MANAGED = "user", "project", "managed"
SCOPES = (USER, PROJECT, MANAGED)
# Seconds that an agent waits for the hook, well above the hook's own deadline.
WAITS = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an agent's file is to say. ``lists``: by the keys that lead to a list, the entry that it is to have; ``fixed``: values that are
    set where they are missing. ``behind``: entries come first, but for those of others that begin the list and say this; None: they come
    last. ``text``: all of a file that is the hook's alone."""

    lists: Mapping[tuple[str, ...], Any] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    behind: tuple[str, str] | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent. ``places``: its file by scope, with ``~`` for the home directory. ``home``: the variable and the folder that `~/…` of its
    own files can be moved by. ``notes``: by scope, what people have to know. ``helper``: a program of its own beside the launcher: what
    stands behind the launcher's name, and its text."""

    name: str
    title: str
    places: Mapping[str, str]
    wanted: Callable[[str, Mapping[str, str]], Wanted]
    home: tuple[str, str] | None = None
    notes: Mapping[str, str] | None = None
    helper: tuple[str, Callable[[str, Mapping[str, str]], str]] | None = None

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


def _line(launcher: str, agent: str, event: str, closed: bool) -> str:
    """A command line for agents that give it to a shell."""
    return fallback.line(launcher, agent, event, closed=closed, wait=WAITS)


def _claude_code(launcher: str, on_failure: Mapping[str, str]) -> Wanted:
    lists: dict[tuple[str, ...], Any] = {}
    for event, kind in _events("claude-code"):
        handler: dict[str, Any] = {"type": "command", "command": launcher, "args": ["claude-code", event], "timeout": WAITS}
        if _is_closed(kind, on_failure):
            handler["onFailure"] = "block"
        matcher = {"matcher": "*"} if event.endswith("ToolUse") else {}
        lists["hooks", event] = {**matcher, "hooks": [handler]}
    return Wanted(lists)


def _codex(launcher: str, on_failure: Mapping[str, str]) -> Wanted:
    lists: dict[tuple[str, ...], Any] = {}
    for event, kind in _events("codex"):
        line = _line(launcher, "codex", event, _is_closed(kind, on_failure))
        handler = {"type": "command", "command": line, "timeout": WAITS}
        matcher = {"matcher": "*"} if event.endswith("ToolUse") else {}
        lists["hooks", event] = {**matcher, "hooks": [handler]}
    return Wanted(lists)


def _gemini(launcher: str, on_failure: Mapping[str, str]) -> Wanted:
    lists: dict[tuple[str, ...], Any] = {}
    for event, kind in _events("gemini"):
        line = _line(launcher, "gemini", event, _is_closed(kind, on_failure))
        handler = {"type": "command", "name": "packgate", "command": line, "timeout": WAITS * 1000}
        lists["hooks", event] = {"matcher": "*", "hooks": [handler]}
    return Wanted(lists)


def _copilot(launcher: str, on_failure: Mapping[str, str]) -> Wanted:
    lists: dict[tuple[str, ...], Any] = {}
    for event, kind in _events("copilot"):
        args = fallback.arguments(launcher, "copilot", event, closed=_is_closed(kind, on_failure), wait=WAITS)
        lists["hooks", event] = {"type": "command", "exec": fallback.SHELL, "args": args, "timeoutSec": WAITS}
    return Wanted(lists, {"version": 1})


def _cursor(launcher: str, on_failure: Mapping[str, str]) -> Wanted:
    lists: dict[tuple[str, ...], Any] = {}
    for event, kind in _events("cursor"):
        entry: dict[str, Any] = {"command": f"{shlex.quote(launcher)} cursor {event}", "timeout": WAITS}
        if kind == ACT or _is_closed(kind, on_failure):
            entry["failClosed"] = _is_closed(kind, on_failure)
        lists["hooks", event] = entry
    return Wanted(lists, {"version": 1})


def _opencode(launcher: str, on_failure: Mapping[str, str]) -> Wanted:
    closed = {event: _is_closed(kind, on_failure) for event, kind in _events("opencode")}
    text = from_template(
        "opencode-plugin.js.j2", label="the policies of this machine", hook=launcher, timeout=WAITS * 1000, closed=closed,
    ).decode()
    return Wanted(text=text)


def _amp(launcher: str, on_failure: Mapping[str, str]) -> Wanted:
    entry = {"tool": "*", "action": "delegate", "to": launcher + AMP}
    return Wanted({("amp.permissions",): entry}, behind=("action", "reject"))


def _amp_program(launcher: str, on_failure: Mapping[str, str]) -> str:
    """Amp starts a program without arguments."""
    return delegate(launcher, _is_closed(ACT, on_failure), WAITS).decode()


# What stands behind the launcher's name in that of the program for Amp.
AMP = "-amp"
_OURS = "The file names paths of this machine: don't commit it."

_PURE = "`opencode --pure` starts without plugins, and so without the hook."
_AMP_ALLOWS = "What the hook lets run, Amp no longer asks about: its answer stands before all rules but those that reject."

AGENTS: dict[str, Agent] = {agent.name: agent for agent in (
    Agent(
        "claude-code", "Claude Code",
        {USER: "~/.claude/settings.json", PROJECT: ".claude/settings.local.json",
         MANAGED: "/etc/claude-code/managed-settings.d/20-packgate.json"},
        _claude_code, ("CLAUDE_CONFIG_DIR", "~/.claude"),
        {USER: "Versions before 2.1.295 ignore `onFailure`: there the action runs when the hook can't be started.",
         PROJECT: _OURS, MANAGED: "`packgate render --target claude-code` adds locks, the least version and native rules."},
    ),
    Agent(
        "codex", "Codex CLI", {USER: "~/.codex/hooks.json", PROJECT: ".codex/hooks.json"}, _codex, ("CODEX_HOME", "~/.codex"),
        {USER: "Codex skips the hooks until they are trusted: run /hooks in Codex once.",
         PROJECT: f"Codex skips the hooks until they are trusted: run /hooks in Codex once. {_OURS}"},
    ),
    Agent(
        "gemini", "Gemini CLI",
        {USER: "~/.gemini/settings.json", PROJECT: ".gemini/settings.json", MANAGED: "/etc/gemini-cli/settings.json"}, _gemini, None,
        {PROJECT: _OURS, MANAGED: "Users can switch it off in their own settings; `packgate render --target gemini` adds admin policies."},
    ),
    Agent(
        "copilot", "GitHub Copilot CLI",
        {USER: "~/.copilot/hooks/packgate.json", PROJECT: ".github/hooks/packgate.json",
         MANAGED: "/etc/github-copilot/policy.d/20-packgate.json"},
        _copilot, None, {PROJECT: _OURS},
    ),
    Agent(
        "cursor", "Cursor", {USER: "~/.cursor/hooks.json", PROJECT: ".cursor/hooks.json", MANAGED: "/etc/cursor/hooks.json"}, _cursor, None,
        {PROJECT: _OURS},
    ),
    Agent(
        "opencode", "OpenCode",
        {USER: "~/.config/opencode/plugin/packgate.js", PROJECT: ".opencode/plugin/packgate.js"}, _opencode,
        ("XDG_CONFIG_HOME", "~/.config"), {USER: _PURE, PROJECT: f"{_PURE} {_OURS}"},
    ),
    Agent(
        "amp", "Amp", {USER: "~/.config/amp/settings.json", PROJECT: ".amp/settings.json"}, _amp, ("XDG_CONFIG_HOME", "~/.config"),
        {USER: _AMP_ALLOWS, PROJECT: f"{_AMP_ALLOWS} {_OURS}"}, (AMP, _amp_program),
    ),
)}
