"""What normal work looks like: normal forms, counts, novelty; and which events a selection takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from recorded_sessions import AGENTS, events_of, recorded

from packgate.catalog.load import load_builtin
from packgate.engine.gate import build_gate
from packgate.events.baseline import baseline
from packgate.events.baseline_text import as_json, as_text
from packgate.events.normal_form import normal_form
from packgate.events.reading import Damage, Read, read
from packgate.events.selecting import Selection
from packgate.events.timeline import as_text as timeline_text
from packgate.events.timeline import timeline
from packgate.facts.analyze import analyze
from packgate.model.action import parse_action
from packgate.source.workspace import load_workspace

_PLACE = {"cwd": "/home/ann/app/src", "home": "/home/ann", "repo": {"name": None, "root": "/home/ann/app", "branch": "x", "default_branch": "main"}}
_CATALOG = load_builtin()


@pytest.mark.parametrize(("first", "second", "form"), [
    ("git push -u origin fix/a", "git push -u origin main", "git push -u <remote> <branch>"),
    ("git commit -m 'one thing'", "git commit -m 'another'", "git commit -m"),
    ("cat a.txt", "cat ../b/c.txt", "cat <path in repository>"),
    ("cat ~/.bashrc", "cat /home/ann/notes", "cat <path in home>"),
    ("rm -rf /tmp/a", "rm -rf /tmp/b/c /tmp/d", "rm -rf <temporary path>"),
    ("ls /etc/a", "ls /srv/b", "ls <path outside>"),
    ("kubectl --context a get pods -n b", "kubectl --context c get deploy -n d", "kubectl get --context -n <word>"),
    ("sleep 5", "sleep 60", "sleep <number>"),
    ("curl https://a.example/x", "curl https://b.example/y?z=1", "curl <https address>"),
    ("git show 1a2b3c4d", "git show 99ff00aa", "git show <hash>"),
    ("a=1; for f in x y; do echo $f; done", "echo z", "echo <word>"),
    ("head -5 a.txt | grep -i x", "head -12 b.txt | grep -i y", "head -<number> <path in repository> ; grep -i <word>"),
])
def test_normal_forms_fold_what_differs(first, second, form):
    def of(command):
        action = parse_action({"surface": "shell", "command": command, **_PLACE})
        return normal_form(action, analyze(action, _CATALOG), _CATALOG)

    assert of(first) == form
    assert of(second) == form


@pytest.mark.parametrize(("action", "form"), [
    ({"surface": "file", "operation": "edit", "path": "a.py"}, "edit <path in repository> *.py"),
    ({"surface": "file", "operation": "read", "path": "/etc/passwd"}, "read <path outside>"),
    ({"surface": "mcp", "server": "db", "tool": "q", "arguments": {"sql": "x", "a": 1}}, "db/q a sql"),
    ({"surface": "web", "method": "POST", "url": "https://a.example/b"}, "POST <https address>"),
    ({"surface": "prompt", "text": "hello"}, "<prompt>"),
])
def test_normal_forms_of_other_surfaces(action, form):
    parsed = parse_action({**_PLACE, **action})
    assert normal_form(parsed, analyze(parsed, _CATALOG), _CATALOG) == form


@pytest.fixture(scope="module")
def gate():
    space = load_workspace(None, ["recommended"])
    return build_gate(space.packs, space.vocabulary, lists=space.lists)


def _decided(number, command, time, user="ann", session="s", mode=None):
    matches = [] if mode is None else [{"pack": "p", "policy": "rule", "mode": mode, "effective": mode}]
    action = {"id": f"a{number}", "surface": "shell", "command": command, **_PLACE, "actor": {"agent": "codex", "session": session, "user": user, "groups": ["g1", "g2"]}}
    decision = {"decision_id": f"d{number}", "action_id": f"a{number}", "decision": "deny" if mode == "block" else "allow", "mode": mode, "would": mode,
                "policy_ids": ["rule"] if mode else [], "reason": "r", "message": "", "risk_score": 0, "matches": matches, "bundles": []}
    return {"v": 1, "seq": None, "time": time, "kind": "decision", "action": action, "decision": decision, "latency_us": 1, "follows": None, "outcome": None, "prev": None}


def _reads(events):
    return [Read("f", number, event) for number, event in enumerate(events, 1)]


def test_a_baseline_counts_and_tells_what_is_new(gate):
    events = [
        _decided(1, "git status", "2026-01-01T09:00:00Z"), _decided(2, "git status", "2026-01-02T09:00:00Z", "bob", "t"),
        _decided(3, "git push origin main", "2026-01-20T09:00:00Z"), _decided(4, "git push origin main", "2026-01-21T09:00:00+02:00"),
        _decided(5, "ls", None),
        {"v": 1, "kind": "imported", "time": None, "action": None, "outcome": {"id": "i", "replay": "none", "reasons": ["unknown-tool"]}},
        {"v": 1, "kind": "gap", "time": "2026-01-02T09:00:00Z", "action": None, "outcome": {"failure": "time-out", "message": "x"}},
    ]
    found = as_json(baseline(_reads(events), gate, 7), 0)
    assert found["total"] == {"actions": 5, "passes": 3, "candidates": {"block": 2}, "sessions": 2, "first": "2026-01-01T09:00:00Z", "last": "2026-01-21T07:00:00Z"}
    assert found["not_replayable"] == {"unknown-tool": 1}
    assert found["untimed"] == 1
    assert found["days"] == {"2026-01-01": 1, "2026-01-02": 1, "2026-01-20": 1, "2026-01-21": 1}
    assert [(each["policy"], each["actions"]) for each in found["policies"]] == [("direct-push-to-main", 2)]
    by = {name: {each["value"]: each["actions"] for each in rows} for name, rows in found["by"].items()}
    assert by["user"] == {"ann": 4, "bob": 1}
    assert by["group"] == {"g1": 5, "g2": 5}
    assert by["repository"] == {"/home/ann/app": 5}
    assert by["action"] == {"git status": 2, "git push <remote> <branch>": 2, "ls": 1}
    assert found["novelty"]["since"] == "2026-01-14T07:00:00Z"
    assert found["novelty"]["new"]["action"] == ["git push <remote> <branch>"]
    assert found["novelty"]["new"]["user"] == []


def test_a_baseline_of_recorded_sessions_is_the_same_whatever_the_order(gate, tmp_path):
    events = [event for agent in AGENTS for event in events_of(recorded(agent, tmp_path))[0]]
    forth, back = (baseline(_reads(each), gate, 3) for each in (events, events[::-1]))
    assert as_text(forth, 5) == as_text(back, 5)
    assert " 1 sessions" not in as_text(forth, 5)
    assert json.dumps(as_json(forth, 0)) == json.dumps(as_json(back, 0))
    assert forth.total.actions == sum(event["action"] is not None for event in events) > 200
    assert forth.policies["direct-push-to-main"].actions == 5
    assert sum(forth.unreplayable.values()) == sum(event["action"] is None for event in events)
    assert "git push -u <remote> <branch>" in forth.rows["action"]


@pytest.mark.parametrize(("given", "numbers"), [
    ({}, [1, 2, 3, 4]), ({"verdicts": ("deny",)}, [2]), ({"verdicts": ("block", "warn")}, [2, 3]), ({"verdicts": ("pass",)}, [1]),
    ({"policies": ("rule",)}, [2, 3]), ({"users": ("b*",)}, [3]), ({"sessions": ("s",)}, [1, 2, 4]), ({"runs": ("a2",)}, [2]), ({"runs": ("d3",)}, [3]),
    ({"agents": ("codex",), "users": ("ann",)}, [1, 2]), ({"since": "2026-01-02"}, [2, 3]), ({"until": "2026-01-02"}, [1]),
    ({"repositories": ("/home/ann/*",)}, [1, 2, 3]), ({"tools": ("Bash",)}, [4]), ({"verdicts": ("failed",)}, [4]), ({"kinds": ("imported",)}, [4]),
    ({"surfaces": ("shell",)}, [1, 2, 3]), ({"verdicts": ("not-replayable",)}, [4]),
])
def test_selections(given, numbers):
    events = _reads([
        _decided(1, "ls", "2026-01-01T09:00:00Z"), _decided(2, "ls", "2026-01-02T09:00:00Z", mode="block"),
        _decided(3, "ls", "2026-01-03T09:00:00Z", "bob", "t", "warn"),
        {"v": 1, "kind": "imported", "time": None, "action": None,
         "outcome": {"id": "i", "replay": "none", "reasons": ["x"], "tool": "Bash", "result": "failed", "session": "s", "agent": "gemini", "user": None}},
    ])
    assert [event.line for event in events if Selection(**given).takes(event)] == numbers


def test_the_timeline_of_a_session():
    events = [
        _decided(2, "ls", "2026-01-01T09:00:01Z", mode="warn"), _decided(1, "pwd", "2026-01-01T09:00:00Z"), _decided(3, "ls", "2026-01-01T09:00:02Z"),
        _decided(9, "ls", "2026-01-01T09:00:02Z", session="other"), _decided(4, "x", "2026-01-01T09:00:03Z", mode="block"), _decided(5, "y", "2026-01-01T09:00:04Z"),
        {"v": 1, "kind": "outcome", "time": "2026-01-01T09:00:05Z", "action": None, "decision": None, "follows": "d2", "outcome": {"followed": "result", "ran": True}},
        {"v": 1, "kind": "approval", "time": "2026-01-01T09:01:00Z", "action": None, "decision": None, "follows": "d4", "outcome": {"state": "approved"}},
    ]
    steps = timeline(_reads(events), "s")
    assert [step.event.decision["decision_id"] for step in steps] == ["d1", "d2", "d3", "d4", "d5"]
    assert [step.next for step in steps] == [None, "same", None, "other", None]
    assert [len(step.followed) for step in steps] == [0, 1, 0, 1, 0]
    text = timeline_text(steps, "s")
    assert "then approval approved at 2026-01-01T09:01:00Z" in text
    assert "then outcome result at 2026-01-01T09:00:05Z" in text
    assert "by rule (block)" in text
    assert timeline(_reads(events), "nobody") == []


def test_damaged_lines_are_told_and_the_rest_is_read(tmp_path):
    path = Path(tmp_path, "events.jsonl")
    good = json.dumps(_decided(1, "ls", "2026-01-01T09:00:00Z")).encode()
    path.write_bytes(good + b"\n{\n\xff\xfe\n[1]\n" + b'{"v": 2, "kind": "decision"}\n' + good[:30])
    damage = Damage()
    assert [event.line for event in read([path], damage)] == [1]
    assert damage.lines == 5
    assert [each.split(":", 1)[1].split(":")[0] for each in damage.named] == ["2", "3", "4", "5", "6"]
