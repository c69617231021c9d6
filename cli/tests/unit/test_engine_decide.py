"""Decisions: what wins, what is listed, what stages and waivers do."""

import json
from pathlib import Path

import jsonschema
import pytest

from packgate.engine import Context, PatternError, compile_packs, coverage, decide, decide_action, to_json
from packgate.engine.trace import distance
from packgate.model.action import shell_action
from packgate.model.operation import OPAQUE, PARTIAL, Analysis, Note, Operation
from packgate.model.policy import Condition, Default, Outcome, Pack, Pattern, Policy, Rollout, Waiver
from packgate.model.value import Hole, Text

FIELDS = {"operation": "word-nocase", "branch": "branch", "path": "path", "content": "text", "payload": "text"}
SCHEMA = json.loads((Path(__file__).resolve().parents[3] / "schema" / "decision.schema.json").read_text(encoding="utf-8"))
ACTION = shell_action("git push origin main", id="a-1", repo={"branch": "topic"}, actor={"groups": ["payments"]})
NOW = "2026-03-01T12:00:00Z"


def on(field, *globs, quantifier="any"):
    return Condition(field, tuple(Pattern("glob", glob) for glob in globs), quantifier)


def policy(id, mode="block", *clauses, when=("git-action",), outcome=None, **more):
    return Policy(id, "k", when, outcome or Outcome(mode), clauses, **more)


def pack(*policies, name="k", **more):
    return Pack(name, "1.0.0", policies, **more)


def push(branch="main", **fields):
    values = {"operation": ("push",), "branch": (branch,), **fields}
    return Operation(("git-action", "command"), values, (0, 8), ("sudo",))


def answer(packs, operations=None, notes=(), action=ACTION, lists=None, releases=None, **how):
    how.setdefault("stage", "block")
    analysis = Analysis([push()] if operations is None else operations, list(notes))
    decision = decide(action, analysis, compile_packs(packs, FIELDS, lists=lists, releases=releases), **how)
    jsonschema.validate(to_json(decision), SCHEMA)
    return decision


MAIN = (on("operation", "push"), on("branch", "main", "master"))


def test_a_block():
    direct = policy("direct-push", "block", MAIN, message="Open a pull request.", risk=90)
    found = to_json(answer([pack(direct)], decision_id="d-1", now=NOW))
    assert found == {
        "decision_id": "d-1", "action_id": "a-1", "decision": "deny", "mode": "block", "would": "block",
        "policy_ids": ["direct-push"], "reason": "direct-push blocks git-action push (branch main).",
        "message": "Open a pull request.", "risk_score": 90, "approver_role": None, "redactions": [], "alerts": [],
        "timestamp": NOW, "analysis": {"coverage": "full", "notes": [], "may_match": []},
        "matches": [{
            "pack": "k", "policy": "direct-push", "mode": "block", "effective": "block", "capped_by": None, "waived": False,
            "family": "git-action", "fields": {"operation": ["push"], "branch": ["main"]}, "span": [0, 8], "via": ["sudo"],
        }],
        "bundles": [{"pack": "k", "version": "1.0.0", "stage": "block", "revision": None, "digest": None}],
    }


def test_nothing_matches():
    found = to_json(answer([pack(policy("p", "block", MAIN))], [push("topic")]))
    assert (found["decision"], found["mode"], found["would"], found["matches"]) == ("allow", None, None, [])
    assert found["reason"] == "No policy matched."
    assert answer([], []).decision == "allow"


@pytest.mark.parametrize(("mode", "expected"), [
    ("audit", "allow"), ("warn", "allow"), ("require-approval", "require_approval"), ("block", "deny"), ("terminate", "terminate"),
])
def test_modes(mode, expected):
    found = answer([pack(policy("p", mode))])
    assert (found.decision, found.mode) == (expected, mode)


