"""What oracles are held against: questions with packgate's own answer, agreement, what their answers say, text and page."""

from __future__ import annotations

import json

import pytest
from render_repository import subject_of, write_repository

from packgate.conform.lane import ASKED, DENIED, RAN, RULE, Absent
from packgate.conform.oracles import cerbos, codex, gemini, opa
from packgate.conform.oracles.agreement import compare
from packgate.conform.oracles.oracle import Answer, Question, Refused, Replies
from packgate.conform.oracles.page import oracle_page
from packgate.conform.oracles.questions import left_out, questions
from packgate.conform.oracles.registry import CHECKERS, ENGINES, find_checker, find_engine
from packgate.conform.oracles.run import ask, check_names, fails
from packgate.conform.oracles.text import oracle_text
from packgate.conform.probes import CASE, case_probes
from packgate.conform.spec import Ran
from packgate.errors import UserError
from packgate.render.options import Settings
from packgate.render.rendered import render

BLOCKED, SILENT = Answer(("p",), "block", True), Answer((), None, False)
WAIVER = ("waivers:\n  - id: w1\n    policy: forced\n    expires: 2030-01-31\n    reason: Migration of the mirror.\n"
          "    owner: a@example.org\n    approver: b@example.org\n    if: {remote: mirror}\n")


def asked(tmp_path, **files):
    subject = subject_of(write_repository(tmp_path, **files))
    plan = render(subject, ["opa"], Settings())["opa"].plan
    return {each.name: each for each in questions(subject, plan, case_probes(subject.cases, subject.gate))}, left_out(plan)


def test_questions_hold_facts_and_packgates_answer(tmp_path):
    found, left = asked(tmp_path)
    assert found["forced/must_fire/1"].expected == Answer(("forced",), "block", True)
    assert found["volumes/must_fire/1"].expected == Answer(("volumes",), "require-approval", True)
    assert found["told/must_fire/1"].expected == Answer(("told",), "warn", False)
    assert found["told/must_not_fire/1"].expected == SILENT
    assert "git-action" in found["forced/must_fire/1"].input["operations"][0]["families"]
    assert left == {}


def test_a_policy_that_engines_do_not_have_is_not_expected_of_them(tmp_path):
    found, left = asked(tmp_path, packs__demo__waivers=WAIVER)
    assert found["forced/must_fire/1"].expected == SILENT
    assert "waivers" in left["forced"]


def test_agreement_is_counted_apart_for_what_is_known_in_part():
    given = [
        Question("a", CASE, {}, BLOCKED, partly=False), Question("b", CASE, {}, BLOCKED, partly=False),
        Question("c", "quotes", {}, SILENT, partly=False), Question("d", CASE, {}, BLOCKED, partly=True),
        Question("e", CASE, {}, BLOCKED, partly=False),
    ]
    found = compare(given, Replies([BLOCKED, SILENT, SILENT, SILENT, "broken"], 3, ["t"]))
    assert (found["cases"], found["spellings"], found["partly"]) == (
        {"asked": 3, "agreed": 1}, {"asked": 1, "agreed": 1}, {"asked": 1, "agreed": 0})
    assert [each["name"] for each in found["differs"]] == ["b", "e"]
    assert found["differs"][1]["engine"] == "broken"
    assert found["partly_differs"] == [{"name": "d", "packgate": BLOCKED.to_json(), "engine": SILENT.to_json()}]
    assert found["tests"] == {"run": 3, "failed": ["t"]}
    assert fails(found)
    assert not fails(compare(given[:1], Replies([BLOCKED], 3)))
    assert not fails(compare(given[3:4], Replies([SILENT], 3))), "what is known in part is no promise"
    assert fails(compare(given[:1], Replies([BLOCKED], 3, ["t"])))


@pytest.mark.parametrize("other", [Answer(("p", "q"), "block", True), Answer(("p",), "warn", True), Answer(("p",), "block", False)])
def test_policies_mode_and_what_becomes_of_the_action_all_count(other):
    question = Question("a", CASE, {}, BLOCKED, partly=False)
    assert compare([question], Replies([other], 0))["cases"]["agreed"] == 0


def test_what_opa_says():
    said = {"decision": "require_approval", "mode": "require-approval", "policy_ids": ["p"], "messages": ["m"]}
    assert opa.read(said) == Answer(("p",), "require-approval", True)
    assert opa.read({**said, "decision": "allow", "mode": "warn"}) == Answer(("p",), "warn", False)
    assert opa.read({"error": "RegoError: no"}) == '{"error": "RegoError: no"}'
    assert opa.read(None) == "null"


