"""What a measurement counts: probes from cases, verdicts from what was seen, figures, the page; where engines are looked for."""

from __future__ import annotations

import json

import pytest
from bundle_maker import write_pack

from packgate.conform import faults as conform_faults
from packgate.conform import find as finding
from packgate.conform.engines import gemini
from packgate.conform.faults import FAULTS, holds
from packgate.conform.find import Program, find, folder_of
from packgate.conform.lane import ASKED, DENIED, HOOK, OWN, RAN, RULE, UNSEEN, Seen, Setting, expressible
from packgate.conform.lanes import find_lane
from packgate.conform.measure import CAUGHT, MISSED, NOT_SEEN, QUIET, RECORDED, WRONG, Measured, Tried, judge, refusals
from packgate.conform.page import page
from packgate.conform.places import by_context, prepare
from packgate.conform.probes import CASE, Probe, case_probes, one_of_each, spellings
from packgate.conform.report import lane_data
from packgate.conform.spec import Ran
from packgate.conform.text import text
from packgate.engine.gate import build_gate
from packgate.source.workspace import load_workspace
from packgate.testing.cases import collect, in_context


def probe(mode, *, fires=True, way=CASE, own="same", name="p/must_fire/1", by=("p",)):
    action = in_context({"surface": "shell", "command": "x"}, {})
    return Probe("p", name, way, fires, action, mode if own == "same" else own, mode, by)


RAN_QUIETLY, TOLD = Seen(RAN), Seen(RAN, told="warned by policy p")
DENIED_BY_RULE, DENIED_BY_HOOK, ASKED_BY_RULE = Seen(DENIED, RULE), Seen(DENIED, HOOK), Seen(ASKED, RULE)


@pytest.mark.parametrize(("mode", "seen", "native", "verdict"), [
    ("block", DENIED_BY_HOOK, False, CAUGHT),
    ("block", ASKED_BY_RULE, True, CAUGHT),
    ("block", RAN_QUIETLY, False, MISSED),
    ("block", TOLD, False, MISSED),
    ("require-approval", ASKED_BY_RULE, False, CAUGHT),
    ("warn", TOLD, False, CAUGHT),
    ("warn", RAN_QUIETLY, False, MISSED),
    ("warn", Seen(RAN, told="something else"), False, MISSED),
    ("warn", DENIED_BY_HOOK, False, WRONG),
    ("warn", ASKED_BY_RULE, True, CAUGHT),
    ("warn", ASKED_BY_RULE, False, WRONG),
    ("warn", DENIED_BY_RULE, True, WRONG),
    ("warn", Seen(DENIED, OWN), False, NOT_SEEN),
    ("audit", RAN_QUIETLY, False, RECORDED),
    ("audit", DENIED_BY_HOOK, False, WRONG),
    (None, RAN_QUIETLY, False, QUIET),
    (None, DENIED_BY_RULE, True, WRONG),
    (None, Seen(UNSEEN), False, NOT_SEEN),
])
def test_verdicts(mode, seen, native, verdict):
    assert judge(probe(mode), seen, native=native) == verdict


def test_what_another_policy_stops_is_not_stopped_wrongly():
    """A case that must not fire one policy can fire another."""
    assert judge(probe("block", fires=False, own=None), DENIED_BY_HOOK, native=False) == CAUGHT


@pytest.mark.parametrize(("own", "by", "told", "verdict"), [
    ("warn", ("p", "q"), "runs, with a warning (policy p, q): …", CAUGHT),
    ("warn", ("p", "q"), "runs, with a warning (policy p): …", MISSED),
    ("warn", ("p",), "runs, with a warning (policy p-of-another): …", MISSED),
    # The policy of the case records, and another one warns: that one has to be named.
    ("audit", ("q",), "runs, with a warning (policy q): …", CAUGHT),
    ("audit", ("q",), "runs, with a warning (policy p): …", MISSED),
    (None, ("q",), "runs, with a warning (policy r): …", MISSED),
])
def test_a_warning_is_one_of_the_policies_that_warn(own, by, told, verdict):
    assert judge(probe("warn", own=own, fires=own is not None, by=by), Seen(RAN, told=told), native=False) == verdict


class Refusing:
    """A lane whose agent stops what it does not like by itself."""

    surfaces, operations, allowing = ("shell",), (), {}

    def run(self, engine, setting, actions):
        assert setting == Setting()
        return [DENIED_BY_RULE if action["command"] == "x" else RAN_QUIETLY for action in actions]


