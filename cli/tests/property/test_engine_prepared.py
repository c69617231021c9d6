"""An engine built from plain data decides as the one that it was made of: over all cases and corpora of both packs."""

from __future__ import annotations

import marshal
from pathlib import Path

import pytest

from packgate.commands.shared import open_workspace
from packgate.engine.gate import Gate, build_gate
from packgate.engine.plain import pack_from, pack_to, policy_from, policy_to
from packgate.engine.prepared import Prepared, PreparedEngine, prepare
from packgate.guard.detectors import detects
from packgate.model.action import parse_action
from packgate.model.policy import Pack, Policy, Waiver
from packgate.testing.cases import collect
from packgate.testing.corpus import load_corpora

ROOT = Path(__file__).resolve().parents[3]
NOW = "2026-01-31T12:00:00Z"


def reopened(prepared: Prepared) -> tuple[PreparedEngine, list[int]]:
    """An engine of what was written and read again, and the ranks of the rules that it makes."""
    common, families, rules = marshal.loads(marshal.dumps((prepared.common, prepared.families, prepared.rules)))
    made: list[int] = []

    def rule(rank: int) -> object:
        made.append(rank)
        return rules[rank]

    return PreparedEngine(common, families.get, rule, detects), made


@pytest.mark.parametrize("name", ["recommended", "strict"])
def test_decisions_are_the_same_to_the_byte(name: str) -> None:
    space = open_workspace([name])
    cases, problems = load_corpora(ROOT / "testcases")
    assert problems == []
    actions = [case.action for case in (*collect(space.results), *cases) if case.action is not None]
    assert len(actions) > 1_000
    gate = build_gate(space.packs, space.vocabulary, lists=space.lists)
    fields = {name: field.type for name, field in space.vocabulary.fields.items()}
    engine, made = reopened(prepare(gate.engine, fields, space.lists))
    other = Gate(gate.catalog, engine, gate.words)
    for data in actions:
        action = parse_action(data)
        for stage in ("block", None):
            assert other.decide_text(action, stage=stage, now=NOW) == gate.decide_text(action, stage=stage, now=NOW), data
    assert sorted(made) == sorted(set(made))
    assert [engine.rule_at(rank).policy.id for rank in range(len(gate.engine.rules))] == [rule.policy.id for rule in gate.engine.rules]


def test_only_what_occurs_is_made() -> None:
    space = open_workspace(["recommended"])
    gate = build_gate(space.packs, space.vocabulary, lists=space.lists)
    engine, made = reopened(prepare(gate.engine, {name: field.type for name, field in space.vocabulary.fields.items()}))
    other = Gate(gate.catalog, engine, gate.words)
    other.decide(parse_action({"command": "git push origin main"}))
    assert 0 < len(made) < len(gate.engine.rules) / 2


def attributes(kind: type) -> list[str]:
    """The names of what an object of slots holds. Not `__slots__`, which a compiled class has not."""
    return [name for name in dir(kind) if not name.startswith("_") and not callable(getattr(kind, name)) and not isinstance(getattr(kind, name), property)]


def same(one: object, other: object) -> bool:
    """Whether two objects of slots hold the same, all the way down."""
    if type(one).__module__.startswith("packgate."):
        return type(one) is type(other) and all(same(getattr(one, name), getattr(other, name)) for name in attributes(type(one)))
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


@pytest.mark.parametrize("name", ["recommended", "strict"])
def test_nothing_of_a_pack_is_lost(name: str) -> None:
    for pack in open_workspace([name]).packs:
        pack.digest, pack.revision, pack.terminate_after = "sha256:0", 7, (3, 10)
        pack.waivers = (Waiver("w", "p", "2026-01-31", "reason", "owner", "approver", pack.policies[0].clauses[0], ()),)
        bare = pack_from(marshal.loads(marshal.dumps(pack_to(pack))))
        without = {"policies", "catalog"}
        assert all(same(getattr(pack, each), getattr(bare, each)) for each in attributes(Pack) if each not in without)
        for policy in pack.policies:
            back: Policy = policy_from(marshal.loads(marshal.dumps(policy_to(policy))), pack.name)
            assert same(policy, back)
