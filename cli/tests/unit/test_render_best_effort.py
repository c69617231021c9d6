"""Cursor, OpenCode and Amp: hooks, the plugin as it runs in a real node, the delegate as a real process."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from render_repository import rendered_files

from packgate.render.options import Options
from packgate.render.targets import amp, cursor, opencode

OPEN = "version: 1\non_failure: {shell: open, file: open, mcp: open, web: open, prompt: open, output: open}\n"


def test_cursor_fails_closed_where_the_settings_say_so(tmp_path: Path) -> None:
    closed = json.loads(rendered_files(tmp_path / "a", "cursor", Options(hook="/opt/hook"))[cursor.HOOKS])["hooks"]
    assert closed["beforeShellExecution"] == [{"command": "/opt/hook cursor beforeShellExecution", "timeout": 10, "failClosed": True}]
    assert closed["sessionStart"][0]["failClosed"] is False
    opened = json.loads(rendered_files(tmp_path / "b", "cursor", packgate=OPEN)[cursor.HOOKS])["hooks"]
    assert opened["beforeShellExecution"][0]["failClosed"] is False


def test_cursor_denies_files_and_whole_programs_alone(tmp_path: Path) -> None:
    assert json.loads(rendered_files(tmp_path, "cursor")[cursor.CLI]) == {"permissions": {"deny": ["Write(**/.guard/rules.json)"]}}


def test_opencode_lists_questions_before_denials(tmp_path: Path) -> None:
    config = json.loads(rendered_files(tmp_path, "opencode")[opencode.CONFIG])
    answers = list(config["permission"]["bash"].values())
    assert answers == sorted(answers)
    assert {"ask", "deny"} == set(answers)
    assert "*" not in config["permission"]["bash"], "a project could then take the rules back with its own"


HOOK = """\
#!/usr/bin/env python3
import json, sys
told = json.load(sys.stdin)
assert sys.argv[1:] == ["opencode", told["event"]]
text = json.dumps(told)
answer = {"outcome": "allow", "message": "", "notice": "", "replacement": None}
if "broken" in text:
    print("no answer")
    sys.exit(0)
if told["event"] == "tool.execute.before" and "forbidden" in text:
    answer |= {"outcome": "deny", "message": "no"}
if told["event"] == "tool.execute.before" and "careful" in text:
    answer |= {"outcome": "warn", "message": "mind", "notice": "user"}
if told["event"] == "tool.execute.before" and "rewrite" in text:
    answer |= {"outcome": "redact", "message": "changed", "replacement": {"command": "echo new"}}
if told["event"] != "tool.execute.before" and "secret" in text:
    answer |= {"outcome": "redact", "message": "masked", "replacement": "[gone]"}
print(json.dumps(answer))
"""
DRIVER = """\
import { Packgate } from "./packgate.mjs"
const notices = []
const hooks = await Packgate({ directory: "/proj", client: { tui: { showToast: async (toast) => notices.push(toast.body.message) } } })
const found = []
for (const text of process.argv.slice(2)) {
  const call = { tool: "bash", sessionID: "s", callID: text, args: { command: text } }
  const before = { args: { command: text, old: 1 } }
  const after = { output: text }
  try {
    await hooks["tool.execute.before"](call, before)
    await hooks["tool.execute.after"](call, after)
    found.push([before.args, after.output])
  } catch (error) { found.push(error.message) }
}
const prompt = { parts: [{ type: "text", text: "secret" }, { type: "file" }] }
try { await hooks["chat.message"]({ sessionID: "s" }, prompt); found.push(prompt.parts[0].text) } catch (error) { found.push(error.message) }
console.log(JSON.stringify({ found, notices }))
"""


def run_plugin(root: Path, hook: str | None, *texts: str, **files: str) -> Any:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    launcher = root / "hook"
    if hook is not None:
        launcher.write_text(hook)
        launcher.chmod(0o755)
    rendered = rendered_files(root / "repository", "opencode", Options(hook=str(launcher)), **files)
    (root / "packgate.mjs").write_text(rendered[opencode.PLUGIN])
    (root / "driver.mjs").write_text(DRIVER)
    done = subprocess.run([node, str(root / "driver.mjs"), *texts], capture_output=True, text=True, timeout=30, check=True)
    return json.loads(done.stdout)


def test_the_plugin_of_opencode_does_what_the_hook_says(tmp_path: Path) -> None:
    result = run_plugin(tmp_path, HOOK, "fine", "forbidden", "careful", "rewrite", "secret")
    assert result["found"] == [
        [{"command": "fine", "old": 1}, "fine"],
        "no",
        [{"command": "careful", "old": 1}, "careful\n\nmind"],
        [{"command": "echo new"}, "rewrite\n\nchanged"],
        [{"command": "secret", "old": 1}, "[gone]\n\nmasked"],
        "[gone]\n\nmasked",
    ]
    assert result["notices"] == ["user"]


def test_the_plugin_refuses_when_the_hook_cannot_be_asked(tmp_path: Path) -> None:
    (tmp_path / "missing").mkdir()
    (tmp_path / "broken").mkdir()
    assert run_plugin(tmp_path / "missing", None, "fine")["found"][0].startswith("packgate could not be asked")
    assert "its answer could not be read" in run_plugin(tmp_path / "broken", HOOK, "broken")["found"][0]


def test_the_plugin_lets_run_where_the_settings_say_so(tmp_path: Path) -> None:
    result = run_plugin(tmp_path, None, "fine", packgate=OPEN)
    arguments, output = result["found"][0]
    assert arguments == {"command": "fine", "old": 1}
    # It runs, and nobody is left to believe that it was checked.
    assert output.startswith("fine\n\npackgate could not be asked, so this was not checked: ")
    assert result["notices"]


def test_amp_delegates_whatever_it_does_not_deny(tmp_path: Path) -> None:
    hook = tmp_path / "packgate-hook"
    hook.write_text('#!/bin/sh\necho "$@"\ncat\nexit 2\n')
    hook.chmod(0o755)
    files = rendered_files(tmp_path / "repository", "amp", Options(hook=str(hook)))
    rules = json.loads(files[amp.SETTINGS])["amp.permissions"]
    assert rules[-1] == {"tool": "*", "action": "delegate", "to": f"{hook}-amp"}
    assert {rule["action"] for rule in rules[:-1]} == {"reject"}, "a question would keep the hook from being asked"
    assert rules[0]["message"] == 'contexts: Ask "somebody" first.'
    delegate = tmp_path / amp.DELEGATE
    delegate.write_text(files[amp.DELEGATE])
    os.chmod(delegate, 0o755)
    done = subprocess.run([delegate], input='{"cmd": "ls"}', capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, 'amp delegate\n{"cmd": "ls"}')