def test_what_an_agent_stops_by_itself_is_not_put_down_to_a_rule():
    named = {name: probe(mode, fires=False, name=name) for name, mode in (("a", None), ("b", None), ("c", "warn"), ("d", "block"))}
    named["b"].action["command"] = "y"
    tried = [Tried(each, DENIED_BY_RULE, judge(each, DENIED_BY_RULE, native=False)) for each in named.values()]
    by_hook = Tried(named["a"], DENIED_BY_HOOK, WRONG)
    measured = Measured([*tried, by_hook])
    assert measured.doubtful == [named["a"], named["b"], named["c"]]
    refused = refusals(Refusing(), None, Setting(), measured.doubtful)
    assert refused == {"a", "c"}
    left = measured.without(refused, native=False)
    assert [each.verdict for each in left.tried[:4]] == [NOT_SEEN, WRONG, NOT_SEEN, CAUGHT]
    assert left.refused == ["a", "c"]
    assert left.tried[3] == tried[3], "what has to be stopped counts whoever does it"


@pytest.mark.parametrize(("action", "has_tool"), [
    ({"surface": "web", "url": "https://a.example/x"}, True),
    ({"surface": "web", "method": "GET", "url": "https://a.example/x"}, True),
    ({"surface": "web", "method": "POST", "url": "https://a.example/x"}, False),
    ({"surface": "web", "url": "https://a.example/x", "body": "x"}, False),
    ({"surface": "file", "operation": "write", "path": "a"}, True),
    ({"surface": "file", "operation": "move", "path": "a"}, False),
    ({"surface": "prompt", "text": "x"}, False),
])
def test_what_an_agent_has_a_tool_for(action, has_tool):
    assert expressible(find_lane("claude-code"), action) is has_tool


def test_gemini_tells_its_model_of_each_call_alone():
    calls = [gemini.tool_call(in_context({"surface": "shell", "command": command}, {})) for command in ("one", "two", "three", "never")]
    lines, chat = [], []
    shown = (("packgate-conform: not run", None), ("packgate-conform: not run", None), ("Blocked: command substitution detected in …", None))
    for number, (call, (output, error)) in enumerate(zip(calls, shown, strict=False)):
        lines += [{"type": "tool_use", "tool_id": str(number), "parameters": call["args"]},
                  {"type": "tool_result", "tool_id": str(number), "output": output, "error": error}]
        answer = {"functionResponse": {"response": {"output": f"told of {number}"}}}
        chat += [{"type": "gemini", "toolCalls": [{"id": str(number), "result": given}]} for given in (None, [answer])]
    out, kept = ("\n".join(map(json.dumps, each)) for each in (lines, chat))
    done = Ran(0, out, "Hook system message: for the user\n", 1.0, files={"chat": kept})
    first, second, third, last = gemini.read(done, calls)
    assert (first.outcome, second.outcome, (third.outcome, third.by), last.outcome) == (RAN, RAN, (DENIED, OWN), UNSEEN)
    assert ("told of 0" in first.told, "told of 1" in first.told, "told of 1" in second.told) == (True, False, True)
    assert first.shown == "for the user"


@pytest.fixture
def packed(tmp_path):
    write_pack(tmp_path, "demo", "main")
    space = load_workspace(str(tmp_path), ["demo"])
    (result,) = space.results
    return collect([result]), build_gate([result.pack], result.vocabulary, lists=space.lists)


def test_probes_of_cases_and_spellings(packed):
    cases, gate = packed
    fire, silent = case_probes(cases, gate)
    assert (fire.fires, fire.mode, fire.own, fire.way) == (True, "block", "block", CASE)
    assert (silent.fires, silent.mode, silent.own) == (False, None, None)
    assert one_of_each([fire, silent, fire]) == [fire, silent]
    ways = spellings(cases, gate, commands=None)
    assert ways == spellings(cases, gate), "there is one policy alone"
    assert len(ways) > 50
    assert len({each.name for each in ways}) == len(ways)
    assert not [each.name for each in ways if each.mode != "block"]


