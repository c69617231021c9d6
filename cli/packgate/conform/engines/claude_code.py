"""Claude Code: the real binary against a scripted model, in print mode. Its event stream carries a verdict for every tool call."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from packgate.conform import sandbox
from packgate.conform.find import Program, find, folder_of
from packgate.conform.lane import ASKED, DENIED, HOOK, RAN, RULE, UNSEEN, Absent, Engine, Seen
from packgate.conform.mcp import stub_servers
from packgate.conform.places import prepare
from packgate.conform.spec import Spec, Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.conform.lane import Setting
    from packgate.conform.spec import Ran

PROGRAM = Program("claude-code", "claude", package="claude_agent_sdk", inside="_bundled/claude")
MANAGED = "/etc/claude-code/managed-settings.d"
# Everything that no rule stops is allowed, so that what stops is a rule or the hook; the last file of its folder.
_ALLOWED = ["Bash", "Read", "Edit", "Write", "WebFetch"]
_MCP = "/run/conform/mcp.json"
_BATCH = 60


class ClaudeCode:
    """See `Lane`."""

    name = "claude-code"
    title = "Claude Code"
    surfaces = ("shell", "file", "mcp", "web")

    def find(self, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
        """See `Lane`."""
        path = find(PROGRAM, given, environ)
        if path is None:
            return Absent(f"no `claude`: name it with --engine or {PROGRAM.variable}, or install the package claude-agent-sdk")
        reason = sandbox.missing()
        if reason is not None:
            return Absent(reason)
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
        version = done.stdout.split()[0] if done.returncode == 0 and done.stdout.split() else ""
        return Engine(path, version, (folder_of(path),)) if version else Absent(f"{path} does not tell its version")

    def run(self, engine: Engine, setting: Setting, actions: Sequence[dict[str, Any]]) -> list[Seen]:
        """See `Lane`."""
        calls = [tool_call(action) for action in actions]
        steps = [*prepare(actions[0]), *_setup(setting, actions)]
        first = len(steps)
        for start in range(0, len(calls), _BATCH):
            steps.append(_session(engine, setting, actions[0], calls[start : start + _BATCH]))
        ran = sandbox.run(Spec([*engine.readable, *setting.readable], steps, may_run=setting.may_run))
        for step, done in zip(steps[:first], ran[:first], strict=True):
            if done.code != 0:
                raise sandbox.NoSandbox(f"{' '.join(step.argv)} ended with {done.code}: {done.err[-800:]}")
        seen: list[Seen] = []
        for step, done in zip(steps[first:], ran[first:], strict=True):
            seen += read(done, step.calls)
        return seen


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


def _setup(setting: Setting, actions: Sequence[Mapping[str, Any]]) -> list[Step]:
    home = actions[0]["home"]
    servers = stub_servers(actions)
    allow = [*_ALLOWED, *(f"mcp__{server}" for server in sorted(servers))]
    write = {
        f"{home}/.claude/.claude.json": json.dumps({"hasCompletedOnboarding": True}),
        f"{MANAGED}/99-conform.json": json.dumps({"permissions": {"allow": allow}}),
        _MCP: json.dumps({"mcpServers": servers}),
    }
    steps = [Step(["/usr/bin/true"], write=write)]
    steps += [Step(argv, env={"HOME": home, "PATH": "/usr/sbin:/usr/bin"}) for argv in setting.before]
    steps.append(Step(["/usr/bin/true"], write=setting.files, modes=setting.modes, remove=setting.removed, full=setting.full))
    return steps


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
    told = _told(done)
    names = [f"toolu_{place:06d}" for place in range(len(calls))]
    return [
        Seen(DENIED, RULE, told[name][0])
        if name not in verdicts and name in told and _withheld(call, connected)
        else _seen(verdicts.get(name), reasons.get(name, ""), *told.get(name, ("", False, "")))
        for name, call in zip(names, calls, strict=True)
    ]


def _withheld(call: Mapping[str, Any], connected: set[str]) -> bool:
    """Whether the agent knows the server of a tool and says that there is no such tool: a rule that denies all of it takes it away."""
    parts = str(call["name"]).split("__")
    return parts[0] == "mcp" and parts[1] in connected


def _seen(verdict: dict[str, Any] | None, reason: str, text: str, failed: bool, beside: str) -> Seen:
    if verdict is None:
        return Seen(UNSEEN, told=text)
    decided = verdict.get("permission_decision") or {}
    kind = verdict.get("non_execution_kind")
    if kind is None and decided.get("decision") == "reject":
        # Refused while the input was checked, as reading in a folder that a rule denies.
        return Seen(DENIED, RULE, text)
    if kind is None:
        # A tool that ran and failed (a file that isn't there) was let through all the same.
        return Seen(RAN, told=beside) if decided or not failed else Seen(UNSEEN, told=text)
    if decided.get("source") == "hook" or "hook" in kind:
        return Seen(DENIED, HOOK, text, beside)
    if kind == "permission-rule":
        return Seen(DENIED, RULE, text, beside)
    return Seen(ASKED, HOOK if reason == "hook" else RULE, text, beside)


def _events(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


def _told(done: Ran) -> dict[str, tuple[str, bool, str]]:
    """By call: the text of its result, whether that is an error, and what stood beside it for the agent."""
    bodies = [request["body"] for request in done.requests if request["body"].get("tools")]
    found: dict[str, tuple[str, bool, str]] = {}
    name = ""
    for message in bodies[-1]["messages"] if bodies else []:
        if message["role"] == "assistant" or isinstance(message["content"], str):
            if name and message["role"] != "assistant":
                found[name] = (*found[name][:2], found[name][2] + str(message["content"]))
            continue
        for block in message["content"]:
            if block["type"] == "tool_result":
                name = block["tool_use_id"]
                found[name] = (_text(block["content"]), bool(block.get("is_error")), "")
            elif block["type"] == "text" and name:
                found[name] = (*found[name][:2], found[name][2] + block["text"])
    return found


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(block.get("text", "") for block in content or [])
