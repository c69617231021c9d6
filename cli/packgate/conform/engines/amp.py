"""Amp: `amp permissions test`, which decides a tool call by the permissions and asks the programs that they delegate to, offline."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.conform.find import Program
from packgate.conform.lane import ASKED, DENIED, HOOK, RAN, RULE, UNSEEN, Seen
from packgate.conform.spec import Step
from packgate.conform.started import find_agent, sessions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.conform.lane import Absent, Engine, Setting
    from packgate.conform.spec import Ran

PROGRAM = Program("amp", "amp", node=".bin/amp")
_SETTINGS = "/home/dev/.config/amp/settings.json"
_OUTCOMES = {"allow": RAN, "ask": ASKED, "reject": DENIED}


class Amp:
    """See `Lane`. Nothing of an agent runs here: what is tried is its permissions. It has no way to tell the agent beside a call."""

    name = "amp"
    title = "Amp"
    surfaces = ("shell", "file")
    operations = ("read", "write", "edit")
    silence = ""
    allowing: Mapping[str, str] = {_SETTINGS: json.dumps({"amp.permissions": [{"tool": "*", "action": "allow"}]})}

    def find(self, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
        """See `Lane`."""
        return find_agent(PROGRAM, "@sourcegraph/amp from npm", given, environ)

    def run(self, engine: Engine, setting: Setting, actions: Sequence[dict[str, Any]]) -> list[Seen]:
        """See `Lane`."""
        settings = next((path for path in setting.files if path.endswith("/settings.json")), None)
        steps = [_test(engine, setting, action, settings) for action in actions]
        return [read(done) for done in sessions(engine, setting, actions[0], {}, steps)]


def tool_call(action: Mapping[str, Any]) -> list[str]:
    """Tool and arguments of an action. Raises `ValueError` for one that no tool does."""
    if action["surface"] == "shell":
        return ["Bash", "--cmd", action["command"]]
    path, content = action.get("path", ""), action.get("content") or "text\n"
    tools = {
        "read": ["Read", "--path", path], "write": ["create_file", "--path", path, "--content", content],
        "edit": ["edit_file", "--path", path, "--old_str", "text", "--new_str", content],
    }
    if action["surface"] == "file" and action.get("operation") in tools:
        return tools[action["operation"]]
    raise ValueError(f"no tool of Amp does this: {action['surface']} {action.get('operation')}")


def _test(engine: Engine, setting: Setting, action: Mapping[str, Any], settings: str | None) -> Step:
    env = {"PATH": "/usr/bin:/bin", "HOME": str(action["home"]), "LANG": "C.UTF-8", **setting.env, **(action.get("env") or {})}
    argv = [engine.program, "permissions", "test", *tool_call(action), "--json"]
    if settings is not None:
        argv += ["--settings-file", settings]
    return Step(argv, cwd=str(action["cwd"]), env=env, timeout=60)


def read(done: Ran) -> Seen:
    """The verdict of one test."""
    try:
        said = json.loads(done.out)
    except ValueError:
        return Seen(UNSEEN, told=(done.err or done.out)[-300:])
    outcome = _OUTCOMES.get(said.get("action"), UNSEEN)
    entry = said.get("matchedEntry") or {}
    by = "" if outcome == RAN else HOOK if entry.get("action") == "delegate" else RULE
    return Seen(outcome, by, str(said.get("error") or ""))
