"""Codex: the real binary in `exec` mode against a scripted model; what became of a call is what its model was told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.conform import walls
from packgate.conform.find import Program
from packgate.conform.lane import ASKED, DENIED, HOOK, OWN, RAN, RULE, UNSEEN, Seen
from packgate.conform.mcp import stub_servers
from packgate.conform.spec import Step
from packgate.conform.started import find_agent, in_batches
from packgate.conform.told import by_responses

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.conform.lane import Absent, Engine, Setting
    from packgate.conform.spec import Ran
    from packgate.conform.told import Told

PROGRAM = Program("codex", "codex", package="codex_cli_bin", inside="bin/codex")
# What Codex tells its model when a call does not happen, and by whom that was.
_BY_HOOK = ("blocked by PreToolUse hook",)
_ASKS = ("approval required by policy", "requires approval")
# It refuses some commands that delete by itself.
_OWN = ("style commands are not permitted",)
_RAN = (walls.RAN, "Success. Updated")
_REFUSED = ("rejected:", "rejected by", "policy forbids", "exec_command failed")


class Codex:
    """See `Lane`. Reading a file is a shell command to Codex, so there is no tool for it."""

    name = "codex"
    title = "Codex"
    surfaces = ("shell", "file", "mcp")
    operations = ("write", "edit")
    silence = ""
    allowing: Mapping[str, str] = {}

    def find(self, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
        """See `Lane`."""
        return find_agent(PROGRAM, "the package openai-codex-cli-bin", given, environ)

    def run(self, engine: Engine, setting: Setting, actions: Sequence[dict[str, Any]]) -> list[Seen]:
        """See `Lane`."""
        calls = [tool_call(action) for action in actions]
        return in_batches(
            engine, setting, actions[0], {}, calls, lambda batch: _session(engine, setting, actions, batch), read,
        )


def tool_call(action: Mapping[str, Any]) -> dict[str, Any]:
    """The tool call that does an action. Raises `ValueError` for one that no tool does."""
    surface = action["surface"]
    if surface == "shell":
        return {"name": "exec_command", "input": {"cmd": action["command"], "yield_time_ms": 3000}}
    if surface == "mcp":
        return {"name": action["tool"], "namespace": f"mcp__{action['server']}", "input": action.get("arguments") or {}}
    if surface == "file" and action.get("operation") in ("write", "edit"):
        content = action.get("content") or "text\n"
        added = "".join(f"+{line}\n" for line in content.splitlines())
        patch = f"*** Begin Patch\n*** Add File: {action['path']}\n{added}*** End Patch\n"
        return {"name": "apply_patch", "text": patch}
    raise ValueError(f"no tool of Codex does this: {surface} {action.get('operation')}")


def _files(actions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    action = actions[0]
    lines = [
        'model = "gpt-5.5"', 'model_provider = "scripted"', 'approval_policy = "never"', "[model_providers.scripted]",
        'name = "scripted"', 'base_url = "http://127.0.0.1:{port}/v1"', 'wire_api = "responses"', 'env_key = "SCRIPTED_KEY"',
        "request_max_retries = 0", "stream_max_retries = 0", f"[projects.{json.dumps(action['cwd'])}]", 'trust_level = "trusted"',
    ]
    for server, how in stub_servers(actions).items():
        lines += [f"[mcp_servers.{json.dumps(server)}]", f"command = {json.dumps(how['command'])}", f"args = {json.dumps(how['args'])}"]
    return {f"{action['home']}/.codex/config.toml": "\n".join(lines) + "\n"}


def _session(engine: Engine, setting: Setting, actions: Sequence[Mapping[str, Any]], calls: list[dict[str, Any]]) -> Step:
    action = actions[0]
    home = str(action["home"])
    env = {
        "PATH": "/usr/bin:/bin", "HOME": home, "CODEX_HOME": f"{home}/.codex", "SCRIPTED_KEY": "none", "LANG": "C.UTF-8",
        **setting.env, **(action.get("env") or {}),
    }
    argv = [engine.program, "exec", "--json", "--skip-git-repo-check", "--sandbox", "danger-full-access", "go on"]
    limit = 60 + 5.0 * len(calls)
    return Step(argv, cwd=str(action["cwd"]), env=env, server="responses", calls=calls, timeout=limit, write=_files(actions))


def read(done: Ran, calls: Sequence[Mapping[str, Any]]) -> list[Seen]:
    """What became of the calls of a session: the last request holds the output of each."""
    told = by_responses(done)
    return [_seen(told.get(f"call_{place:06d}")) for place in range(len(calls))]


def _seen(told: Told | None) -> Seen:
    if told is None or not told.text:
        return Seen(UNSEEN)
    if any(sign in told.text for sign in _BY_HOOK):
        return Seen(DENIED, HOOK, told.text)
    if any(sign in told.text for sign in _ASKS):
        return Seen(ASKED, RULE, told.text)
    if any(sign in told.text for sign in _OWN):
        return Seen(DENIED, OWN, told.text)
    if any(sign in told.text for sign in _RAN):
        return Seen(RAN, told=told.beside)
    if any(sign in told.text for sign in _REFUSED):
        return Seen(DENIED, RULE, told.text)
    return Seen(UNSEEN, told=told.text)
