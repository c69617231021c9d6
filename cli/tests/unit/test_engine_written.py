"""A decision as JSON text: what `json.dumps` makes of its plain data."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from packgate.commands.shared import open_gate
from packgate.engine.identity import _ordered, _written
from packgate.engine.render import to_json
from packgate.engine.written import to_text
from packgate.guard.known import mask_with, texts
from packgate.model.action import Action, parse_action
from packgate.model.decision import Decision
from packgate.testing.corpus import load_corpora

ROOT = Path(__file__).resolve().parents[3]
OTHERS = [
    {"surface": "file", "operation": "write", "path": ".env", "content": "A\ud800\u2028\"\\\x00é"},
    {"surface": "mcp", "server": "s", "tool": "drop_table", "arguments": {"table": "ü", "env": "prod"}, "unknown": 1},
    {"surface": "web", "url": "http://169.254.169.254/latest", "method": "POST", "body": "x"},
    {"surface": "shell", "command": "mysql --password hunter22 -h prod-db -e 'DROP TABLE a' $x", "id": "i\n\"", "shell": "zsh"},
    {"surface": "shell", "command": "rm -rf /etc/" + "a" * 600, "env": {"A": "\U0001f4a3"}},
]


def dumped(decision: Decision, action: Action) -> None:
    for mask in (None, mask_with(texts(action.data))):
        assert to_text(decision, mask) == json.dumps(to_json(decision, mask), separators=(",", ":"))


@pytest.mark.parametrize("pack", ["recommended", "strict"])
def test_the_text_is_that_of_the_plain_data(pack: str) -> None:
    gate = open_gate((pack,))
    cases, problems = load_corpora(ROOT / "testcases")
    assert problems == []
    for data in [*OTHERS, *(case.action for case in cases)]:
        action = parse_action(data)
        dumped(gate.decide(action, now="2026-01-31T12:00:00Z"), action)
        dumped(gate.decide(action, stage="warn"), action)


def test_redactions_alerts_and_approvers_are_written() -> None:
    action = parse_action({"command": "true"})
    decision = open_gate(("recommended",)).decide(action)
    decision.redactions = [{"policy": "p", "field": "argument", "path": "arguments.a", "detector": "jwt", "marker": None}]
    decision.alerts = ["security", "é"]
    decision.approver_role = "dba"
    decision.bundles = [{"pack": "p", "version": "1", "stage": None, "revision": 17, "digest": "sha256:0", "signed": True}]
    dumped(decision, action)


def test_a_stream_has_the_answers_of_single_actions() -> None:
    gate = open_gate(("recommended",))
    action = parse_action(OTHERS[3])
    word, text = gate.decide_text(action, now="2026-01-31T12:00:00Z")
    found = gate.decide_json(action, now="2026-01-31T12:00:00Z")
    assert json.loads(text) == found
    assert word == found["decision"]
    assert "hunter22" not in text
    assert json.loads(gate.refuse_text("no", action_id="a")) == gate.refuse_json("no", action_id="a")


def test_decisions_of_gates_with_different_packs_name_their_own() -> None:
    action = parse_action({"command": "true"})
    gates = [open_gate(("recommended",)), open_gate(("strict",)), open_gate(("recommended", "strict"))]
    for gate in [*gates, *reversed(gates)]:
        for decision in (gate.decide(action), gate.decide(action, stage="warn")):
            dumped(decision, action)


def test_a_name_does_not_depend_on_the_order_of_keys_and_tells_all_else_apart() -> None:
    gate = open_gate(("recommended",))

    def named(**keys: object) -> str:
        return gate.decide(parse_action({"command": "true", **keys}), now="2026-01-31T12:00:00Z").decision_id

    first = named(env={"A": "1", "B": "2"}, arguments={"x": ["a", ["b", {"c": 1, "d": None}]]})
    assert first == named(arguments={"x": ["a", ["b", {"d": None, "c": 1}]]}, env={"B": "2", "A": "1"})
    others = [
        named(env={"A": "1", "B": "3"}, arguments={"x": ["a", ["b", {"c": 1, "d": None}]]}),
        named(env={"A": "1", "B": "2"}, arguments={"x": ["a", "b", {"c": 1, "d": None}]}),
        named(env={"A": "1", "B": "2"}, arguments={"x": ["a", ["b", {"c": "1", "d": None}]]}),
        named(env={"A": "1", "B": "2"}, arguments={"x": ["a", ["b", {"c": 1, "d": "None"}]]}),
    ]
    assert len({first, *others}) == 5


def test_what_is_digested_is_the_action_with_its_keys_in_order() -> None:
    values = [None, "", "it's", '"\ud800é', {}, {"A": "1", "a": None}, {"a": None, "A": "1"}, {"A": 1}, {"A": True}, {"A": 1.0},
              ["x", {"b": 1, "a": 2}], 1]
    for _ in range(2):
        for one, other in itertools.product(values, repeat=2):
            data = {"surface": "shell", "env": one, "command": "x", "arguments": other}
            assert _written(data) == repr(_ordered(data))
