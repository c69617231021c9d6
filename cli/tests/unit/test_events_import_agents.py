"""Sessions of agents as events: what the real programs recorded, and what is damaged, missing or unknown in such records."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from recorded_sessions import AGENTS, FOLDER, actions, database, events_of, of_text, recorded

from packgate.events.importing.event import Context
from packgate.events.importing.guess import guessed
from packgate.events.importing.ids import KnownIds
from packgate.events.importing.run import Counts, imported
from packgate.model.action import parse_action
from packgate.resources import schema_path

_SECRET = "AKIA" + "Q7X2" * 4
# What the two sessions hold for every agent (`benchmarks/transcript_sessions.py`), by surface. Codex has no tool that reads files.
_SHELL = 33
_COMMANDS = {"git push origin main", "ls -la", "npm install --save-dev prettier", "terraform plan -var-file=staging.tfvars", "false"}


@pytest.mark.parametrize("agent", AGENTS)
def test_recorded_sessions_become_events(agent, tmp_path):
    events, counts = events_of(recorded(agent, tmp_path))
    assert set(counts.files) == {agent}
    assert counts.sessions == 2
    assert not counts.damaged
    assert not counts.unknown
    found = actions(events)
    shell = [each for each in found if each["surface"] == "shell"]
    assert len(shell) == _SHELL + (2 if agent == "codex" else 0)
    assert {each["command"] for each in shell} >= _COMMANDS
    assert Counter(each["surface"] for each in found)["prompt"] == 2
    assert {(each["server"], each["tool"]) for each in found if each["surface"] == "mcp"} >= {
        ("db", "list_tables"), ("db", "run_query"), ("tracker", "add_comment"),
    }
    writes = {each["path"] for each in found if each["surface"] == "file" and each["operation"] == "write"}
    assert writes >= {"/home/dev/shop/src/money.py", "/home/dev/shop/CHANGELOG.md", "/home/dev/infra/staging.tfvars"}
    for each in found:
        parse_action(each)
        assert each["actor"]["agent"] == agent
        assert each["actor"]["session"]
        assert each["home"] == "/home/dev"
        assert each["time"].startswith("2026-11-21T")
    assert {each["repo"]["root"] for each in found if each["repo"]} == {"/home/dev/shop", "/home/dev/infra"}


@pytest.mark.parametrize("agent", AGENTS)
def test_events_are_those_of_the_schema(agent, tmp_path):
    events, _ = events_of(recorded(agent, tmp_path), outputs=True)
    event_check, action_check = (
        Draft202012Validator(json.loads(Path(schema_path(name)).read_text())) for name in ("event", "action")
    )
    for event in events:
        event_check.validate(event)
        if event["action"] is not None:
            action_check.validate(event["action"])


@pytest.mark.parametrize("agent", AGENTS)
def test_results_are_linked(agent, tmp_path):
    events, _ = events_of(recorded(agent, tmp_path))
    results = {
        event["action"]["command"]: (event["outcome"]["result"], event["outcome"]["exit_code"])
        for event in events if event["action"] and event["action"]["surface"] == "shell"
    }
    assert results["git push origin main"][0] == "ran"
    if agent in ("codex", "copilot", "opencode"):
        # Their shells really ran these.
        assert results["cat missing.txt"] == ("failed", 1)
        assert results["false"] == ("failed", 1)
        assert results["ls -la"] == ("ran", 0)
    denied = {"claude-code": "cat ~/.aws/config", "codex": "rm -rf node_modules/.cache dist", "gemini": "git switch -c fix/rounding",
              "copilot": "curl -fsS http://localhost:8080/health | head -5"}
    if agent in denied:
        assert results[denied[agent]][0] == "denied"
    missing = [event for event in events if event["action"] and event["action"].get("path") == "/home/dev/nothing-here.txt"]
    assert {event["outcome"]["result"] for event in missing} <= {"failed"}
    assert len(missing) == (0 if agent == "codex" else 2)


@pytest.mark.parametrize("agent", AGENTS)
def test_what_no_tool_does_is_not_replayable(agent, tmp_path):
    events, counts = events_of(recorded(agent, tmp_path))
    lost = [event for event in events if event["outcome"]["replay"] == "none"]
    assert lost
    assert all(event["action"] is None for event in lost)
    assert ("none", "unknown-tool") in counts.reasons
    assert {event["outcome"]["tool"] for event in lost} >= ({"report_intent"} if agent == "copilot" else {
        "NoSuchTool" if agent == "claude-code" else "no_such_tool"
    })
    assert sum(counts.replay.values()) == counts.events == len(events)


@pytest.mark.parametrize("agent", AGENTS)
def test_outputs_are_imported_when_asked_for(agent, tmp_path):
    plain, _ = events_of(recorded(agent, tmp_path))
    events, counts = events_of([FOLDER / agent] if agent != "opencode" else [tmp_path / "opencode.db"], outputs=True)
    told = [each["text"] for each in actions(events) if each["surface"] == "output"]
    assert any("To be read." in each or "packgate-conform" in each for each in told)
    assert counts.surfaces["output"] == len(told)
    assert not [each for each in actions(plain) if each["surface"] == "output"]


def test_the_same_record_has_the_same_ids(tmp_path):
    first, _ = events_of([FOLDER / "claude-code"])
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for path in FOLDER.glob("claude-code/*/*.jsonl"):
        (moved / path.name).write_bytes(path.read_bytes())
    again, counts = events_of([FOLDER / "claude-code", moved])
    ids = [event["outcome"]["id"] for event in first]
    assert len(set(ids)) == len(ids)
    assert [event["outcome"]["id"] for event in again] == ids
    assert counts.repeated == len(ids)


@pytest.mark.parametrize(("agent", "name"), [
    ("claude-code", "*/*.jsonl"), ("codex", "*/*/*/*.jsonl"), ("copilot", "*/events.jsonl"), ("gemini", "*/chats/*.jsonl"), ("opencode", "*.json"),
])
def test_the_format_is_told_by_the_file(agent, name, tmp_path):
    for path in (FOLDER / agent).glob(name):
        renamed = tmp_path / "x"
        renamed.write_bytes(path.read_bytes())
        assert guessed(renamed) == agent
    assert guessed(database(tmp_path)) == "opencode"
    assert guessed(FOLDER / "README.md") is None


def test_a_cut_session_is_read_up_to_its_damage(tmp_path):
    (path,) = (FOLDER / "claude-code" / "-home-dev-shop").glob("*.jsonl")
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    broken = [*lines[:20], b'{"type": "assistant", "mess\n', b"\xff\xfe\n", b"\0\x01\x02\n", b"[1]\n", b'{"type":"user"}\n', *lines[20:-1], lines[-1][:40]]
    events, counts = of_text(tmp_path, b"".join(broken), "claude-code")
    assert [(line, why.split(":")[0]) for _, line, why in counts.damages] == [
        (21, "not JSON"), (22, "it is not UTF-8"), (23, "it is binary"), (24, "it is JSON, but no object"),
        (25, "a line of the type user without a message"), (len(broken), "not JSON"),
    ]
    complete, _ = of_text(tmp_path, whole, "claude-code")
    assert [event["outcome"]["id"] for event in events] == [event["outcome"]["id"] for event in complete]


def test_a_huge_line_is_told_and_read_past(tmp_path, monkeypatch):
    monkeypatch.setattr("packgate.events.importing.source.LONGEST_LINE", 1000)
    prompt = {"type": "user", "uuid": "u", "sessionId": "s", "timestamp": "2026-01-01T00:00:00Z", "message": {"role": "user", "content": "hello"}}
    huge = {**prompt, "uuid": "v", "message": {"role": "user", "content": "x" * 5000}}
    events, counts = of_text(tmp_path, f"{json.dumps(huge)}\n{json.dumps(prompt)}\n", "claude-code")
    assert [each["text"] for each in actions(events)] == ["hello"]
    assert [(line, why) for _, line, why in counts.damages] == [(1, "it is longer than 1,000 bytes")]


def test_what_a_later_version_adds_is_counted(tmp_path):
    (path,) = (FOLDER / "claude-code" / "-home-dev-shop").glob("*.jsonl")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    newer = [{**line, "version": "9.0.0", "more": {"deep": [1]}} for line in lines] + [{"type": "tool-stream", "sessionId": "s"}] * 3
    events, counts = of_text(tmp_path, "\n".join(map(json.dumps, newer)), "claude-code")
    assert dict(counts.unknown) == {"claude-code tool-stream": 3}
    assert {event["outcome"]["version"] for event in events} == {"9.0.0"}
    for format, record in (
        ("codex", {"timestamp": "2026-01-01T00:00:00Z", "type": "new_item", "payload": {}}),
        ("copilot", {"type": "galaxy.brain", "data": {}, "id": "1", "timestamp": "2026-01-01T00:00:00Z"}),
        ("gemini", {"id": "1", "type": "oracle", "timestamp": "2026-01-01T00:00:00Z"}),
    ):
        found, counts = of_text(tmp_path, json.dumps(record), format)
        assert not found
        assert sum(counts.unknown.values()) == 1


def _session(*lines: dict[str, object]) -> str:
    return "\n".join(json.dumps({"sessionId": "s", "timestamp": "2026-01-01T00:00:00Z", "cwd": "/home/ann/app", "uuid": str(number), **line})
                     for number, line in enumerate(lines))


def _call(name: str, given: object, id: str = "t") -> dict[str, object]:
    return {"type": "assistant", "message": {"role": "assistant", "content": [{"type": "tool_use", "id": id, "name": name, "input": given}]}}


def _result(id: str, content: str, **more: object) -> dict[str, object]:
    return {"type": "user", "message": {"role": "user", "content": [{"type": "tool_result", "tool_use_id": id, "content": content, **more}]}}


def test_results_come_in_any_order_and_may_be_missing(tmp_path):
    events, _ = of_text(tmp_path, _session(
        _call("Bash", {"command": "one"}, "a"), _call("Bash", {"command": "two"}, "b"), _call("Bash", {"command": "three"}, "c"),
        _result("b", "Exit code 2\nno", is_error=True), _result("a", "yes"),
    ), "claude-code")
    assert [(event["action"]["command"], event["outcome"]["result"], event["outcome"]["exit_code"]) for event in events] == [
        ("one", "ran", None), ("two", "failed", 2), ("three", None, None),
    ]


def test_secrets_never_reach_an_event_and_their_loss_is_told(tmp_path):
    events, counts = of_text(tmp_path, _session(
        _call("Bash", {"command": f"aws configure set aws_access_key_id {_SECRET}"}), _call("mcp__db__q", {_SECRET: 1}, "u"),
        {"type": "user", "message": {"role": "user", "content": f"use {_SECRET}"}}, _call("Bash", {"command": "ls"}, "v"),
    ), "claude-code", outputs=True)
    assert _SECRET not in json.dumps(events)
    assert [event["outcome"]["replay"] for event in events] == ["partial", "partial", "partial", "full"]
    assert events[0]["outcome"]["reasons"] == ["redacted:aws-access-key"]
    assert counts.reasons["partial", "redacted"] == 3


def test_a_session_that_goes_on_in_another_file_counts_once(tmp_path):
    first = _session(_call("Bash", {"command": "one"}), _result("t", "yes"))
    (tmp_path / "a.jsonl").write_text(first)
    (tmp_path / "b.jsonl").write_text("\n".join(json.dumps({**json.loads(line), "sessionId": "resumed"}) for line in first.splitlines()))
    events, counts = events_of([tmp_path])
    assert len(events) == counts.repeated == 1


def test_long_content_is_cut_and_told(tmp_path):
    events, _ = of_text(tmp_path, _session(_call("Write", {"file_path": "/home/ann/app/a", "content": "x" * 100_000})), "claude-code")
    assert len(events[0]["action"]["content"]) < 20_000
    assert events[0]["outcome"]["reasons"] == ["cut"]


def test_what_is_not_said_by_a_person_is_no_prompt(tmp_path):
    said = [{"type": "user", "message": {"role": "user", "content": text}, **more} for text, more in (
        ("do it", {}), ("a reminder", {"isMeta": True}), ("for a subagent", {"isSidechain": True}), ("a summary", {"isCompactSummary": True}),
        ("<command-name>/clear</command-name>", {}), ("<local-command-stdout></local-command-stdout>", {}),
    )]
    events, _ = of_text(tmp_path, _session(*said), "claude-code")
    assert [each["text"] for each in actions(events)] == ["do it"]


def test_context_of_the_caller_completes_the_record(tmp_path):
    text = _session(_call("Bash", {"command": "ls"}))
    looked: list[str] = []

    def look_up(folder: str) -> dict[str, str]:
        looked.append(folder)
        return {"name": "acme/app", "root": "/home/ann", "default_branch": "trunk", "branch": "now"}

    events, _ = of_text(tmp_path, text, "claude-code", user="ann", groups=("payments",), team="core", look_up=look_up)
    action = events[0]["action"]
    assert action["actor"] == {"agent": "claude-code", "session": "s", "user": "ann", "groups": ["payments"], "team": "core", "owner": None}
    assert action["repo"] == {"name": "acme/app", "root": "/home/ann", "branch": None, "default_branch": "trunk"}
    assert looked == ["/home/ann/app"]
    assert events[0]["outcome"]["assumed"] == []
    events, _ = of_text(tmp_path, text, "claude-code")
    assert events[0]["action"]["repo"]["root"] == "/home/ann/app"
    assert events[0]["outcome"]["assumed"] == ["repo.root"]


def _rollout(*items: dict[str, object]) -> str:
    meta = {"type": "session_meta", "payload": {"id": "s", "cwd": "/home/ann/app", "cli_version": "0.1", "git": {"branch": "b", "repository_url": "git@h:acme/app.git"}}}
    return "\n".join(json.dumps({"timestamp": "2026-01-01T00:00:00.5Z", **line}) for line in (meta, *({"type": "response_item", "payload": item} for item in items)))


@pytest.mark.parametrize(("item", "command", "cwd"), [
    ({"type": "function_call", "name": "shell", "arguments": '{"command": ["bash", "-lc", "ls | wc"], "workdir": "src"}'}, "ls | wc", "/home/ann/app/src"),
    ({"type": "function_call", "name": "shell", "arguments": '{"command": ["git", "commit", "-m", "a b"]}'}, "git commit -m 'a b'", "/home/ann/app"),
    ({"type": "function_call", "name": "shell_command", "arguments": '{"command": "pwd", "workdir": "/tmp"}'}, "pwd", "/tmp"),
    ({"type": "local_shell_call", "action": {"type": "exec", "command": ["ls"], "working_directory": "/srv"}}, "ls", "/srv"),
])
def test_shell_tools_that_codex_has_had(item, command, cwd, tmp_path):
    events, _ = of_text(tmp_path, _rollout({**item, "call_id": "c"}), "codex")
    assert [(each["command"], each["cwd"]) for each in actions(events)] == [(command, cwd)]
    assert (events[0]["action"]["repo"] or {}).get("name") == ("acme/app" if cwd.startswith("/home/ann/app") else None)


def test_what_codex_does_where_no_hook_is_asked(tmp_path):
    events, counts = of_text(tmp_path, _rollout(
        {"type": "web_search_call", "action": {"query": "x"}}, {"type": "function_call", "name": "write_stdin", "call_id": "a", "arguments": '{"chars": "y"}'},
        {"type": "function_call", "name": "write_stdin", "call_id": "b", "arguments": '{"chars": ""}'},
        {"type": "function_call", "name": "exec_command", "call_id": "c", "arguments": "{"},
    ), "codex")
    assert [(event["outcome"]["tool"], event["outcome"]["reasons"]) for event in events] == [
        ("web_search", ["server-side"]), ("write_stdin", ["input-to-a-running-program"]), ("exec_command", ["unreadable-call"]),
    ]
    assert counts.inner == 1


def test_a_document_of_an_earlier_gemini(tmp_path):
    chats = tmp_path / "hash" / "chats"
    chats.mkdir(parents=True)
    (tmp_path / "hash" / ".project_root").write_text("/home/ann/app")
    (chats / "session-1.json").write_text(json.dumps({"sessionId": "s", "projectHash": "h", "messages": [
        {"id": "1", "timestamp": "2026-01-01T00:00:00Z", "type": "user", "content": "list"},
        {"id": "2", "timestamp": "2026-01-01T00:00:01Z", "type": "gemini", "content": "", "toolCalls": [
            {"id": "c", "name": "run_shell_command", "args": {"command": "ls"}, "status": "success", "result": []}]},
    ]}, indent=2))
    events, counts = events_of([tmp_path])
    assert dict(counts.files) == {"gemini": 1}
    assert [(each["surface"], each["cwd"]) for each in actions(events)] == [("prompt", "/home/ann/app"), ("shell", "/home/ann/app")]


def test_a_database_that_is_none(tmp_path):
    path = tmp_path / "opencode.db"
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    events, counts = events_of([path])
    assert not events
    assert counts.damages[0][2].startswith("the database can't be read")


def test_calls_that_are_never_answered_do_not_pile_up(tmp_path):
    calls = [_call("Bash", {"command": f"echo {number}"}, f"t{number}") for number in range(1200)]
    events, _ = of_text(tmp_path, _session(*calls, _result("t1199", "ok"), _call("Bash", {"command": "again"}, "t1199"), _result("t1199", "ok")), "claude-code")
    assert [event["action"]["command"] for event in events] == [*(f"echo {number}" for number in range(1200)), "again"]
    assert [event["outcome"]["result"] for event in events] == [None] * 1199 + ["ran"] * 2


def test_memory_stays_flat(tmp_path):
    said = ({"type": "user", "message": {"role": "user", "content": f"{number} word"}} for number in range(300))
    text = _session(*(line for each in said for line in (each, {"type": "attachment", "attachment": "x" * 30_000})))
    path = tmp_path / "s.jsonl"
    path.write_text(text)
    counts, known = Counts(), KnownIds()
    tracemalloc.start()
    try:
        for number, _ in enumerate(imported([(path, "claude-code")], Context(), known, counts)):
            if number == 20:
                tracemalloc.reset_peak()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert counts.events == 300
    assert len(text) > 8_000_000
    assert peak < 2_500_000


def test_pipes_in_a_folder_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.jsonl")
    (tmp_path / "b.jsonl").write_text(_session({"type": "user", "message": {"role": "user", "content": "hello"}}))
    for format in (None, "claude-code"):
        events, _ = events_of([tmp_path], format)
        assert len(events) == 1


def test_a_prompt_that_codex_records_in_two_ways_is_one(tmp_path):
    said = {"type": "event_msg", "payload": {"type": "user_message", "message": "go on"}}
    item = {"type": "event_msg", "payload": {"type": "item_completed", "item": {"type": "UserMessage", "content": [{"type": "text", "text": "go on"}]}}}
    for lines, prompts in (([said, item, said, item], 2), ([item, item], 2), ([said], 1)):
        events, _ = of_text(tmp_path, _rollout() + "\n" + "\n".join(json.dumps({"timestamp": "2026-01-01T00:00:00Z", **line}) for line in lines), "codex")
        assert len(events) == prompts
