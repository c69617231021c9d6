"""Gates: intervals, what counts as evidence, what is met, and that a record is only a claim."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from packgate.impact.interval import wilson
from packgate.release.claims import verify_claim
from packgate.release.eventlines import EventLines
from packgate.release.gates import MET, NOT_MET, UNKNOWN, Evidence, PolicyCases, all_met, compute
from packgate.release.limits import DEFAULTS, Limits, limits_for
from packgate.release.observed import Observed, observe
from packgate.release.subject import Subject
from packgate.review.evidence import Rejections

if TYPE_CHECKING:
    from pathlib import Path

    from packgate.diagnostics import Diagnostic

NOW = "2026-03-01T00:00:00Z"
SUBJECT = Subject("pack", "demo", "demo", "1.0.0", frozenset(("drop", "push")), "audit", "block", "2026-01-01T00:00:00Z")
LAYER = Subject("threat", "data", "demo", "1.0.0", frozenset(("drop",)), "audit", "audit", "2026-01-01T00:00:00Z")
CASES = {"drop": PolicyCases(2, 2, 0, 4, 4)}


class Log:
    """A log of events, written line by line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: list[str] = []

    def add(self, kind: str, time: str, **more: Any) -> dict[str, Any]:
        event = {
            "v": 1, "seq": len(self.lines) + 1, "time": time, "kind": kind, "action": None, "decision": None, "latency_us": None, "follows": None,
            "outcome": None, "prev": "sha256:" + "0" * 64, **more,
        }
        self.lines.append(json.dumps(event))
        return event

    def decision(
        self, name: str, time: str = "2026-01-02T10:00:00Z", *, policies: tuple[str, ...] = (), mode: str = "block", effective: str = "audit",
        pack: str = "demo", version: str = "1.0.0", stage: str = "audit", waived: bool = False,
    ) -> dict[str, Any]:
        matches = [{"pack": pack, "policy": each, "mode": mode, "effective": effective, "waived": waived} for each in policies]
        bundles = [{"pack": pack, "version": version, "stage": stage, "revision": 1, "digest": None}]
        return self.add("decision", time, action={"surface": "shell", "command": "x"}, decision={
            "decision_id": name, "mode": effective if policies else None, "matches": matches, "bundles": bundles})

    def outcome(self, follows: str, outcome: Any, time: str = "2026-01-03T00:00:00Z") -> None:
        self.add("outcome", time, follows=follows, outcome=outcome)

    def observe(self, subject: Subject = SUBJECT, to: str = "warn") -> tuple[Observed, list[Diagnostic], EventLines]:
        self.path.write_text("\n".join(self.lines) + "\n", encoding="utf-8")
        lines = EventLines([self.path], NOW)
        seen, findings = observe(lines, subject, to)
        return seen, [*lines.findings, *findings], lines


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "events.jsonl")


@pytest.mark.parametrize(("hits", "total", "low", "high"), [
    # R. G. Newcombe, Statistics in Medicine 17, 1998, table I, method 3.
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718), (29, 29, 0.8830, 1.0),
])
def test_the_interval_has_the_published_values(hits: int, total: int, low: float, high: float) -> None:
    assert wilson(hits, total) == pytest.approx((low, high), abs=6e-5)


def test_an_interval_of_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="no share"):
        wilson(2, 1)


def test_settings_replace_defaults_one_by_one() -> None:
    assert limits_for(None, "block") == DEFAULTS["block"]
    assert limits_for({"gates": {"block": {"min_days": 30}}}, "block").min_days == 30
    assert limits_for({"gates": {"block": {"min_days": 30}}}, "block").min_events == DEFAULTS["block"].min_events
    assert limits_for({"gates": {"warn": {"min_days": 30}}}, "block") == DEFAULTS["block"]
    with pytest.raises(ValueError, match="audit"):
        limits_for(None, "audit")


def test_only_decisions_of_this_pack_version_and_stage_count(log: Log) -> None:
    log.decision("a")
    log.decision("b", "2026-01-05T23:59:59+02:00", policies=("drop",))
    log.decision("c", pack="other")
    log.decision("d", version="1.0.1")
    log.decision("e", stage="warn")
    log.decision("f", "2025-12-31T23:59:59Z")
    seen, findings, _ = log.observe()
    assert (seen.events, seen.days, seen.matched, seen.stopped, seen.left_out) == (2, 2, 1, 1, 4)
    assert (seen.first, seen.last) == ("2026-01-02T10:00:00Z", "2026-01-05T21:59:59Z")
    assert findings == []