def test_the_strictest_wins_whatever_the_order():
    modes = ["audit", "terminate", "block", "warn", "require-approval"]
    for turn in range(len(modes)):
        order = modes[turn:] + modes[:turn]
        found = answer([pack(*(policy(f"p{n}", mode, message=mode) for n, mode in enumerate(order)))])
        assert (found.decision, found.message) == ("terminate", "terminate")
        assert found.policy_ids == ["p0", "p1", "p2", "p3", "p4"]


def test_matches_are_ordered_by_operation_pack_and_policy():
    packs = [pack(policy("z"), policy("a"), name="q"), pack(policy("m"), name="b")]
    found = answer(packs, [push("x"), push("main")])
    assert [(m.pack, m.policy, m.fields["operation"]) for m in found.matches] == [
        ("b", "m", ["push"]), ("q", "a", ["push"]), ("q", "z", ["push"]),
    ] * 2


def test_messages_are_not_repeated():
    found = answer([pack(policy("a", message="one"), policy("b", message="one"), policy("c", message="two"))])
    assert found.message == "one\ntwo"


def test_side_effects_are_listed_whatever_wins():
    outcome = Outcome("audit", redact=True, alert=("security", "ops"))
    audited = policy("leak", "audit", (on("content", "*secret*"),), outcome=outcome)
    asks = policy("asks", outcome=Outcome("require-approval", approver="dba-oncall"))
    operation = push(content=("a secret",))
    found = answer([pack(audited, asks)], [operation])
    assert (found.decision, found.approver_role, found.alerts) == ("require_approval", "dba-oncall", ["ops", "security"])
    assert found.redactions == [{"policy": "leak", "field": "content", "path": None, "detector": None, "marker": None}]
    assert answer([pack(audited)], [operation]).decision == "redact"
    warned = answer([pack(audited)], [operation], stage="warn")
    assert (warned.decision, warned.redactions) == ("alert", [])
    recorded = answer([pack(audited)], [operation], stage="audit")
    assert (recorded.decision, recorded.alerts, recorded.mode) == ("allow", [], "audit")


def test_may_counts_as_the_uncertain_mode_and_makes_the_coverage_partial():
    unknown = push(Text((Hole(),)))
    block = policy("p", "block", MAIN)
    found = answer([pack(block)], [unknown])
    assert (found.decision, found.mode, found.policy_ids, found.may_match) == ("allow", "audit", [], ["p"])
    assert coverage(found) == "partial"
    assert found.reason == "p may match git-action push, since some of it is not known."
    assert answer([pack(block, uncertain="block")], [unknown]).decision == "deny"
    assert answer([pack(policy("p", "warn", MAIN), uncertain="block")], [unknown]).mode == "warn"
    assert answer([pack(block, uncertain="block")], [unknown], stage="warn").mode == "warn"


def test_coverage_and_notes_come_from_both():
    noted = [Note("x", "could not read", OPAQUE), Note("y", "odd", PARTIAL), Note("x", "could not read", OPAQUE)]
    where = policy("p", "block", where=(on("team", "a"),))
    found = to_json(answer([pack(where)], notes=noted))["analysis"]
    assert found["coverage"] == "opaque"
    assert found["notes"] == ["could not read", "odd", "p compares team, which the action does not say"]


def test_where():
    assert answer([pack(policy("p", where=(on("group", "pay*"),)))]).policy_ids == ["p"]
    assert answer([pack(policy("p", where=(on("group", "x"),)))]).policy_ids == []
    assert answer([pack(policy("p", where=(on("branch", "top*"), on("surface", "shell"))))]).policy_ids == ["p"]
    assert answer([pack(policy("p", where=(on("group", "x", quantifier="not"),)))]).policy_ids == ["p"]
    with pytest.raises(PatternError, match="no 'planet'"):
        answer([pack(policy("p", where=(on("planet", "x"),)))])


