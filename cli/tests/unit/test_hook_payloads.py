"""Payloads recorded from the real agents become the actions that they are about."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hook_payloads import PROJ, RECORDED, actions, call, file, recorded, shell

from packgate.catalog.load import load_builtin
from packgate.facts.analyze import analyze
from packgate.hook.dialects import dialect
from packgate.hook.exchange import ACT, KINDS, OUTPUT, PayloadError, Request
from packgate.model.action import parse_action


def known(name: str) -> bool:
    agent, event, _ = recorded(name)
    return event in dialect(agent).EVENTS


KNOWN = [name for name in RECORDED if known(name)]


@pytest.mark.parametrize("name", KNOWN)
def test_recorded_payloads_are_read(name: str) -> None:
    agent, event, payload = recorded(name)
    request = dialect(agent).read(event, payload)
    assert request.agent == agent
    assert request.kind == dialect(agent).EVENTS[event]
    assert request.kind in KINDS
    assert request.cwd is None or request.cwd.startswith("/home/dev")
    for data in request.actions:
        action = parse_action({"cwd": request.cwd, "home": "/home/dev", **data})
        assert not action.notes
        assert analyze(action, load_builtin()).operations


@pytest.mark.parametrize("name", KNOWN)
def test_a_payload_without_what_it_needs_is_an_error_or_says_less(name: str) -> None:
    """Whatever is taken away or put in its place, a payload is read or refused in words; and a tool call that had an action is never
    read as one without."""
    agent, event, payload = recorded(name)
    before = dialect(agent).read(event, payload)
    for path in paths(payload):
        for value in (None, 7, [], {}, "x"):
            broken = with_value(payload, path, value)
            request = read_or_refuse(agent, event, broken)
            if request is not None and before.kind == ACT and before.actions:
                assert request.actions, (path, value)


def read_or_refuse(agent: str, event: str, payload: Any) -> Request | None:
    try:
        return dialect(agent).read(event, payload)
    except PayloadError:
        return None


def paths(value: Any, prefix: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found: list[tuple[str | int, ...]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found.append((*prefix, key))
        found.extend(paths(inner, (*prefix, key)))
    return found


def with_value(payload: Any, path: tuple[str | int, ...], value: Any) -> Any:
    changed = copy.deepcopy(payload)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


@pytest.mark.parametrize("agent", sorted({name.split("/")[0] for name in RECORDED}))
def test_what_is_no_payload(agent: str) -> None:
    module = dialect(agent)
    event = next(iter(module.EVENTS))
    for payload in (None, [], "x", 7):
        with pytest.raises(PayloadError):
            module.read(event, payload)
    with pytest.raises(PayloadError, match="NoSuchEvent"):
        module.read("NoSuchEvent", {})


CLAUDE = {
    "PreToolUse-Bash": [shell("git status --short")],
    "PreToolUse-Bash-2": [shell("sleep 1")],
    "PreToolUse-Monitor": [shell("tail -n 1 notes.txt")],
    "PreToolUse-Write": [file("write", f"{PROJ}/notes.txt", "one\ntwo\n")],
    "PreToolUse-Read": [file("read", f"{PROJ}/notes.txt")],
    "PreToolUse-Edit": [file("edit", f"{PROJ}/notes.txt", "uno")],
    "PreToolUse-NotebookEdit": [file("edit", f"{PROJ}/n.ipynb", "print(1)")],
    "PreToolUse-WebFetch": [{"surface": "web", "method": "GET", "url": "http://127.0.0.1:1/page", "body": None}],
    "PreToolUse-WebSearch": [call("claude-code", "WebSearch", {"query": "weather of today"}, reads=True)],
    "PreToolUse-mcp__my_db__drop_table": [call("my.db", "drop_table", {"q": "users"})],
    "PreToolUse-EnterWorktree": [call("claude-code", "EnterWorktree", {"name": "w"})],
    "PostToolUse-Read": [{"surface": "output", "text": "one\ntwo\n"}],
    "PostToolUse-mcp__my_db__drop_table": [{"surface": "output", "text": "called drop_table"}],
    "PostToolUse-Write": [],
    "SessionStart": [],
    "UserPromptSubmit": [{"surface": "prompt", "text": "Show me what changed in this repository."}],
    "ConfigChange": [file("edit", f"{PROJ}/.claude/settings.json")],
}


@pytest.mark.parametrize(("name", "expected"), CLAUDE.items())
def test_claude_code(name: str, expected: list[dict[str, Any]]) -> None:
    assert actions(f"claude-code/{name}.json") == expected


@pytest.mark.parametrize("name", ["Agent", "CronCreate", "SendMessage"])
def test_what_claude_code_tells_another_agent_is_a_prompt_too(name: str) -> None:
    told, called = actions(f"claude-code/PreToolUse-{name}.json")
    assert told["surface"] == "prompt"
    assert told["text"]
    assert (called["server"], called["tool"]) == ("claude-code", name)


# Tools that 2.1.329 did not offer in the recorded sessions, in the form of its documentation.
CLAUDE_TOOLS: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = [
    ("MultiEdit", {"file_path": "a.py", "edits": [{"old_string": "a", "new_string": "b"}, {"old_string": "c", "new_string": "d"}]}, [file("edit", "a.py", "b\nd")]),
    ("Grep", {"pattern": "key"}, [file("read", ".")]),
    ("Grep", {"pattern": "key", "path": "src/", "glob": "*.pem"}, [file("read", "src/*.pem")]),
    ("Glob", {"pattern": "**/*.py"}, [call("claude-code", "Glob", {"pattern": "**/*.py"}, reads=True)]),
    ("PowerShell", {"command": "Get-Item a"}, [shell("Get-Item a") | {"shell": "powershell"}]),
    ("Monitor", {"ws": {"url": "wss://example.com/feed"}}, [{"surface": "web", "method": "GET", "url": "wss://example.com/feed", "body": None}]),
    ("mcp__files__read_file", {"path": "a"}, [call("files", "read_file", {"path": "a"})]),
    ("TodoWrite", {"todos": []}, []),
    ("SomethingNew", {"x": 1}, [call("claude-code", "SomethingNew", {"x": 1})]),
]


@pytest.mark.parametrize(("tool", "given", "expected"), CLAUDE_TOOLS)
def test_other_tools_of_claude_code(tool: str, given: dict[str, Any], expected: list[dict[str, Any]]) -> None:
    payload = {"hook_event_name": "PreToolUse", "cwd": PROJ, "tool_name": tool, "tool_input": given}
    assert dialect("claude-code").read("PreToolUse", payload).actions == expected


@pytest.mark.parametrize(("tool", "given", "key"), [
    ("Bash", {}, "command"), ("Bash", {"command": ["rm"]}, "command"), ("Write", {"file_path": "a"}, "content"), ("Edit", {"file_path": "a"}, "new_string"),
    ("Read", {"file_path": 1}, "file_path"), ("MultiEdit", {"file_path": "a", "edits": []}, "edits"), ("WebFetch", {}, "url"), ("Monitor", {}, "command"),
    ("mcp__nothing", {}, "tool_name"), ("NotebookEdit", {}, "notebook_path"), ("ReadMcpResourceTool", {}, "server"),
])
def test_a_known_tool_without_its_input_is_refused(tool: str, given: dict[str, Any], key: str) -> None:
    with pytest.raises(PayloadError, match=key):
        dialect("claude-code").read("PreToolUse", {"hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": given})


def test_an_event_that_says_it_is_another_is_refused() -> None:
    with pytest.raises(PayloadError, match="hook_event_name"):
        dialect("claude-code").read("PreToolUse", {"hook_event_name": "PostToolUse"})


def test_relative_paths_are_of_the_session() -> None:
    action = parse_action({"surface": "file", "operation": "read", "path": "sub/../.env", "cwd": PROJ, "home": "/home/dev"})
    (operation, *_) = analyze(action, load_builtin()).operations
    assert operation.get("path") == (f"{PROJ}/.env",)


def test_output_is_what_may_be_replaced() -> None:
    agent, event, payload = recorded("claude-code/PostToolUse-Bash.json")
    request = dialect(agent).read(event, payload)
    assert request.kind == OUTPUT
    assert request.original == payload["tool_response"]