def test_nothing_counts_before_the_stage_is_known_to_have_begun(log: Log) -> None:
    log.decision("a")
    assert log.observe(Subject(**{**{k: getattr(SUBJECT, k) for k in Subject.__slots__}, "since": None}))[0].events == 0


def test_a_layer_is_judged_by_its_own_stage(log: Log) -> None:
    log.decision("a", policies=("drop",))
    # The layer acted at block here, so this was recorded at another stage of it.
    log.decision("b", policies=("drop",), effective="block")
    log.decision("c", policies=("push",), effective="block")
    log.decision("d", stage="block")
    seen = log.observe(LAYER)[0]
    assert (seen.events, seen.matched, seen.left_out) == (2, 1, 2)


def test_what_a_promotion_changes(log: Log) -> None:
    log.decision("audits", policies=("drop",), mode="audit")
    log.decision("warns", policies=("drop",), mode="warn")
    log.decision("waived", policies=("drop",), waived=True)
    assert log.observe(to="warn")[0].stopped == 1
    assert log.observe(to="warn")[0].matched == 2
    # From audit straight to block a warning is new too; from warn it is not.
    assert log.observe(to="block")[0].stopped == 1
    at_warn = Subject("pack", "demo", "demo", "1.0.0", SUBJECT.policies, "warn", "block", SUBJECT.since)
    log.decision("w", policies=("drop",), mode="warn", effective="warn", stage="warn")
    log.decision("b", policies=("drop",), mode="block", effective="warn", stage="warn")
    seen = log.observe(at_warn, "block")[0]
    assert (seen.events, seen.stopped) == (2, 1)


def test_harmful_actions_are_no_part_of_the_benign_rate(log: Log) -> None:
    log.decision("a", policies=("drop",))
    log.decision("b", policies=("drop",))
    log.decision("c")
    log.outcome("a", "harmful")
    log.outcome("b", {"judgement": "harmful"}, "2026-01-03T00:00:00Z")
    log.outcome("b", {"judgement": "benign"}, "2026-01-04T00:00:00Z")
    seen = log.observe()[0]
    assert (seen.events, seen.benign, seen.stopped) == (3, 2, 1)


def test_reports_are_open_until_they_are_resolved(log: Log) -> None:
    log.decision("a", policies=("drop", "push"))
    log.decision("b", policies=("drop",))
    log.decision("c", policies=("drop",), version="0.9.0")
    log.outcome("a", {"judgement": "false-positive", "policy": "push", "by": "ana"})
    log.outcome("a", {"judgement": "false-positive", "policy": "elsewhere"})
    log.outcome("b", "false-positive")
    log.outcome("c", "false-positive")
    seen, findings, _ = log.observe()
    assert seen.open_reports == (("a", "push"), ("b", "drop"))
    assert findings == []
    log.outcome("b", "resolved", "2026-01-09T00:00:00Z")
    log.outcome("a", {"judgement": "resolved", "policy": "drop"}, "2026-01-09T00:00:00Z")
    assert log.observe()[0].open_reports == (("a", "push"),)
    log.outcome("b", "false-positive", "2026-01-10T00:00:00Z")
    assert log.observe()[0].open_reports == (("a", "push"), ("b", "drop"))
    log.outcome("a", "resolved", "2026-01-11T00:00:00Z")
    assert log.observe()[0].open_reports == (("b", "drop"),)


def test_a_report_of_a_decision_that_is_not_there(log: Log) -> None:
    log.outcome("gone", {"judgement": "false-positive", "policy": "drop"})
    log.outcome("lost", "false-positive")
    seen, findings, _ = log.observe()
    assert seen.open_reports == (("gone", "drop"),)
    assert [finding.code for finding in findings] == ["PG851"]


def test_approvals_name_what_they_approve(log: Log) -> None:
    given = {"pack": "demo", "version": "1.0.0", "to": "warn", "by": "ana@example.org"}
    for wrong in ({"version": "0.9"}, {"to": "block"}, {"threat": "other"}, {"by": " "}, {"pack": "x"}):
        log.add("approval", "2026-01-02T00:00:00Z", outcome={**given, **wrong})
    log.add("approval", "2025-01-02T00:00:00Z", outcome=given)
    assert log.observe()[0].approvals == ()
    log.add("approval", "2026-01-02T00:00:00Z", outcome=given)
    assert log.observe()[0].approvals == ("ana@example.org",)
    assert log.observe(LAYER)[0].approvals == ()
    log.add("approval", "2026-01-02T00:00:00Z", outcome={**given, "threat": "data", "by": "bo"})
    assert log.observe(LAYER)[0].approvals == ("bo",)


