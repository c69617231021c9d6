"""Every driver against its real agent: what a rule or a hook stops is seen as stopped, by whom, and what nothing stops is let through to a
stub that runs nothing.

Not part of the quick suite: `pytest -m agents cli/tests/agents`, with the agents named as `packgate conform --help` says.
"""

from __future__ import annotations

import json
import os

import pytest

from packgate.conform.engines.claude_code import MANAGED, ClaudeCode
from packgate.conform.engines.codex import Codex
from packgate.conform.engines.copilot import Copilot
from packgate.conform.engines.gemini import Gemini
from packgate.conform.lane import ASKED, DENIED, HOOK, OWN, RAN, RULE, Absent, Setting
from packgate.testing.cases import in_context

pytestmark = pytest.mark.agents

HOOK_FILE = "/opt/hook"
DENIES, WARNS = "hook-denies", "hook-warns"
# Reads the payload; says no to one word and something to the agent at another.
SCRIPT = """#!/run/conform/real/sh
payload=$(cat)
case "$payload" in
  *hook-denies*) printf '%s' '{deny}' ;;
  *hook-warns*) printf '%s' '{warn}' ;;
esac
"""


def hook(deny, warn):
    return SCRIPT.replace("{deny}", json.dumps(deny)).replace("{warn}", json.dumps(warn))


def claude():
    said = {"hookEventName": "PreToolUse"}
    deny = {"hookSpecificOutput": {**said, "permissionDecision": "deny", "permissionDecisionReason": "not this"}}
    warn = {"hookSpecificOutput": {**said, "additionalContext": "mind this"}}
    handler = {"type": "command", "command": HOOK_FILE, "onFailure": "block", "timeout": 10}
    settings = {
        "permissions": {"deny": ["Bash(forbidden *)"], "ask": ["Bash(questionable *)"]},
        "hooks": {"PreToolUse": [{"matcher": "*", "hooks": [handler]}]},
    }
    return ClaudeCode(), {f"{MANAGED}/20-test.json": json.dumps(settings)}, hook(deny, warn)


def codex():
    said = {"hookEventName": "PreToolUse"}
    deny = {"hookSpecificOutput": {**said, "permissionDecision": "deny", "permissionDecisionReason": "not this"}}
    warn = {"hookSpecificOutput": {**said, "additionalContext": "mind this"}}
    requirements = f"""allow_managed_hooks_only = true
[features]
hooks = true
[rules]
prefix_rules = [
  {{ pattern = [{{ token = "forbidden" }}], decision = "forbidden", justification = "no" }},
  {{ pattern = [{{ token = "questionable" }}], decision = "prompt", justification = "ask" }},
]
[hooks]
managed_dir = "/etc/codex/hooks"
[[hooks.PreToolUse]]
matcher = ".*"
[[hooks.PreToolUse.hooks]]
type = "command"
command = "{HOOK_FILE}"
timeout = 10
"""
    return Codex(), {"/etc/codex/requirements.toml": requirements, "/etc/codex/hooks/.keep": ""}, hook(deny, warn)


def copilot():
    deny = {"permissionDecision": "deny", "permissionDecisionReason": "not this"}
    hooks = {"version": 1, "hooks": {"preToolUse": [{"type": "command", "exec": HOOK_FILE, "timeoutSec": 10}]}}
    rules = {
        "deny": ["Shell(forbidden *)"], "ask": ["Shell(questionable *)"], "allow": ["Shell(*)", "Read(//**)", "Edit(//**)", "Domain"],
    }
    files = {
        "/etc/github-copilot/policy.d/10-test.json": json.dumps(hooks),
        "/etc/github-copilot/managed-settings.json": json.dumps({"permissions": rules}),
    }
    return Copilot(), files, hook(deny, {"additionalContext": "mind this"})


def gemini():
    handler = {"name": "test", "type": "command", "command": HOOK_FILE, "timeout": 10000}
    rules = """[[rule]]
toolName = "run_shell_command"
commandPrefix = "forbidden"
decision = "deny"
priority = 900
[[rule]]
toolName = "run_shell_command"
commandPrefix = "questionable"
decision = "ask_user"
priority = 900
"""
    files = {
        "/etc/gemini-cli/settings.json": json.dumps({"hooks": {event: [{"matcher": "*", "hooks": [handler]}] for event in ("BeforeTool", "AfterTool")}}),
        "/etc/gemini-cli/policies/test.toml": rules,
    }
    # What it says beside a call reaches the model after the call.
    warn = {"hookSpecificOutput": {"hookEventName": "AfterTool", "additionalContext": "mind this"}}
    return Gemini(), files, hook({"decision": "deny", "reason": "not this"}, warn)


@pytest.fixture(scope="module", params=[claude, codex, copilot, gemini], ids=lambda make: make.__name__)
def setup(request):
    lane, files, script = request.param()
    engine = lane.find(None, os.environ)
    if isinstance(engine, Absent):
        pytest.skip(engine.reason)
    setting = Setting(files={**files, HOOK_FILE: script}, modes={HOOK_FILE: 0o755}, may_run=[HOOK_FILE])
    return lane, engine, setting


def shell(command):
    return in_context({"surface": "shell", "command": command}, {})


def test_who_stops_what(setup):
    lane, engine, setting = setup
    commands = ["harmless one", "forbidden one", "questionable one", f"echo {DENIES}", f"echo {WARNS}", "harmless again"]
    seen = lane.run(engine, setting, [shell(command) for command in commands])
    assert [each.outcome for each in seen] == [RAN, DENIED, ASKED, DENIED, RAN, RAN]
    assert [each.by for each in seen[1:4]] == [RULE, RULE, HOOK]
    assert "not this" in seen[3].told
    assert ["mind this" in each.told for each in seen] == [False, False, False, False, True, False]


def test_files_and_tools_reach_the_hook(setup):
    lane, engine, setting = setup
    actions = [
        in_context({"surface": "file", "operation": "write", "path": f"/home/dev/proj/{DENIES}.txt"}, {}),
        in_context({"surface": "file", "operation": "write", "path": "/home/dev/proj/fine.txt"}, {}),
        in_context({"surface": "mcp", "server": "tracker", "tool": "get", "arguments": {"id": DENIES}}, {}),
        in_context({"surface": "mcp", "server": "tracker", "tool": "get", "arguments": {"id": "1"}}, {}),
        in_context({"surface": "file", "operation": "write", "path": "/srv/elsewhere.txt"}, {}),
        shell("curl -sS http://example.com:8080/x > out.txt"),
    ]
    seen = lane.run(engine, setting, actions)
    assert [each.outcome for each in seen] == [DENIED, RAN, DENIED, RAN, RAN, RAN]


def test_nothing_runs(setup, tmp_path):
    lane, engine, setting = setup
    canary = tmp_path / "canary"
    canary.write_text("alive")
    seen = lane.run(engine, setting, [shell(f"rm -rf {tmp_path}"), shell(f"touch {tmp_path}/made")])
    # Codex refuses to delete like that by itself; Gemini CLI asks.
    assert (seen[0].outcome, seen[0].by) in ((RAN, ""), (DENIED, OWN), (ASKED, RULE))
    assert seen[1].outcome == RAN
    assert [path.name for path in tmp_path.iterdir()] == ["canary"]
    assert canary.read_text() == "alive"
