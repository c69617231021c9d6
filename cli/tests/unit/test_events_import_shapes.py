"""Importers on records of every shape: what is not as expected is told or left out, and nothing fails."""

from __future__ import annotations

import json
from random import Random

import pytest
from recorded_sessions import AGENTS, events_of, of_text, recorded

from packgate.engine.gate import build_gate
from packgate.events.baseline import baseline
from packgate.events.baseline_text import as_json, as_text
from packgate.events.importing import FORMATS
from packgate.events.importing.writing import line_of
from packgate.events.reading import Damage, read
from packgate.events.selecting import Selection
from packgate.events.showing import line, whole
from packgate.events.timeline import as_text as timeline_text
from packgate.events.timeline import timeline
from packgate.model.action import parse_action
from packgate.source.workspace import load_workspace

DECISION = {
    "decision_id": "d-1", "action_id": "a", "decision": "deny", "mode": "block", "would": "block", "policy_ids": ["p"], "reason": "r", "message": "m",
    "risk_score": 1, "matches": [{"pack": "k", "policy": "p", "mode": "block", "effective": "block"}], "bundles": [],
}


def _mutated(value, random, depth=0):
    """The value with something of it replaced by something else, or gone."""
    if isinstance(value, dict) and value and random.random() < 0.9 - depth * 0.1:
        key = random.choice(sorted(value))
        inner = _mutated(value[key], random, depth + 1)
        return {name: item for name, item in value.items() if name != key} | ({} if random.random() < 0.2 else {key: inner})
    if isinstance(value, list) and value and random.random() < 0.8:
        place = random.randrange(len(value))
        return [*value[:place], _mutated(value[place], random, depth + 1), *value[place + 1 :]]
    return random.choice([None, 7, -1.5, True, "", "x\ud800", [], [None], {}, {"a": [1]}, "\x00", 10**30])


def _check(events, counts):
    assert events or counts.damaged
    for event in events:
        json.loads(line_of(event))
        if event["action"] is not None:
            parse_action(event["action"])


@pytest.mark.parametrize("agent", AGENTS)
def test_sessions_of_any_shape_are_read_or_told(agent, tmp_path):
    random = Random(agent)
    names = [path for path in recorded(agent, tmp_path) for path in ([path] if path.is_file() else sorted(path.rglob("*.json*")))]
    for path in (name for name in names if name.suffix in (".json", ".jsonl")):
        whole = path.read_text(encoding="utf-8")
        lines = [json.loads(whole)] * 150 if path.suffix == ".json" else [json.loads(line) for line in whole.splitlines()] * 6
        text = "\n".join(json.dumps(_mutated(line, random)) for line in lines)
        _check(*of_text(tmp_path, text, agent, outputs=True))


@pytest.mark.parametrize(("format", "record"), [
    ("opa", {"decision_id": "d", "timestamp": "2026-01-01T00:00:00Z", "labels": {"version": "1"}, "erased": ["/input/a"], "result": {"allow": True},
             "input": {"action": {"surface": "shell", "command": "ls", "env": {"A": "b"}, "repo": {"name": "a"}, "actor": {"user": "a", "groups": ["g"]}}}}),
    ("cloudtrail", {"Records": [{"eventID": "e", "eventTime": "2026-01-01T00:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "StopInstances",
                                 "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::1:user/M"}, "errorCode": "Throttling",
                                 "requestParameters": {"instancesSet": {"items": [{"instanceId": "i-1"}]}, "force": True, "names": ["a"], "filter": {"a": [1]}}}]}),
])
def test_logs_of_any_shape_are_read_or_told(format, record, tmp_path):
    random = Random(format)
    text = "\n".join(json.dumps(_mutated(record, random)) for _ in range(1500))
    _check(*of_text(tmp_path, text, format))


def test_events_of_any_shape_are_counted_and_shown(tmp_path):
    random = Random("events")
    events, _ = events_of(recorded("codex", tmp_path))
    decided = [{**event, "kind": "decision", "decision": DECISION, "outcome": None} for event in events if event["action"]]
    about = [{**events[0], "kind": "approval", "action": None, "follows": "d-1", "outcome": {"state": "asked", "policies": ["p"]}}]
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(json.dumps(_mutated(event, random)) for event in [*events, *decided, *about * 40] * 4))
    space = load_workspace(None, ["recommended"])
    gate = build_gate(space.packs, space.vocabulary, lists=space.lists)
    damage = Damage()
    found = list(read([path], damage))
    assert found
    assert damage.lines
    selection = Selection(
        verdicts=("*",), tools=("*",), runs=("*",), policies=("*",), users=("*",), repositories=("*",), since="2020-01-01", until="2030-01-01",
    )
    for event in found:
        selection.takes(event)
        assert line(event)
        assert whole(event)
    counted = baseline(found, gate, 7)
    assert as_text(counted, 3)
    assert json.dumps(as_json(counted, 0))
    steps = timeline(found, events[0]["outcome"]["session"])
    assert timeline_text(steps, "s")
    assert json.dumps([step.as_json() for step in steps])


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_bytes_of_any_kind_are_read_or_told(format, tmp_path):
    random = Random(format)
    for size in (0, 1, 2, 40, 3000):
        events, _ = of_text(tmp_path, random.randbytes(size), format)
        for event in events:
            json.loads(line_of(event))