def result(effect, *modes):
    told = [{"src": f"resource.x#{name}", "val": {"policy": name, "mode": mode, "message": "m"}} for name, mode in modes]
    return {"decide": {"result": "RESULT_PASSED", "success": {"effect": effect}},
            "policies": {"result": "RESULT_PASSED", "success": {"effect": "EFFECT_ALLOW", "outputs": told}}}


def test_what_cerbos_says():
    assert cerbos.read(result("EFFECT_DENY", ("q", "warn"), ("p", "block"))) == Answer(("p", "q"), "block", True)
    assert cerbos.read(result("EFFECT_ALLOW")) == SILENT
    unexpected = {**result("", ("p", "block")), "decide": {"result": "RESULT_FAILED", "failure": {"expected": "x", "actual": "EFFECT_ALLOW"}}}
    assert cerbos.read(unexpected) == Answer(("p",), "block", False)
    assert "RESULT_ERRORED" in cerbos.read({**result("EFFECT_ALLOW"), "policies": {"result": "RESULT_ERRORED"}})


def test_what_codex_says():
    def ran(code, out):
        return codex.read(Ran(code, out, "broken", 0.1))

    assert [ran(0, json.dumps({"matchedRules": [], **said})) for said in ({}, {"decision": "prompt"}, {"decision": "forbidden"})] == [
        RAN, ASKED, DENIED]
    with pytest.raises(Refused, match="broken"):
        ran(1, "")


@pytest.mark.parametrize(("decision", "source", "outcome", "by"), [
    ("deny", "Admin: 20-packgate.toml", DENIED, RULE), ("ask_user", "Admin: 20-packgate.toml", ASKED, RULE),
    ("ask_user", "User: conform.toml", RAN, ""), ("ask_user", None, RAN, ""), ("allow", "User: conform.toml", RAN, ""),
])
def test_what_gemini_asks_by_itself_is_no_rule(decision, source, outcome, by):
    seen = gemini.read({"decision": decision, "source": source})
    assert (seen.outcome, seen.by) == (outcome, by)


def test_oracles_that_are_not_here_say_what_they_need(tmp_path):
    for name in (*ENGINES, *CHECKERS):
        found = (find_engine(name) if name in ENGINES else find_checker(name)).find(str(tmp_path), {"PATH": ""})
        assert isinstance(found, Absent), name
        assert "--engine" in found.reason
    skipped = ask(("opa", "gemini"), str(tmp_path), {"PATH": ""}, subject_of(write_repository(tmp_path)), []).skipped
    assert sorted(skipped) == ["gemini", "opa"]


def test_an_agent_without_a_checker():
    check_names(("claude-code",), rules_only=False)
    check_names(("codex", "opa"), rules_only=True)
    with pytest.raises(UserError, match="no checker for its rules"):
        check_names(("claude-code",), rules_only=True)


def figures():
    engine = {"title": "Rego", "version": "1.5", "policies": 9, "left": {"w": "has waivers"}, **compare(
        [Question("a", CASE, {}, BLOCKED, partly=False)], Replies([SILENT], 2, ["t"]))}
    group = {"caught": 1, "missed": 2, "wrong": 1}
    rules = {"title": "checker", "version": "2", "native": dict.fromkeys(("must_fire", "spellings", "must_not_fire"), group),
             "wrong": {"native": ["p/must_not_fire/1"], "hook": []}}
    return engine, rules


def test_text_names_what_differs():
    engine, rules = figures()
    shown = oracle_text({"pack": "demo", "engines": {"opa": engine}, "rules": {"codex": rules}})
    assert "opa (Rego 1.5), pack demo: 9 policies, 1 left to packgate" in shown
    assert "  differs: a: packgate block (p); engine silent" in shown
    assert "  failed: t" in shown
    assert "  wrongly stopped (rules alone): p/must_not_fire/1" in shown
    assert fails(engine)
    assert fails(rules)


def test_page_has_a_row_for_each_and_names_what_differs():
    engine, rules = figures()
    day = {"measured": "2026-01-02"}
    written = oracle_page({"opa": {**day, "figures": {"extent": "all", "engine": engine}},
                           "codex-rules": {**day, "figures": {"extent": "all", "rules": rules}}})
    assert "| Rego | 1.5 | 2026-01-02 | `all` | 9/10 | 0/1 | 0/0 | 0/0 | 1/2 |" in written
    assert "- Rego, differs: `a`" in written
    assert "- Rego, left to packgate: `w: has waivers`" in written
    assert "| checker | 2 | 2026-01-02 | `all` | 1/3 | 1/3 | 3 |" in written
    assert "- checker, wrongly stopped: `p/must_not_fire/1`" in written
    assert oracle_page({}) == ""