def test_figures_and_page():
    tried = [
        Tried(probe("block"), DENIED_BY_HOOK, CAUGHT),
        Tried(probe("block", way="quote"), RAN_QUIETLY, MISSED),
        Tried(probe(None, fires=False), DENIED_BY_RULE, WRONG),
        Tried(probe(None, fires=False, name="p/must_not_fire/2"), Seen(DENIED, OWN), NOT_SEEN),
    ]
    lane = lane_data("An agent", "1.2.3", Measured(tried[:1]), Measured(tried))
    assert lane["hook"]["must_fire"] == {"tried": 1, "caught": 1, "missed": 0, "wrong": 0, "recorded": 0, "quiet": 0, "unseen": 0}
    assert lane["hook"]["spellings"]["missed"] == 1
    assert lane["wrong"] == {"native": [], "hook": ["p/must_fire/1"]}
    faults = {fault.name: {"closed": "stopped", "open": "ran"} for fault in FAULTS}
    written = page({"x": {"measured": "2026-01-01", "figures": {"extent": "all", "lane": lane, "faults": faults}}})
    assert "| An agent | 1.2.3 | 2026-01-01 | `all` | 1/1, 1/1 | -, 0/1 | 0, 1 | 1 |" in written
    assert "- An agent, stopped by the agent itself: `p/must_not_fire/2`" in written
    assert "| `p` | 1/1, 1/2 |" in written
    assert "- An agent, not caught with the hook: `p/must_fire/1`" in written
    assert "| the hook is killed | stopped, ran |" in written
    # The settings are what is missing: nobody can say that failures are open.
    assert "| the hook's settings are missing | stopped, **ran** |" in written
    shown = text({"pack": "demo", "lanes": {"x": lane}, "skipped": {"y": "no `y`"}})
    assert "not caught: p/must_fire/1" in shown
    assert "stopped by the agent itself: p/must_not_fire/2" in shown
    assert "y: not tried: no `y`" in shown


def test_an_outcome_holds_when_it_is_the_configured_one_or_the_agents_limit(monkeypatch):
    by_name = {fault.name: fault for fault in FAULTS}
    killed, none = by_name["killed"], by_name["none"]
    assert [holds("x", killed, mode, outcome) for mode, outcome in (("closed", "stopped"), ("closed", "no session"), ("open", "ran"))] == [True] * 3
    assert not holds("x", killed, "closed", "ran")
    assert not holds("x", killed, "open", "no session")
    assert not holds("x", none, "closed", "stopped")
    monkeypatch.setitem(conform_faults.LIMITS, ("x", "killed"), "ran")
    assert holds("x", killed, "closed", "ran")
    assert not holds("x", killed, "closed", "stopped"), "a limit that is gone is told"
    lane = lane_data("An agent", "1.2.3", Measured([]), Measured([]))
    written = page({"x": {"measured": "d", "figures": {"extent": "all", "lane": lane, "faults": {"killed": {"closed": "ran", "open": "ran"}}}}})
    assert "| the hook is killed | **ran** (its limit), ran |" in written
    assert "| the decision server is down | - |" in written


def test_sessions_are_grouped_by_context():
    here = in_context({"surface": "shell", "command": "a"}, {})
    there = in_context({"surface": "shell", "command": "b"}, {"branch": "main"})
    assert list(by_context([here, there, here]).values()) == [[0, 2], [1]]
    (step,) = prepare(there)
    assert step.write["/home/dev/proj/.git/HEAD"] == "ref: refs/heads/main\n"


def test_where_an_engine_is_looked_for(tmp_path, monkeypatch):
    program = Program("an-agent", "agent", package="agent_package", inside="bin/agent", node=".bin/agent")
    places = {
        "given": tmp_path / "given" / "agent",
        "folder": tmp_path / "folder" / "node_modules" / ".bin" / "agent",
        "venv": tmp_path / "venv" / "lib" / "python3.11" / "site-packages" / "agent_package" / "bin" / "agent",
        "path": tmp_path / "path" / "agent",
    }
    for place in places.values():
        place.parent.mkdir(parents=True)
        place.write_text("#!/bin/sh\n")
        place.chmod(0o755)
    on_path = {"PATH": str(places["path"].parent)}
    assert find(program, None, {"PATH": ""}) is None
    assert find(program, None, on_path) == str(places["path"])
    assert find(program, None, {**on_path, "PACKGATE_ENGINES": str(tmp_path / "folder")}) == str(places["folder"])
    assert find(program, None, {**on_path, "PACKGATE_ENGINES": str(tmp_path / "venv")}) == str(places["venv"])
    assert find(program, None, {**on_path, "PACKGATE_ENGINE_AN_AGENT": str(places["given"])}) == str(places["given"])
    assert find(program, str(places["given"].parent), on_path) == str(places["given"])
    # What is named and is not there is not looked for elsewhere.
    assert find(program, str(tmp_path / "nothing"), on_path) is None
    package = tmp_path / "packages" / "agent_package"
    (package / "bin").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "bin" / "agent").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    assert find(program, None, {}) == str(package / "bin" / "agent")


def test_the_folder_of_a_program():
    assert folder_of("/a/node_modules/x/node_modules/y/bin/z") == "/a/node_modules"
    assert folder_of("/opt/agent/bin/agent") == "/opt/agent/bin"
    assert finding.FOLDERS == "PACKGATE_ENGINES"