def test_what_is_read_twice_counts_once(log: Log) -> None:
    log.decision("a", policies=("drop",))
    log.decision("b")
    log.lines += log.lines
    copy = log.path.with_name("copy.jsonl")
    seen, findings, lines = log.observe()
    assert (seen.events, lines.repeated, findings) == (2, 2, [])
    copy.write_bytes(log.path.read_bytes())
    lines = EventLines([log.path, copy], NOW)
    assert observe(lines, SUBJECT, "warn")[0].events == 2
    # The same place in the log with other content: one of the two was made up.
    log.lines = log.lines[:2]
    log.decision("x")
    log.lines[2] = log.lines[2].replace('"seq": 3', '"seq": 2')
    seen, findings, lines = log.observe()
    assert (seen.events, lines.damaged) == (2, 1)
    assert "twice" in findings[0].message


def test_logs_joined_into_one_file(log: Log) -> None:
    log.decision("a")
    log.decision("b")
    other = Log(log.path)
    other.decision("c")
    other.decision("d")
    log.lines += other.lines
    assert log.observe()[0].events == 4


DECISION = {"decision_id": "z", "matches": [], "bundles": []}


@pytest.mark.parametrize("line", [
    b"{", b"[]", b'{"v": 2, "kind": "decision"}', b'{"v": 1, "kind": "guess", "seq": 1}', b"\xff\xfe", b"[" * 100_000, b'{"v": 1, "kind": "gap", "seq": 0}',
    *(json.dumps({"v": 1, "seq": 9, "kind": "decision", "time": "2026-01-02T00:00:00Z", "action": {}, "decision": DECISION, **bad}).encode()
      for bad in ({"time": "yesterday"}, {"time": None}, {"time": "2027-01-01T00:00:00Z"}, {"action": None}, {"decision": None},
                  {"decision": {**DECISION, "decision_id": 1}}, {"decision": {**DECISION, "matches": None}}, {"seq": "1"}, {"seq": True})),
])
def test_damaged_lines_are_told_and_do_not_count(log: Log, line: bytes) -> None:
    log.decision("a")
    log.observe()
    log.path.write_bytes(log.path.read_bytes() + line + b"\n")
    lines = EventLines([log.path], NOW)
    assert observe(lines, SUBJECT, "warn")[0].events == 1
    assert [(finding.code, finding.position.line) for finding in lines.findings] == [("PG850", 2)]


def states(limits: Limits, evidence: Evidence) -> dict[str, str]:
    return {gate.name: gate.state for gate in compute(limits, evidence)}


def test_every_gate_can_be_met_and_missed() -> None:
    limits = Limits(1, 0.9, 3, 100, 0.05, 0.2, 0, 1, 0.9)
    settled, standing = Rejections(1, ()), Rejections(2, (("c-0123456789ab", "drop"),))
    good = Evidence(CASES, Observed(1000, 3, "a", "b", 100, 1000, 10, reviewed=9), ["bo"], ["Ana <ana@example.org>"], settled)
    gates = compute(limits, good)
    assert [gate.name for gate in gates] == [
        "polarities", "coverage", "days", "events", "benign rate", "match rate", "open reports", "rejections", "reviewed", "approvals"]
    assert all_met(gates)
    bad = Evidence(
        {"drop": PolicyCases(2, 0, 0, 4, 1)}, Observed(99, 2, "a", "b", 30, 99, 9, (("d", "drop"),), reviewed=8), ["ANA@example.org", "ana"], good.authors, standing)
    assert set(states(limits, bad).values()) == {NOT_MET}


def test_without_events_what_they_would_show_is_unknown_and_not_met() -> None:
    gates = {gate.name: gate for gate in compute(DEFAULTS["block"], Evidence(CASES, None))}
    assert [name for name, gate in gates.items() if gate.state == UNKNOWN] == ["days", "events", "benign rate", "open reports"]
    assert not gates["benign rate"].met
    assert states(DEFAULTS["warn"], Evidence(CASES, Observed()))["benign rate"] == UNKNOWN
    assert states(Limits(), Evidence({}, None))["polarities"] == UNKNOWN


def test_the_upper_bound_decides_not_the_rate() -> None:
    limits = Limits(max_benign_rate=0.01)
    few, many = (Observed(events=n, days=9, benign=n) for n in (380, 381))
    assert states(limits, Evidence(CASES, few))["benign rate"] == NOT_MET
    assert states(limits, Evidence(CASES, many))["benign rate"] == MET
    gate = next(gate for gate in compute(limits, Evidence(CASES, few)) if gate.name == "benign rate")
    assert (gate.count, gate.total) == (0, 380)
    assert gate.observed == "0 % (0 of 380; 95 % interval 0 % to 1.001 %)"
    assert gate.interval == pytest.approx((0, 0.01001), abs=1e-5)