def test_unless_takes_every_value_and_certainty():
    excepted = policy("p", "block", exceptions=((on("branch", "topic*"), on("remote", "fork")), (on("branch", "wip"),)))
    assert answer([pack(excepted)], [push("topic")]).policy_ids == ["p"]
    assert answer([pack(excepted)], [push("topic", remote=("fork",))]).policy_ids == []
    assert answer([pack(excepted)], [push("topic", remote=("fork", "other"))]).policy_ids == ["p"]
    assert answer([pack(excepted)], [push("wip")]).policy_ids == []
    assert answer([pack(excepted)], [push(Text(("wip", Hole())))]).policy_ids == ["p"]


def test_a_clause_of_many_is_enough_and_all_operations_are_judged():
    either = policy("p", "block", (on("branch", "a"),), (on("branch", "b"), on("operation", "push")))
    found = answer([pack(either)], [push("a"), push("c"), push("b")])
    assert [match.fields["branch"] for match in found.matches] == [["a"], ["b"]]


@pytest.mark.parametrize(("rollout", "release", "assigned", "mode", "capped_by"), [
    (Rollout("block"), None, None, "block", None),
    (Rollout(), None, None, "audit", "rollout"),
    (Rollout("warn"), "audit", None, "audit", "release"),
    (Rollout("block"), "block", "warn", "warn", "assignment"),
    (Rollout("warn"), "warn", "warn", "warn", "rollout"),
    (Rollout("audit", {}, {"p": "block"}), None, None, "block", None),
    (Rollout("audit", {"layer": "warn"}), None, None, "warn", "rollout"),
    (Rollout("audit", {"layer": "warn"}, {"p": "block"}), None, None, "block", None),
])
def test_the_least_stage_binds(rollout, release, assigned, mode, capped_by):
    releases = {"k": release} if release else {}
    packs = [pack(policy("p", "block", threat="layer"), rollout=rollout)]
    found = answer(packs, stage=None, releases=releases, assigned={"k": assigned} if assigned else None)
    assert (found.mode, found.would) == (mode, "block")
    assert (found.matches[0].effective, found.matches[0].capped_by) == (mode, capped_by)
    assert answer(packs, stage="block", releases=releases).mode == "block"
    assert answer(packs, stage="warn").matches[0].capped_by == "stage"


def test_a_stage_never_raises_a_mode():
    assert answer([pack(policy("p", "audit"), rollout=Rollout("block"))], stage=None).mode == "audit"


def test_a_pack_that_is_not_assigned_does_not_hold():
    found = answer([pack(policy("p"), default="deny")], assigned={"k": None})
    assert (found.decision, found.matches, found.bundles) == ("allow", [], [])


def test_an_unknown_stage_is_refused():
    with pytest.raises(ValueError, match="no stage 'blok'"):
        answer([pack(policy("p"))], stage="blok")


def waived(expires="2026-03-01", now=NOW, operation=None, **more):
    waiver = Waiver("w1", "p", expires, **more)
    return answer([pack(policy("p", risk=50), waivers=(waiver,))], [operation or push()], now=now)


@pytest.mark.parametrize(("expires", "now", "holds"), [
    ("2026-03-01", "2026-03-01T23:59:59Z", True), ("2026-03-01", "2026-03-02T00:00:00Z", False),
    ("2026-03-01", "2026-03-02T00:30:00+01:00", True), ("2026-03-01", "2026-03-01T23:30:00-01:00", False),
    ("2026-03-01", "2026-03-01", True), ("2026-02-30", NOW, False), ("soon", NOW, False), ("2026-3-1", NOW, False),
    ("2026-03-01", None, False), ("2026-03-01", "yesterday", False), ("2028-02-29", NOW, True), ("2100-02-29", NOW, False),
])
def test_waivers_hold_through_their_last_day(expires, now, holds):
    found = waived(expires, now)
    assert (found.mode, found.would) == ("audit" if holds else "block", "block")
    assert (found.matches[0].waived, found.matches[0].capped_by) == (holds, "waiver" if holds else None)
    assert found.policy_ids == ([] if holds else ["p"])
    assert found.risk_score == (0 if holds else 50)
    assert [note for note in found.notes if note.startswith("waiver w1 of p")]


