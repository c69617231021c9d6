"""All six outcomes, each with the whole record, as its schema says; the same input gives the same record; and as OpenTelemetry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from approval_maker import PACK, POLICY
from jsonschema import Draft202012Validator

from packgate.bundle.build import Facts, build
from packgate.bundle.loaded import open_gate
from packgate.bundle.verify import open_bundle
from packgate.eventlog.record import decision_event
from packgate.events.otel import SEVERITIES, to_otlp_json, to_request
from packgate.model.action import parse_action
from packgate.resources import schema_path
from packgate.source.workspace import load_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from packgate.engine.gate import Gate

_NOW = "2026-01-01T00:00:00Z"
_KEY = "AKIA" + "Z3MVQ7NHK5RTD2WX"
_POLICIES = "policies:\n" + "".join([
    POLICY.format(id="said", when="text", more="if: {content: {detector: aws-access-key}}", then="{mode: audit, redact: true}", fires="x", impact="routine", message="m")
    .replace("- prompt: Do it.\n          command: x", f"- prompt: use {_KEY}").replace("command: git status", "action: {surface: prompt, text: hello}"),
    POLICY.format(id="told", when="web-request", more="", then="{mode: audit, alert: [security]}", fires="curl https://h.example", impact="routine", message="m"),
    POLICY.format(id="asked", when="modify-file", more="", then="{mode: require-approval, approver: leads}", fires="touch a", impact="risky", message="m"),
    POLICY.format(id="dropped", when="database-admin", more="", then="block", fires="psql -c 'DROP TABLE a'", impact="one-way", message="m"),
    POLICY.format(id="ended", when="privilege-escalation", more="", then="terminate", fires="sudo -i", impact="one-way", message="m"),
])
_ACTIONS: dict[str, dict[str, Any]] = {
    "allow": {"surface": "shell", "command": "git status"}, "redact": {"surface": "output", "text": f"found {_KEY}"},
    "alert": {"surface": "shell", "command": "curl https://h.example"}, "require_approval": {"surface": "file", "operation": "edit", "path": "a"},
    "deny": {"surface": "shell", "command": "psql -c 'DROP TABLE a'"}, "terminate": {"surface": "shell", "command": "sudo -i"},
}


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Gate:
    folder: Path = tmp_path_factory.mktemp("repository")
    (folder / "packs" / "guarded" / "policies").mkdir(parents=True)
    (folder / "packgate.yaml").write_text("version: 1\n")
    (folder / "packs" / "guarded" / "pack.yaml").write_text(PACK)
    (folder / "packs" / "guarded" / "rollout.yaml").write_text("pack: block\n")
    (folder / "packs" / "guarded" / "policies" / "all.yaml").write_text(_POLICIES)
    space = load_workspace(str(folder))
    assert space.ok, space.diagnostics
    return open_gate([open_bundle(build(space, space.results[0], Facts("block", 1, _NOW)).data, now=_NOW)])


def _record(gate: Gate, outcome: str) -> dict[str, Any]:
    action = {"id": f"a-{outcome}", "cwd": "/srv", "home": "/home/dev", "actor": {"user": "dev", "agent": "own"}, **_ACTIONS[outcome]}
    return gate.decide_json(parse_action(action), stage=None, now=_NOW)


@pytest.mark.parametrize("outcome", _ACTIONS)
def test_each_outcome_has_the_whole_record(gate: Gate, outcome: str) -> None:
    record = _record(gate, outcome)
    with open(schema_path("decision"), encoding="utf-8") as file:
        Draft202012Validator(json.load(file)).validate(record)
    assert (record["decision"], record["action_id"], record["timestamp"]) == (outcome, f"a-{outcome}", _NOW)
    assert record["decision_id"].startswith("d-")
    assert record["reason"]
    (bundle,) = record["bundles"]
    assert (bundle["revision"], bundle["digest"][:7]) == (1, "sha256:")
    assert (record["approver_role"] == "leads") == (outcome == "require_approval")
    assert bool(record["redactions"]) == (outcome == "redact")
    assert (record["alerts"] == ["security"]) == (outcome == "alert")
    assert bool(record["policy_ids"]) == bool(record["risk_score"]) == (outcome != "allow")
    assert _KEY not in json.dumps(record)
    assert record == _record(gate, outcome)


def test_the_id_is_that_of_the_input(gate: Gate) -> None:
    assert len({_record(gate, outcome)["decision_id"] for outcome in _ACTIONS}) == len(_ACTIONS)


def test_as_open_telemetry(gate: Gate) -> None:
    pytest.importorskip("opentelemetry.proto")
    from google.protobuf.json_format import Parse
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    events = [decision_event({**_ACTIONS[outcome], "actor": {"user": "dev", "groups": ["a"]}}, _record(gate, outcome), _NOW, 80) for outcome in _ACTIONS]
    text = to_otlp_json(events)
    assert Parse(text, ExportLogsServiceRequest()) == to_request(events)
    assert _KEY not in text
    records = json.loads(text)["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    assert [record["severityText"] for record in records] == [SEVERITIES[outcome][1] for outcome in _ACTIONS]
    assert records[0]["timeUnixNano"] == "1767225600000000000"
    denied = {item["key"]: item["value"] for item in records[list(_ACTIONS).index("deny")]["attributes"]}
    assert denied["packgate.decision"] == {"stringValue": "deny"}
    assert denied["packgate.policy_ids"] == {"arrayValue": {"values": [{"stringValue": "dropped"}]}}
    assert denied["packgate.risk_score"]["intValue"] == "80"
    assert {"packgate.decision_id", "packgate.reason", "packgate.timestamp", "packgate.bundles", "packgate.actor.user", "packgate.latency_us"} <= set(denied)
