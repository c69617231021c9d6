"""Claude Code: the real binary against a scripted model, in print mode. Its event stream carries a verdict for every tool call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.conform.find import Program
from packgate.conform.lane import ASKED, DENIED, HOOK, RAN, RULE, UNSEEN, Seen
from packgate.conform.mcp import stub_servers
from packgate.conform.spec import Step
from packgate.conform.started import find_agent, in_batches
from packgate.conform.told import Told, by_messages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.conform.lane import Absent, Engine, Setting
    from packgate.conform.spec import Ran

PROGRAM = Program("claude-code", "claude", package="claude_agent_sdk", inside="_bundled/claude")
MANAGED = "/etc/claude-code/managed-settings.d"
# Everything that no rule stops is allowed, so that what stops is a rule or the hook; the last file of its folder.
_ALLOWED = ["Bash", "Read", "Edit", "Write", "WebFetch"]
_MCP = "/run/conform/mcp.json"


class ClaudeCode:
    """See `Lane`."""

    name = "claude-code"
    title = "Claude Code"
    surfaces = ("shell", "file", "mcp", "web")
    operations = ("read", "write", "edit")
    silence = ""
    allowing: Mapping[str, str] = {}

    def find(self, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
        """See `Lane`."""
        return find_agent(PROGRAM, "the package claude-agent-sdk", given, environ)

    def run(self, engine: Engine, setting: Setting, actions: Sequence[dict[str, Any]]) -> list[Seen]:
        """See `Lane`."""
        calls = [tool_call(action) for action in actions]
        return in_batches(
            engine, setting, actions[0], _files(actions), calls, lambda batch: _session(engine, setting, actions[0], batch), read,
        )


def tool_call(action: Mapping[str, Any]) -> dict[str, Any]:
    """The tool call that does an action. Raises `ValueError` for one that no tool does."""
    surface = action["surface"]
    if surface == "shell":
        return {"name": "Bash", "input": {"command": action["command"], "description": "a step of the task"}}
    if surface == "mcp":
        return {"name": f"mcp__{action['server']}__{action['tool']}", "input": action.get("arguments") or {}}
    if surface == "web":
        return {"name": "WebFetch", "input": {"url": action["url"], "prompt": "what does it say"}}
    if surface == "file":
        path, content = action["path"], action.get("content") or "text\n"
        tools = {
            "read": {"name": "Read", "input": {"file_path": path}},
            "write": {"name": "Write", "input": {"file_path": path, "content": content}},
            "edit": {"name": "Edit", "input": {"file_path": path, "old_string": "", "new_string": content}},
        }
        if action.get("operation") in tools:
            return tools[action["operation"]]
    raise ValueError(f"no tool of Claude Code does this: {surface} {action.get('operation')}")


def _files(actions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    servers = stub_servers(actions)
    allow = [*_ALLOWED, *(f"mcp__{server}" for server in servers)]
    return {
        f"{actions[0]['home']}/.claude/.claude.json": json.dumps({"hasCompletedOnboarding": True}),
        f"{MANAGED}/99-conform.json": json.dumps({"permissions": {"allow": allow}}),
        _MCP: json.dumps({"mcpServers": servers}),
    }


def _session(engine: Engine, setting: Setting, action: Mapping[str, Any], calls: list[dict[str, Any]]) -> Step:
    home = action["home"]
    env = {
        "PATH": "/usr/bin:/bin", "HOME": home, "CLAUDE_CONFIG_DIR": f"{home}/.claude", "LANG": "C.UTF-8", "TERM": "dumb",
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:{port}", "ANTHROPIC_API_KEY": "none",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1", **setting.env, **(action.get("env") or {}),
    }
    argv = [engine.program, "-p", "go on", "--permission-mode", "default", "--output-format", "stream-json", "--verbose"]
    argv += ["--mcp-config", _MCP]
    return Step(argv, cwd=action["cwd"], env=env, server="messages", calls=calls, timeout=60 + 5.0 * len(calls))


def read(done: Ran, calls: Sequence[Mapping[str, Any]]) -> list[Seen]:
    """What became of the calls of a session, from its stream of events and from what the model was told."""
    verdicts: dict[str, dict[str, Any]] = {}
    reasons: dict[str, str] = {}
    connected: set[str] = set()
    for event in _events(done.out):
        if event.get("subtype") == "init":
            connected = {server["name"] for server in event.get("mcp_servers") or [] if server.get("status") == "connected"}
        if event.get("type") == "system" and event.get("subtype") == "permission_denied":
            reasons[event["tool_use_id"]] = event.get("decision_reason_type") or ""
        for meta in event.get("tool_result_meta") or []:
            verdicts[meta["id"]] = meta
    told = by_messages(done)
    names = [f"toolu_{place:06d}" for place in range(len(calls))]
    return [
        Seen(DENIED, RULE, told[name].text)
        if name not in verdicts and name in told and _withheld(call, connected)
        else _seen(verdicts.get(name), reasons.get(name, ""), told.get(name) or Told())
        for name, call in zip(names, calls, strict=True)
    ]


def _withheld(call: Mapping[str, Any], connected: set[str]) -> bool:
    """Whether the agent knows the server of a tool and says that there is no such tool: a rule that denies all of it takes it away."""
    parts = str(call["name"]).split("__")
    return parts[0] == "mcp" and parts[1] in connected


def _seen(verdict: dict[str, Any] | None, reason: str, told: Told) -> Seen:
    if verdict is None:
        return Seen(UNSEEN, told=told.text)
    decided = verdict.get("permission_decision") or {}
    kind = verdict.get("non_execution_kind")
    if kind is None and decided.get("decision") == "reject":
        # Refused while the input was checked, as reading in a folder that a rule denies.
        return Seen(DENIED, RULE, told.text)
    if kind is None:
        # A tool that ran and failed (a file that isn't there) was let through all the same.
        return Seen(RAN, told=told.beside) if decided or not told.failed else Seen(UNSEEN, told=told.text)
    if decided.get("source") == "hook" or "hook" in kind:
        return Seen(DENIED, HOOK, told.text)
    if kind == "permission-rule":
        return Seen(DENIED, RULE, told.text)
    return Seen(ASKED, HOOK if reason == "hook" else RULE, told.text)


def _events(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]