def test_a_waiver_covers_what_it_names_and_nothing_unknown():
    assert waived(conditions=(on("branch", "m*"),)).mode == "audit"
    assert waived(conditions=(on("branch", "x"),)).mode == "block"
    assert waived(conditions=(on("remote", "x"),)).mode == "block"
    assert waived(where=(on("group", "payments"),)).mode == "audit"
    assert waived(where=(on("team", "payments"),)).mode == "block"
    assert waived(operation=push(Text(("m", Hole())))).mode == "block"


def test_default_deny():
    allow = policy("ok", "allow", (on("branch", "topic/**"),))
    strict = pack(allow, default="deny", rollout=Rollout("warn"))
    lifted = answer([strict], [push("topic/1")])
    assert (lifted.decision, lifted.mode, lifted.policy_ids) == ("allow", "allow", ["ok"])
    found = answer([strict], [push("topic"), push("main")])
    assert (found.decision, found.mode) == ("deny", "block")
    assert found.reason == "k allows only what its policies name, and git-action push is not among it."
    assert answer([strict], [push(Text(("topic", Hole())))]).decision == "deny"
    assert answer([strict], [push(Text((Hole(),)))]).may_match == []
    capped = answer([strict], [push("main")], stage=None)
    assert (capped.decision, capped.mode, capped.would) == ("allow", "warn", "block")
    assert answer([strict], [push("topic")], [Note("x", "not read", PARTIAL)]).decision == "deny"
    assert answer([strict], []).decision == "allow"


def test_an_allow_lifts_no_other_policy_and_no_other_pack():
    allow = policy("ok", "allow")
    other = pack(policy("no", "warn"), default="allow", name="other")
    assert answer([pack(allow, default="deny"), other]).mode == "warn"
    assert answer([pack(allow, default="deny"), pack(name="other", default="deny")]).decision == "deny"


def test_a_pack_names_those_that_may_lift_its_default():
    allow = policy("ok", "allow")
    strict = pack(default=Default("deny", ("tools", "absent")), name="strict")
    assert answer([strict]).decision == "deny"
    assert answer([strict, pack(allow, name="other")]).decision == "deny"
    tools = pack(allow, name="tools")
    assert (answer([strict, tools]).decision, answer([tools, strict]).mode) == ("allow", "allow")
    # It lifts a default, never a policy; and only where its pack holds for the actor.
    assert answer([strict, tools, pack(policy("no", "block"), name="third")]).decision == "deny"
    assert answer([strict, tools], assigned={"tools": None}).decision == "deny"
    half = pack(policy("ok", "allow", (on("branch", "topic"),)), name="tools")
    assert answer([strict, half], [push("topic"), push("topic")]).decision == "allow"
    assert answer([strict, half], [push("topic"), push("main")]).decision == "deny"


def test_a_default_by_surface():
    strict = pack(default=Default({"file": "deny", "shell": "audit"}), name="strict")
    found = answer([strict])
    assert (found.decision, found.mode, found.would, found.policy_ids) == ("allow", "audit", "audit", [])
    assert found.reason == "strict records what no policy covers, and git-action push is such a gap."
    assert answer([pack(default=Default({"file": "deny"}))]).mode is None
    # The strictest default is what the reason tells of; a policy as strict says more.
    both = answer([strict, pack(default=Default({"shell": "deny"}), name="zero")])
    assert (both.decision, both.reason) == ("deny", "zero allows only what its policies name, and git-action push is not among it.")
    assert answer([strict, pack(policy("seen", "audit"), name="other")]).reason == "seen records git-action push."
    capped = answer([pack(default="deny", name="zero", rollout=Rollout("audit"))], stage=None)
    assert (capped.decision, capped.mode, capped.would, capped.denied_by) == ("allow", "audit", "block", [])


