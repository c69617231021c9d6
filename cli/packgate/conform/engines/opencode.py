"""OpenCode: the real program with an OpenAI-compatible provider on loopback, which is the scripted model. Its hook is a plugin."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.conform import walls
from packgate.conform.find import Program
from packgate.conform.lane import ASKED, DENIED, HOOK, RAN, RULE, UNSEEN, Seen
from packgate.conform.mcp import stub_servers
from packgate.conform.spec import Step
from packgate.conform.started import find_agent, in_batches
from packgate.conform.told import by_chat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.conform.lane import Absent, Engine, Setting
    from packgate.conform.spec import Ran
    from packgate.conform.told import Told

PROGRAM = Program("opencode", "opencode", node=".bin/opencode")
_ASKS = ("The user rejected permission",)
_BY_RULE = ("has specified a rule which prevents",)
# It has a tool's input checked, and the tool found, before anything else.
_OWN = ("Model tried to call unavailable tool", "was called with invalid arguments")
# What its tools say when they failed, having been let through.
_FAILED = ("File not found", "You must read file", "oldString")


class OpenCode:
    """See `Lane`."""

    name = "opencode"
    title = "OpenCode"
    surfaces = ("shell", "file", "mcp")
    operations = ("read", "write", "edit")
    silence = '{"outcome": "allow", "message": "", "notice": "", "replacement": null}'
    allowing: Mapping[str, str] = {}

    def find(self, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
        """See `Lane`."""
        return find_agent(PROGRAM, "opencode-ai from npm", given, environ)

    def run(self, engine: Engine, setting: Setting, actions: Sequence[dict[str, Any]]) -> list[Seen]:
        """See `Lane`. A question ends a session, since nobody is there to answer: what came after it is tried again in another."""
        calls = [tool_call(action) for action in actions]
        found: dict[int, Seen] = {}
        left = list(range(len(calls)))
        while left:
            tried = in_batches(
                engine, setting, actions[0], {}, [calls[place] for place in left], lambda batch: _session(engine, setting, actions, batch),
                read,
            )
            found.update(zip(left, tried, strict=True))
            again = [place for place, before in zip(left[1:], left, strict=False) if _cut_off(found, place, before)]
            if len(again) == len(left):
                break
            left = again
        return [found[place] for place in range(len(calls))]


def _cut_off(found: Mapping[int, Seen], place: int, before: int) -> bool:
    """Whether a call was never made because an earlier one ended the session."""
    never = Seen(UNSEEN)
    return found[place] == never and (found[before].outcome == ASKED or found[before] == never)


def tool_call(action: Mapping[str, Any]) -> dict[str, Any]:
    """The tool call that does an action. Raises `ValueError` for one that no tool does."""
    surface = action["surface"]
    if surface == "shell":
        return {"name": "bash", "input": {"command": action["command"], "description": "a step of the task"}}
    if surface == "mcp":
        return {"name": f"{action['server']}_{action['tool']}", "input": action.get("arguments") or {}}
    if surface == "file":
        path, content = action["path"], action.get("content") or "text\n"
        tools = {
            "read": {"name": "read", "input": {"filePath": path}},
            "write": {"name": "write", "input": {"filePath": path, "content": content}},
            "edit": {"name": "edit", "input": {"filePath": path, "oldString": "text", "newString": content}},
        }
        if action.get("operation") in tools:
            return tools[action["operation"]]
    raise ValueError(f"no tool of OpenCode does this: {surface} {action.get('operation')}")


def _files(actions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    servers = {
        name: {"type": "local", "enabled": True, "command": [how["command"], *how["args"]]} for name, how in stub_servers(actions).items()
    }
    options = {"baseURL": "http://127.0.0.1:{port}/v1", "apiKey": "none"}
    models = {"m": {"name": "m", "tool_call": True}}
    provider = {"npm": "@ai-sdk/openai-compatible", "name": "scripted", "options": options, "models": models}
    config = {
        "$schema": "https://opencode.ai/config.json", "model": "scripted/m", "small_model": "scripted/m", "autoupdate": False,
        "share": "disabled", "provider": {"scripted": provider}, "mcp": servers,
        "permission": {"external_directory": "allow", "edit": "allow"},
    }
    home = actions[0]["home"]
    # Without network, the packages that it looks for at its start would be asked for again and again.
    return {f"{home}/.config/opencode/opencode.json": json.dumps(config), f"{home}/.npmrc": "fetch-retries=0\n"}


def _session(engine: Engine, setting: Setting, actions: Sequence[Mapping[str, Any]], calls: list[dict[str, Any]]) -> Step:
    action = actions[0]
    home = str(action["home"])
    env = {
        "PATH": "/usr/bin:/bin", "HOME": home, "XDG_CONFIG_HOME": f"{home}/.config", "XDG_DATA_HOME": f"{home}/.local/share",
        "LANG": "C.UTF-8", "OPENCODE_DISABLE_AUTOUPDATE": "1", "OPENCODE_DISABLE_MODELS_FETCH": "1", "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
        **setting.env, **(action.get("env") or {}),
    }
    argv = [engine.program, "run", "--format", "json", "go on"]
    limit = 120 + 5.0 * len(calls)
    return Step(argv, cwd=str(action["cwd"]), env=env, server="chat", calls=calls, timeout=limit, write=_files(actions))


def read(done: Ran, calls: Sequence[Mapping[str, Any]]) -> list[Seen]:
    """What became of the calls of a session: of the one that ended it, its stream of events tells; of others, the last request."""
    told = by_chat(done)
    rejected = {
        event["part"]["callID"]: event["part"]["state"].get("error", "")
        for event in (json.loads(line) for line in done.out.splitlines() if line.startswith("{"))
        if event.get("type") == "tool_use" and event["part"].get("state", {}).get("status") == "error"
    }
    names = [f"call_{place:06d}" for place in range(len(calls))]
    return [_seen(told.get(name), rejected.get(name, "")) for name in names]


def _seen(told: Told | None, error: str) -> Seen:
    text = told.text if told is not None else error
    if any(sign in text for sign in _ASKS):
        return Seen(ASKED, RULE, text)
    if told is None and not error:
        return Seen(UNSEEN)
    if any(sign in text for sign in _BY_RULE):
        return Seen(DENIED, RULE, text)
    if any(sign in text for sign in _OWN):
        return Seen(UNSEEN, told=text)
    if error and not any(sign in text for sign in _FAILED):
        return Seen(DENIED, HOOK, text)
    # What the plugin adds stands behind the output.
    return Seen(RAN, told=text.partition(walls.RAN)[2] or text)
