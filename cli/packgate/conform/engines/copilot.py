"""GitHub Copilot CLI: the real program, offline with a provider of one's own, which is the scripted model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.conform import walls
from packgate.conform.find import Program
from packgate.conform.lane import ASKED, DENIED, HOOK, RAN, RULE, UNSEEN, Seen
from packgate.conform.mcp import stub_servers
from packgate.conform.spec import Step
from packgate.conform.started import find_agent, in_batches
from packgate.conform.told import by_messages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.conform.lane import Absent, Engine, Setting
    from packgate.conform.spec import Ran
    from packgate.conform.told import Told

PROGRAM = Program("copilot", "copilot", node=".bin/copilot-linux-x64")
# What Copilot tells its model when a call does not happen.
_BY_HOOK = ("Denied by preToolUse hook", "Denied by PreToolUse hook", "preToolUse hook")
_ASKS = ("no interactive user response",)
_BY_RULE = ("denied due to the following rules", "Permission to run this tool was denied", "Permission denied")


class Copilot:
    """See `Lane`."""

    name = "copilot"
    title = "GitHub Copilot CLI"
    surfaces = ("shell", "file", "mcp")
    operations = ("read", "write", "edit")
    silence = ""
    allowing: Mapping[str, str] = {}

    def find(self, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
        """See `Lane`."""
        return find_agent(PROGRAM, "@github/copilot from npm", given, environ)

    def run(self, engine: Engine, setting: Setting, actions: Sequence[dict[str, Any]]) -> list[Seen]:
        """See `Lane`."""
        calls = [tool_call(action) for action in actions]
        return in_batches(
            engine, setting, actions[0], _files(actions), calls, lambda batch: _session(engine, setting, actions, batch), read,
        )


def tool_call(action: Mapping[str, Any]) -> dict[str, Any]:
    """The tool call that does an action. Raises `ValueError` for one that no tool does."""
    surface = action["surface"]
    if surface == "shell":
        return {"name": "bash", "input": {"command": action["command"], "description": "a step of the task"}}
    if surface == "mcp":
        return {"name": f"{action['server']}-{action['tool']}", "input": action.get("arguments") or {}}
    if surface == "file":
        path, content = action["path"], action.get("content") or "text\n"
        tools = {
            "read": {"name": "view", "input": {"path": path}},
            "write": {"name": "create", "input": {"path": path, "file_text": content}},
            "edit": {"name": "edit", "input": {"path": path, "old_str": "text", "new_str": content}},
        }
        if action.get("operation") in tools:
            return tools[action["operation"]]
    raise ValueError(f"no tool of Copilot does this: {surface} {action.get('operation')}")


def _files(actions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    servers = {name: {"type": "local", "tools": ["*"], **how} for name, how in stub_servers(actions).items()}
    return {f"{actions[0]['home']}/.copilot/mcp-config.json": json.dumps({"mcpServers": servers})}


def _session(engine: Engine, setting: Setting, actions: Sequence[Mapping[str, Any]], calls: list[dict[str, Any]]) -> Step:
    action = actions[0]
    home = str(action["home"])
    env = {
        "PATH": "/usr/bin:/bin", "HOME": home, "COPILOT_HOME": f"{home}/.copilot", "LANG": "C.UTF-8", "COPILOT_OFFLINE": "true",
        "COPILOT_PROVIDER_BASE_URL": "http://127.0.0.1:{port}", "COPILOT_PROVIDER_TYPE": "anthropic", "COPILOT_PROVIDER_API_KEY": "none",
        "COPILOT_MODEL": "claude-sonnet-4", "COPILOT_AUTO_UPDATE": "false", **setting.env, **(action.get("env") or {}),
    }
    argv = [engine.program, "-p", "go on", "--trust-folder", "--no-color", "--allow-all-tools", "--allow-all-paths", "--allow-all-urls"]
    # The managed lock takes the options that allow all; tools of servers are no matter of managed rules, and are allowed by name.
    argv += sorted({f"--allow-tool={each['server']}({each['tool']})" for each in actions if each["surface"] == "mcp"})
    return Step(argv, cwd=str(action["cwd"]), env=env, server="messages", calls=calls, timeout=60 + 5.0 * len(calls))


def read(done: Ran, calls: Sequence[Mapping[str, Any]]) -> list[Seen]:
    """What became of the calls of a session: the last request holds the result of each."""
    told = by_messages(done)
    return [_seen(told.get(f"toolu_{place:06d}")) for place in range(len(calls))]


def _seen(told: Told | None) -> Seen:
    if told is None:
        return Seen(UNSEEN)
    if any(told.text.startswith(sign) for sign in _BY_HOOK):
        return Seen(DENIED, HOOK, told.text)
    if any(sign in told.text for sign in _ASKS):
        return Seen(ASKED, RULE, told.text)
    if walls.RAN in told.text:
        return Seen(RAN, told=told.beside)
    if any(sign in told.text for sign in _BY_RULE):
        return Seen(DENIED, RULE, told.text)
    if "does not exist" in told.text and "Tool" in told.text:
        return Seen(UNSEEN, told=told.text)
    # A file tool that ran, whatever it found.
    return Seen(RAN, told=told.beside)