def test_a_default_is_of_known_surfaces_and_modes():
    assert (str(Default()), str(Default("deny")), str(Default({"web": "allow"}))) == ("allow", "deny", "allow")
    for modes in ("block", {"shell": "warn"}, {"disk": "deny"}):
        with pytest.raises(ValueError, match="a default of"):
            Default(modes)


def test_the_decision_is_the_same_every_time():
    packs = [pack(policy("p", "block", MAIN))]
    first, second = to_json(answer(packs, now=NOW)), to_json(answer(packs, now=NOW))
    assert json.dumps(first) == json.dumps(second)
    assert first["decision_id"].startswith("d-")
    other = shell_action("git push origin main", id="a-2")
    ids = {answer(packs, now=NOW, action=other).decision_id, answer(packs).decision_id, first["decision_id"]}
    assert len(ids) == 3


def test_an_id_does_not_depend_on_the_order_of_keys():
    packs = [pack()]
    one = shell_action("x", env={"A": "1", "B": "2"}, cwd="/")
    two = shell_action("x", cwd="/", env={"B": "2", "A": "1"})
    assert answer(packs, action=one).decision_id == answer(packs, action=two).decision_id


def test_masking_comes_before_cutting():
    long = "x" * 398 + "SECRET"
    found = to_json(answer([pack(policy("p", "block", (on("content", "*"),)))], [push(content=(long,))]),
                    lambda text: text.replace("SECRET", "***"))
    shown = found["matches"][0]["fields"]["content"][0]
    assert shown == "x" * 398 + "**…"
    assert "SECRE" not in json.dumps(found)


def test_decide_action_analyses():
    engine = compile_packs([pack(policy("p"))], FIELDS)
    assert decide_action(ACTION, engine, lambda _: Analysis([push()], []), stage="block").decision == "deny"


def test_trace_tells_what_failed():
    engine = compile_packs([pack(
        policy("p", "block", MAIN, exceptions=((on("branch", "main"),),), where=(on("team", "a"),)), policy("q", when=("text",)),
    )], FIELDS)
    steps = engine.trace("p", push("topic"), ACTION)
    assert [(step.part, step.field, step.verdict) for step in steps] == [
        ("when", "family", 2), ("if", "operation", 2), ("if", "branch", 0), ("unless", "branch", 0), ("where", "team", 0),
    ]
    assert steps[2].values == ("topic",)
    assert distance(steps) == 2
    assert distance(engine.trace("q", push(), ACTION)) == -1
    with pytest.raises(KeyError):
        engine.trace("none", push(), ACTION)


def test_lists_of_the_pack_come_before_those_of_the_context():
    named = policy("p", "block", (Condition("branch", (Pattern("list", "protected"),)),))
    assert answer([pack(named)], lists={"protected": ("main",)}).policy_ids == ["p"]
    assert answer([pack(named, lists={"protected": ("x",)})], lists={"protected": ("main",)}).policy_ids == []


def test_an_operation_without_a_verb_or_with_an_unknown_one():
    named = [policy(f"p{n}", "block", (on("operation", f"verb{n}", f"x{n}*"),)) for n in range(8)]
    bare = Operation(("git-action",), {"branch": ("main",)})
    assert answer([pack(*named, policy("any"))], [bare]).policy_ids == ["any"]
    dark = Operation(("git-action",), {"operation": (Text((Hole(),)),)})
    assert answer([pack(*named)], [dark]).may_match == [f"p{n}" for n in range(8)]
    several = Operation(("git-action",), {"operation": ("verb1", "x5y")})
    assert answer([pack(*named)], [several]).policy_ids == ["p1", "p5"]


def test_a_value_of_a_few_strings_finds_the_policies_of_each():
    named = [policy(f"p{n}", "block", (on("operation", "push"), on("branch", f"b{n}"))) for n in range(8)]
    several = push(Text((Hole((), "any", ("b2", "b6")),)))
    assert answer([pack(*named)], [several]).may_match == ["p2", "p6"]


def test_context_is_exported():
    assert Context(ACTION).where_values("group") == ("payments",)