def test_a_failing_case_is_enough() -> None:
    assert states(Limits(), Evidence({"drop": PolicyCases(2, 2, 1, 4, 4)}, None))["polarities"] == NOT_MET


def test_one_person_is_one_approval() -> None:
    limits = Limits(min_approvals=2)
    gate = compute(limits, Evidence(CASES, None, ["Bo <bo@example.org>", "bo@example.org", "BO"]))[-1]
    assert (gate.state, gate.count) == (NOT_MET, 1)
    assert compute(limits, Evidence(CASES, None, ["bo", "@cy"]))[-1].state == MET


def test_a_record_is_a_claim() -> None:
    limits = Limits(min_approvals=1)
    good, bad = (Evidence(CASES, Observed(), approvers) for approvers in (["bo"], []))
    honest = [gate.as_json() for gate in compute(limits, good)]
    assert (verify_claim(honest, limits, good).met, verify_claim(honest, limits, good).differences) == (True, ())
    # What it says does not help when the evidence is not there, nor does a gate that it invents.
    verdict = verify_claim([*honest, {"gate": "trust", "state": "met"}, {"gate": ["x"]}], limits, bad)
    assert not verdict.met
    assert any(each.startswith("approvals: the record says met") for each in verdict.differences)
    assert any(each.startswith("trust: the record has it") for each in verdict.differences)
    assert not verify_claim(None, limits, bad).met
    # And a record that says less than is true does not hurt.
    assert verify_claim([{**honest[-1], "state": "not met"}], limits, good).met


def test_users_and_what_would_be_stopped(log: Log) -> None:
    for number in range(4):
        event = log.decision(f"d{number}", policies=("drop",) if number else ())
        event["action"]["actor"] = {"user": f"u{number % 2}"}
        log.lines[-1] = json.dumps(event)
    log.decision("w", policies=("drop",), waived=True)
    seen = log.observe()[0]
    assert (seen.events, seen.users, seen.would_block) == (5, 2, 3)
    found = {each.name: each for each in compute(Limits(min_users=3, max_would_block_rate=0.95), Evidence(CASES, seen))}
    assert (found["users"].state, found["users"].count) == (NOT_MET, 2)
    assert (found["would-block rate"].state, found["would-block rate"].count, found["would-block rate"].total) == (MET, 3, 5)
    tighter = {each.name: each for each in compute(Limits(max_would_block_rate=0.8), Evidence(CASES, seen))}
    assert tighter["would-block rate"].state == NOT_MET, "3 of 5 is 60 %, but the interval reaches 88 %"
    assert {"users", "would-block rate", "heed rate"}.isdisjoint(each.name for each in compute(Limits(), Evidence(CASES, seen)))


def _warned(log: Log, heeded: int, past: int, told: bool = True) -> Observed:
    for number in range(heeded + past):
        log.decision(f"d{number}", policies=("drop",), effective="warn", stage="warn")
        if told:
            about = {"said": "warn", "agent": "claude-code", "session": "s", "acknowledged": None}
            log.outcome(f"d{number}", {
                **about, "followed": "next", "ran": False, "next": "n", "decision": "allow", "mode": None, "repeated": number >= heeded,
            })
            log.outcome(f"e{number}", {**about, "followed": "result", "said": "allow", "ran": True})
    return log.observe(Subject("pack", "demo", "demo", "1.0.0", frozenset(("drop", "push")), "warn", "warn", "2026-01-01T00:00:00Z"), "block")[0]


@pytest.mark.parametrize(("heeded", "past", "state"), [(10, 0, MET), (5, 5, NOT_MET), (0, 0, MET), (60, 20, MET)])
def test_warnings_have_to_be_heeded(log: Log, heeded: int, past: int, state: str) -> None:
    seen = _warned(log, heeded, past) if heeded + past else Observed(events=3)
    gate = next(each for each in compute(Limits(min_heed_rate=0.6), Evidence(CASES, seen)) if each.name == "heed rate")
    assert (gate.state, gate.count, gate.total) == (state, heeded, heeded + past)


def test_what_followed_a_warning_has_to_be_known(log: Log) -> None:
    limits = Limits(min_heed_rate=0.1)
    for seen in (_warned(log, 5, 0, told=False), None):
        assert next(each for each in compute(limits, Evidence(CASES, seen)) if each.name == "heed rate").state == UNKNOWN
