"""Gemini CLI: the real program, replaying scripted answers of its model (`--fake-responses`)."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from packgate.conform.find import Program
from packgate.conform.lane import ASKED, DENIED, HOOK, OWN, RAN, RULE, UNSEEN, Seen
from packgate.conform.mcp import stub_servers
from packgate.conform.places import absolute_path
from packgate.conform.spec import Step
from packgate.conform.started import find_agent, in_batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packgate.conform.lane import Absent, Engine, Setting
    from packgate.conform.spec import Ran

PROGRAM = Program("gemini", "gemini", node=".bin/gemini")
# In longer sessions it asks its model whether it goes round in circles, which takes answers of the script away.
_BATCH = 25
_SCRIPT = "/run/conform/answers.jsonl"
# Everything that no rule of the administrator's tier stops is allowed, in all folders and with redirections; the mode that approves all by
# itself would also approve what a rule asks about.
ALLOWED = '[[rule]]\ntoolName = "*"\ndecision = "allow"\npriority = 999\nallowRedirection = true\n'
_FOLDERS = {"includeDirectories": ["/"]}
# Where it writes down what its model was told, a JSON object a line.
_CHATS = ".gemini/tmp/*/chats/*.jsonl"
_USAGE = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
# How its stream names a call that policy or hook stopped, and what the two say.
_MISSING, _VIOLATION, _BY_HOOK, _ASKS = "file_not_found", "policy_violation", "Tool execution blocked", "requires user confirmation"
# Gemini's own refusals, whatever the policy: the action is never offered to it, or its shell tool does not run what it was given.
_NEVER, _OWN = ("Path not in workspace", "not found in registry"), "Blocked: command substitution detected"
_TELLS = "Hook system message: "


class Gemini:
    """See `Lane`. Commands that it takes for dangerous, or can't parse, are stopped by Gemini itself."""

    name = "gemini"
    title = "Gemini CLI"
    surfaces = ("shell", "file", "mcp")
    operations = ("read", "write", "edit")
    silence = ""
    allowing: Mapping[str, str] = {}

    def find(self, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
        """See `Lane`."""
        return find_agent(PROGRAM, "@google/gemini-cli from npm", given, environ)

    def run(self, engine: Engine, setting: Setting, actions: Sequence[dict[str, Any]]) -> list[Seen]:
        """See `Lane`."""
        calls = [tool_call(action) for action in actions]
        return in_batches(
            engine, setting, actions[0], _files(actions), calls, lambda batch: _session(engine, setting, actions, batch), read,
            size=_BATCH,
        )


def tool_call(action: Mapping[str, Any]) -> dict[str, Any]:
    """The tool call that does an action. Raises `ValueError` for one that no tool does."""
    surface = action["surface"]
    if surface == "shell":
        return {"name": "run_shell_command", "args": {"command": action["command"], "description": "a step of the task"}}
    if surface == "mcp":
        return {"name": f"mcp_{action['server']}_{action['tool']}", "args": action.get("arguments") or {}}
    if surface == "file":
        path, content = absolute_path(action), action.get("content") or "text\n"
        tools = {
            "read": {"name": "read_file", "args": {"file_path": path}},
            "write": {"name": "write_file", "args": {"file_path": path, "content": content}},
            "edit": {"name": "write_file", "args": {"file_path": path, "content": content}},
        }
        if action.get("operation") in tools:
            return tools[action["operation"]]
    raise ValueError(f"no tool of Gemini CLI does this: {surface} {action.get('operation')}")


def answers(calls: Sequence[Mapping[str, Any]]) -> str:
    """The replay file: a call a turn, then a word."""
    parts: list[dict[str, Any]] = [{"functionCall": call} for call in calls]
    return "".join(json.dumps(_answer(part)) + "\n" for part in [*parts, {"text": "done"}])


def _answer(part: Mapping[str, Any]) -> dict[str, Any]:
    candidate = {"content": {"parts": [part], "role": "model"}, "finishReason": "STOP", "index": 0}
    return {"method": "generateContentStream", "response": [{"candidates": [candidate], "usageMetadata": _USAGE}]}


def _files(actions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    settings = {
        "security": {"auth": {"selectedType": "gemini-api-key"}, "folderTrust": {"enabled": False}}, "telemetry": {"enabled": False},
        "general": {"enableAutoUpdate": False}, "mcpServers": stub_servers(actions), "context": _FOLDERS,
    }
    home = actions[0]["home"]
    return {f"{home}/.gemini/settings.json": json.dumps(settings), f"{home}/.gemini/policies/conform.toml": ALLOWED}


def _session(engine: Engine, setting: Setting, actions: Sequence[Mapping[str, Any]], calls: list[dict[str, Any]]) -> Step:
    action = actions[0]
    home = str(action["home"])
    env = {
        "PATH": f"{os.path.dirname(engine.program)}:/usr/bin:/bin", "HOME": home, "GEMINI_CLI_HOME": home, "GEMINI_API_KEY": "none",
        "LANG": "C.UTF-8", "GEMINI_CLI_TRUST_WORKSPACE": "true", **setting.env, **(action.get("env") or {}),
    }
    argv = [
        engine.program, "-p", "go on", "-m", "gemini-2.5-flash", "--fake-responses", _SCRIPT, "--output-format", "stream-json",
        "--approval-mode", "default",
    ]
    limit = 60 + 5.0 * len(calls)
    # A tool that fails is told as such and not what a hook added: what is read has to be there.
    there = [absolute_path(each) for each in actions if each["surface"] == "file" and each.get("operation") == "read"]
    write = {_SCRIPT: answers(calls)}
    return Step(argv, cwd=str(action["cwd"]), env=env, timeout=limit, write=write, present=there, collect=[f"{home}/{_CHATS}"])


def read(done: Ran, calls: Sequence[Mapping[str, Any]]) -> list[Seen]:
    """What became of the calls of a session, which its stream tells in order; what its model was told of each stands in the chat that it
    keeps. What a hook tells the user stands on standard error, for all calls together."""
    events = [json.loads(line) for line in done.out.splitlines() if line.startswith("{")]
    results = {event["tool_id"]: event for event in events if event.get("type") == "tool_result"}
    made = [event for event in events if event.get("type") == "tool_use"]
    told = _told(done.files.values())
    shown = "\n".join(line.removeprefix(_TELLS) for line in done.err.splitlines() if line.startswith(_TELLS))
    found = []
    for call in calls:
        # In the order of the calls; one that the agent did not make is passed over.
        event = made.pop(0) if made and made[0].get("parameters") == call["args"] else None
        result = results.get(event["tool_id"]) if event is not None else None
        found.append(Seen(UNSEEN) if event is None or result is None else _seen(result, told.get(event["tool_id"], ""), shown))
    return found


def _told(chats: Iterable[str]) -> dict[str, str]:
    """By the id of a call, what the model was told of it. A message is written again whenever it grows."""
    found = {}
    for message in (json.loads(line) for chat in chats for line in chat.splitlines()):
        for call in message.get("toolCalls") or []:
            parts = call.get("result") or []
            found[call["id"]] = "\n".join(json.dumps(part.get("functionResponse", {}).get("response", {})) for part in parts)
    return found


def _seen(result: Mapping[str, Any], told: str, shown: str) -> Seen:
    text = str(result.get("output") or "")
    kind = (result.get("error") or {}).get("type")
    if kind == _VIOLATION:
        return Seen(DENIED, HOOK if _BY_HOOK in text else RULE, text)
    if kind is not None and _ASKS in text:
        return Seen(ASKED, RULE, text)
    if kind == _MISSING or any(text.startswith(sign) for sign in _NEVER):
        return Seen(UNSEEN, told=text)
    if text.startswith(_OWN):
        return Seen(DENIED, OWN, told)
    return Seen(RAN, told=told, shown=shown)
