"""What a decision to redact names, that the hook replaces exactly that, and that a detector which can't look is never silent."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from packgate.engine.gate import build_gate, masker
from packgate.engine.render import to_json
from packgate.eventlog.record import decision_event
from packgate.hook.answer import decide, kind_of, read_request
from packgate.model.action import parse_action
from packgate.model.policy import Condition, Outcome, Pack, Pattern, Policy
from packgate.resources import schema_path
from packgate.source.vocabulary import builtin_vocabulary

if TYPE_CHECKING:
    from packgate.engine.gate import Gate

# Assembled, so that no scanner takes this file for a leak.
KEY = "AKIA" + "QX7RM2ZTLW5PBV4K"
CARD = "4539 1488 0343 6467"
IBAN = "DE91100000000123456789"
MAIL = "karin.eriksen@proton.me"
REDACT = Outcome("audit", redact=True)


def policy(name: str, family: str, field: str, *detectors: str, outcome: Outcome = REDACT) -> Policy:
    clause = ((Condition(field, tuple(Pattern("detector", each) for each in detectors), "any"),),) if detectors else ()
    return Policy(name, "k", (family,), outcome, clause, message="Use the vault.")


def gate_of(*policies: Policy) -> Gate:
    return build_gate([Pack("k", "1.0.0", policies)], builtin_vocabulary())


EVERYWHERE = gate_of(
    policy("said", "text", "content", "secrets", "personal-data"), policy("called", "tool-call", "argument", "secrets", "personal-data"),
    policy("run", "command", "argument", "secrets"), policy("sent", "web-request", "payload", "secrets", "personal-data"),
    policy("asked", "web-request", "url", "secrets"),
)


def decided(action: dict[str, Any], gate: Gate = EVERYWHERE) -> dict[str, Any]:
    found = gate.decide_json(parse_action(action))
    with open(schema_path("decision"), encoding="utf-8") as file:
        Draft202012Validator(json.load(file)).validate(found)
    return found


def places(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(item["policy"], item["path"], item["marker"]) for item in found["redactions"]]


@pytest.mark.parametrize(("action", "expected"), [
    ({"surface": "prompt", "text": f"use {KEY}"}, [("said", "text", "aws-access-key")]),
    ({"surface": "output", "text": f"{KEY} of {CARD}"}, [("said", "text", "aws-access-key"), ("said", "text", "card-number")]),
    ({"surface": "file", "operation": "write", "path": "a.py", "content": f"k = '{KEY}'"}, [("said", "content", "aws-access-key")]),
    ({"surface": "shell", "command": f"deploy --key {KEY}"}, [("run", "command", "aws-access-key")]),
    ({"surface": "mcp", "server": "crm", "tool": "update", "arguments": {"fields": {"iban": IBAN, "card": 4539148803436467}, "notes": ["a", KEY]}},
     [("called", "arguments.fields.iban", "iban"), ("called", "arguments.fields.card", "card-number"), ("called", "arguments.notes[1]", "aws-access-key")]),
    ({"surface": "web", "method": "POST", "url": f"https://h.acme.io/?k={KEY}", "body": json.dumps({"mail": MAIL})},
     [("asked", "url", "aws-access-key"), ("sent", "body", "email")]),
])
def test_every_surface_names_places_and_markers(action: dict[str, Any], expected: list[tuple[str, str, str]]) -> None:
    found = decided(action)
    assert found["decision"] == "redact"
    assert places(found) == [(policy, path, f"[REDACTED:{id}]") for policy, path, id in expected]
    for secret in (KEY, CARD, IBAN, MAIL):
        assert secret not in json.dumps(found)


@pytest.mark.parametrize("action", [
    {"surface": "prompt", "text": "use the key of the vault"}, {"surface": "output", "text": "4111 1111 1111 1111"},
    {"surface": "file", "operation": "write", "path": "a.py", "content": "k = os.environ['KEY']"}, {"surface": "shell", "command": "deploy --key $KEY"},
    {"surface": "mcp", "server": "crm", "tool": "update", "arguments": {"id": 7, "notes": ["AKIAIOSFODNN7EXAMPLE"]}},
    {"surface": "web", "method": "POST", "url": "https://h.acme.io/", "body": '{"mail": "user@example.com"}'},
])
def test_no_surface_redacts_what_is_no_secret(action: dict[str, Any]) -> None:
    found = decided(action)
    assert (found["decision"], found["redactions"]) == ("allow", [])


def hooked(payload: dict[str, Any], gate: Gate = EVERYWHERE, event: str = "PreToolUse") -> Any:
    module, _ = kind_of("claude-code", event)
    request = read_request(module, event, {"hook_event_name": event, "cwd": "/srv", "session_id": "s", **payload})
    return decide(request, request.actions, gate, "2026-03-01T12:00:00Z", stage="block")


def test_the_hook_replaces_in_arguments_what_the_decision_names() -> None:
    arguments = {"id": KEY, "name": "plain", "path": f"/keys/{KEY}", "list": [{"deep": CARD}, 4539148803436467, None, 1.5], "count": 3}
    answer = hooked({"tool_name": "mcp__crm__update", "tool_input": arguments, "tool_use_id": "t"})
    assert answer.verdict.outcome == "redact"
    assert answer.verdict.replacement == {
        "id": "[REDACTED:aws-access-key]", "name": "plain", "path": "/keys/[REDACTED:aws-access-key]",
        "list": [{"deep": "[REDACTED:card-number]"}, "[REDACTED:card-number]", None, 1.5], "count": 3,
    }
    decision = answer.events[0]["decision"]
    assert [item["path"] for item in decision["redactions"]] == [
        "arguments.id", "arguments.path", "arguments.list[0].deep", "arguments.list[1]",
    ]
    assert decision["redactions"] == decided({"surface": "mcp", "server": "crm", "tool": "update", "arguments": arguments})["redactions"]
    assert KEY not in json.dumps(answer.events)
    assert CARD not in json.dumps(answer.events)


def test_a_file_keeps_its_path_when_its_content_is_redacted() -> None:
    answer = hooked({"tool_name": "Write", "tool_input": {"file_path": f"/srv/{MAIL}.py", "content": f"x = '{KEY}'"}, "tool_use_id": "t"})
    assert answer.verdict.replacement == {"file_path": f"/srv/{MAIL}.py", "content": "x = '[REDACTED:aws-access-key]'"}


def test_what_only_a_put_together_text_shows_is_not_let_through() -> None:
    lines = ["-----BEGIN RSA PRIVATE " + "KEY-----", "MIIEpAIBAAKCAQEA7bq0vT9mQ1xYw3kR5sLpZcN8hJdVfGtU2oEiAyWnKrMzXjHl", "-----END RSA PRIVATE " + "KEY-----"]
    answer = hooked({"tool_name": "mcp__kv__get", "tool_input": {}, "tool_response": {"lines": lines, "by": KEY}, "tool_use_id": "t"}, event="PostToolUse")
    assert answer.verdict.outcome == "redact"
    assert answer.verdict.replacement is None


@pytest.mark.parametrize("command", ["deploy 'AK'IA" + KEY[4:], "A=" + KEY[:9] + "; deploy ${A}" + KEY[9:], f"deploy {KEY} 'AKI''A" + KEY[4:] + "'"])
def test_a_secret_that_a_command_does_not_spell_out_stops_it(command: str) -> None:
    found = decided({"surface": "shell", "command": command})
    assert (found["decision"], found["mode"]) == ("deny", "block")
    assert "does not spell out" in found["reason"]
    assert {"policy": "run", "field": "argument", "path": None, "detector": "aws-access-key", "marker": None} in found["redactions"]
    answer = hooked({"tool_name": "Bash", "tool_input": {"command": command}, "tool_use_id": "t"})
    assert answer.verdict.outcome == "deny"


def test_overlapping_policies_make_one_marker_each_place() -> None:
    gate = gate_of(policy("all", "text", "content", "secrets"), policy("some", "text", "content", "database-credentials"), policy("any", "text", "content"))
    found = decided({"surface": "output", "text": "postgres://app:" + "2JSxyjQ312WnXRCI" + "@db.acme.io/app"}, gate)
    assert found["policy_ids"] == ["all", "any", "some"]
    assert len(found["redactions"]) == 1


def test_a_policy_without_a_detector_redacts_every_secret_and_else_nothing() -> None:
    gate = gate_of(policy("any", "tool-call", "argument"))
    call = {"surface": "mcp", "server": "x", "tool": "t", "arguments": {"a": [KEY, IBAN]}}
    assert [path for _, path, _ in places(decided(call, gate))] == ["arguments.a[0]", "arguments.a[1]"]
    found = decided({**call, "arguments": {"a": "b"}}, gate)
    assert (found["decision"], found["redactions"], found["policy_ids"]) == ("allow", [], ["any"])


def test_names_of_entries_are_masked_in_paths() -> None:
    found = decided({"surface": "mcp", "server": "x", "tool": "t", "arguments": {KEY: {"a": CARD}, "b": KEY}})
    assert "arguments.[REDACTED:aws-access-key].a" in [path for _, path, _ in places(found)]
    assert KEY not in json.dumps(found)


def test_personal_data_that_a_policy_looked_for_is_in_no_record_and_who_acted_is() -> None:
    gate = gate_of(policy("mails", "text", "content", "email", outcome=Outcome("audit")))
    action = parse_action({"surface": "prompt", "text": f"write to {MAIL}", "actor": {"user": "jo@firm.de"}, "cwd": "/srv"})
    decision = gate.decide(action, stage="audit")
    hide = masker(action, decision)
    event = decision_event(action.data, to_json(decision, hide), "2026-03-01T12:00:00Z", None, hide)
    assert MAIL not in json.dumps(event)
    assert event["action"]["text"] == "write to [REDACTED:email]"
    assert event["action"]["actor"]["user"] == "jo@firm.de"


@pytest.fixture
def _without_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    monkeypatch.setitem(sys.modules, "stdnum", None)


@pytest.mark.usefixtures("_without_libraries")
def test_a_detector_that_cannot_check_finds_more_and_says_so() -> None:
    gate = gate_of(policy("accounts", "text", "content", "iban", outcome=Outcome("block")))
    found = decided({"surface": "prompt", "text": f"pay {IBAN}"}, gate)
    assert (found["analysis"]["coverage"], found["policy_ids"], found["decision"]) == ("full", ["accounts"], "deny")
    assert any("python-stdnum" in note for note in found["analysis"]["notes"])
    assert decided({"surface": "prompt", "text": "pay DE00100000000123456789"}, gate)["decision"] == "deny"
    # Nothing was asked of it.
    assert decided({"surface": "shell", "command": "ls"}, gate)["analysis"] == {"coverage": "full", "notes": [], "may_match": []}


@pytest.mark.usefixtures("_without_libraries")
def test_of_a_set_all_look() -> None:
    gate = gate_of(policy("people", "text", "content", "personal-data"))
    found = decided({"surface": "prompt", "text": f"pay {IBAN} with {CARD}"}, gate)
    assert (found["decision"], found["analysis"]["coverage"]) == ("redact", "full")
    assert [marker for _, _, marker in places(found)] == ["[REDACTED:iban]", "[REDACTED:card-number]"]


def test_with_its_libraries_there_is_nothing_to_note() -> None:
    found = decided({"surface": "prompt", "text": f"pay {IBAN} with {CARD}"})
    assert found["analysis"]["notes"] == []


def test_letter_case_counts_where_a_detector_looks_and_not_beside_it() -> None:
    mixed = Policy("asked", "k", ("web-request",), REDACT, ((Condition("url", (Pattern("detector", "aws-access-key"), Pattern("glob", "*/Admin/*")), "any"),),))
    gate = gate_of(mixed)
    matched = [decided({"surface": "web", "method": "GET", "url": url}, gate)["policy_ids"] for url in (
        f"https://h.acme.io/?k={KEY}", f"https://h.acme.io/?k={KEY.lower()}", "https://h.acme.io/aDMIN/x", "https://h.acme.io/users/x",
    )]
    assert matched == [["asked"], [], ["asked"], []]
