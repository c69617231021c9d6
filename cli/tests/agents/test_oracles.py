"""Oracles on the real programs: right answers are seen as right, wrong policies as wrong, and files that a program does not take are
said so.

Not part of the quick suite: `pytest -m agents cli/tests/agents`, with the programs named as `packgate conform --help` says.
"""

from __future__ import annotations

import os

import pytest
from render_repository import subject_of, write_repository

from packgate.conform.lane import ASKED, DENIED, RAN, RULE, Absent
from packgate.conform.oracles.agreement import check_rules, compare
from packgate.conform.oracles.oracle import Call, Refused
from packgate.conform.oracles.questions import questions
from packgate.conform.oracles.registry import CHECKERS, ENGINES, find_checker, find_engine
from packgate.conform.probes import case_probes
from packgate.render.options import Settings
from packgate.render.rendered import render
from packgate.render.targets import cerbos, codex, gemini, opa
from packgate.testing.cases import in_context

pytestmark = pytest.mark.agents


def here(oracle):
    found = oracle.find(None, os.environ)
    if isinstance(found, Absent):
        pytest.skip(found.reason)
    return found


@pytest.fixture(scope="module")
def subject(tmp_path_factory):
    return subject_of(write_repository(tmp_path_factory.mktemp("demo")))


@pytest.fixture(params=ENGINES)
def engine(request, subject):
    oracle = find_engine(request.param)
    found = here(oracle)
    rendered = render(subject, [oracle.name], Settings())[oracle.name]
    asked = questions(subject, rendered.plan, case_probes(subject.cases, subject.gate))
    return oracle, found, dict(rendered.files), asked


def test_an_engine_answers_as_packgate_does(engine):
    oracle, found, files, asked = engine
    replies = oracle.ask(found, files, asked)
    figures = compare(asked, replies)
    assert figures["differs"] == figures["partly_differs"] == replies.failed == []
    assert replies.tests > 0
    modes = {each.mode for each in replies.answers}
    assert modes == {"block", "require-approval", "warn", None}


def test_an_engine_with_other_policies_is_found_out(engine):
    """An engine that takes one word for another: cases, and the tests that are rendered beside the policies, tell."""
    oracle, found, files, asked = engine
    policy = {"opa": opa.DATA, "cerbos": cerbos.POLICY}[oracle.name]
    files[policy] = files[policy].replace(b"force-push", b"farce-push")
    replies = oracle.ask(found, files, asked)
    assert [each["name"] for each in compare(asked, replies)["differs"]] == ["forced/must_fire/1", "forced/must_fire/2"]
    assert replies.failed
    assert all(each.startswith("forced") for each in replies.failed)


def test_an_engine_that_does_not_take_the_policies_says_so(engine):
    oracle, found, files, asked = engine
    policy = {"opa": opa.POLICY, "cerbos": cerbos.POLICY}[oracle.name]
    files[policy] = files[policy][:-200] + b"\n  }{ not a policy"
    with pytest.raises(Refused, match="does not take"):
        oracle.ask(found, files, asked)


def calls(*commands):
    return [Call(in_context({"surface": "shell", "command": " ".join(words)}, {}), (words,)) for words in commands]


@pytest.mark.parametrize("name", CHECKERS)
def test_a_checker_denies_asks_and_lets_run(subject, name):
    oracle = find_checker(name)
    found = here(oracle)
    files = render(subject, [name], Settings())[name].files
    seen = oracle.check(found, files, calls(("docker", "rmi", "app"), ("docker", "volume", "rm", "data"), ("docker", "ps"), ("ls",)))
    assert [(each.outcome, each.by) for each in seen] == [(DENIED, RULE), (ASKED, RULE), (RAN, ""), (RAN, "")]


@pytest.mark.parametrize("name", CHECKERS)
def test_rules_stop_nothing_that_the_packs_let_run(subject, name):
    oracle = find_checker(name)
    figures = check_rules(oracle, here(oracle), subject, case_probes(subject.cases, subject.gate))
    assert figures["native"]["must_fire"]["caught"] >= 2
    assert figures["wrong"]["native"] == []


@pytest.mark.parametrize(("name", "file", "found", "put"), [
    ("codex", codex.RULES, b"not_match = [", b"match = ["), ("gemini", gemini.POLICY, b'decision = "deny"', b'decision = "dany"'),
])
def test_a_checker_that_does_not_take_the_rules_says_so(subject, name, file, found, put):
    oracle = find_checker(name)
    engine = here(oracle)
    files = dict(render(subject, [name], Settings())[name].files)
    assert found in files[file]
    files[file] = files[file].replace(found, put)
    with pytest.raises(Refused, match="does not take"):
        oracle.check(engine, files, calls(("ls",)))
