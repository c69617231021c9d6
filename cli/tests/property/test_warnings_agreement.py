"""What became of warnings: made sessions, whose truth is known, against what the command line, gates and the report count of their events."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from policy_repository import event, stamp

from packgate.events.reading import Read
from packgate.impact.warnings import AGAIN, CHANGED, COURSES, UNKNOWN, WENT_ON, Warnings
from packgate.impact.warnings_shown import as_json
from packgate.overview.evidence import _heed
from packgate.overview.recorded import Recorded
from packgate.release.eventlines import Event, parse_time
from packgate.release.observed import observe
from packgate.release.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

PASS, WARN, BLOCK = "pass", "warn", "block"
DECIDED = {PASS: ("allow", None), WARN: ("allow", "warn"), BLOCK: ("deny", "block")}


@dataclass(frozen=True)
class Call:
    """What is true of a call. ``said``: of a warning; None: its hook links nothing. ``runs``: unless it is blocked; ``late``: its result
    comes after the next call's decision. ``same``: it is the call before once more."""

    verdict: str
    said: str | None
    runs: bool
    late: bool
    same: bool

    @property
    def told(self) -> str | None:
        """What the agent was told."""
        return self.said if self.verdict == WARN else "deny" if self.verdict == BLOCK else "allow"

    @property
    def ran(self) -> bool:
        return self.runs and self.verdict != BLOCK


@dataclass(frozen=True)
class Session:
    """``results``: whether its agent tells of results."""

    results: bool
    calls: tuple[Call, ...]


CALLS = st.builds(
    Call, st.sampled_from((PASS, WARN, WARN, BLOCK)), st.sampled_from(("warn", "warn", "redact", "ask", "allow", None)), st.booleans(),
    st.booleans(), st.booleans(),
)
SESSIONS = st.lists(st.builds(Session, st.booleans(), st.lists(CALLS, min_size=1, max_size=6).map(tuple)), min_size=1, max_size=5)


def lines(sessions: list[Session]) -> list[dict[str, Any]]:
    """The events that a hook writes of such sessions."""
    found: list[dict[str, Any]] = []
    for number, session in enumerate(sessions):
        late: list[dict[str, Any]] = []
        for place, call in enumerate(session.calls):
            name, came = f"d-{number}-{place}", session.results and call.ran
            about = {"said": call.told, "agent": "claude-code", "session": f"s-{number}", "call": name, "acknowledged": None, "ran": None,
                     "next": None, "decision": None, "mode": None, "repeated": None}
            decision, mode = DECIDED[call.verdict]
            match = {"pack": "demo", "policy": "push", "mode": "block", "effective": call.verdict, "waived": False}
            found.append({"kind": "decision", "action": {
                "id": name, "surface": "shell", "command": "x", "actor": {"user": f"u{number}", "session": f"s-{number}", "agent": "claude-code"},
            }, "decision": {
                "decision_id": name, "decision": decision, "mode": mode, "matches": [match] if mode else [],
                "bundles": [{"pack": "demo", "version": "1.0.0", "stage": "warn"}],
            }})
            found += late
            late = []
            asked = call.told == "ask"
            result = {**about, "followed": "result", "ran": True, "acknowledged": True if asked else None}
            if came and call.told is not None:
                (late if call.late else found).append({"kind": "outcome", "follows": name, "outcome": result})
            if place + 1 < len(session.calls) and call.told not in (None, "allow"):
                following, seen = session.calls[place + 1], came and not call.late
                decision, mode = DECIDED[following.verdict]
                late.insert(0, {"kind": "outcome", "follows": name, "outcome": {
                    **about, "followed": "next", "ran": seen, "acknowledged": seen if asked else None, "next": "n", "decision": decision,
                    "mode": mode, "repeated": following.same,
                }})
        found += late
    return [event(seq, stamp(1, seq), each.pop("kind"), **each) for seq, each in enumerate(found, 1)]


def truth(sessions: list[Session]) -> Counter[str]:
    """What became of every warning, from what is true and could be known."""
    found: Counter[str] = Counter()
    for session in sessions:
        tells = session.results and any(call.ran and call.told is not None for call in session.calls)
        for call, following in zip(session.calls, [*session.calls[1:], None], strict=True):
            if call.verdict != WARN:
                continue
            found["given"] += 1
            linked = following is not None or (session.results and call.ran)
            if call.said is None or not linked:
                found[UNKNOWN] += 1
            elif call.said == "allow":
                # Of a silent one only a result is recorded.
                found["silent" if session.results and call.ran else UNKNOWN] += 1
            elif tells and call.ran:
                found[WENT_ON] += 1
            elif not tells or following is None:
                found[UNKNOWN] += 1
            else:
                found[AGAIN if following.same or following.verdict != PASS else CHANGED] += 1
    return found


def counted(events: list[dict[str, Any]]) -> Warnings:
    warnings = Warnings()
    for each in events:
        warnings.add(each)
    return warnings


@settings(max_examples=150, deadline=None)
@given(SESSIONS)
def test_every_warning_is_counted_as_what_it_was(sessions: list[Session]) -> None:
    events, expected = lines(sessions), truth(sessions)
    total = counted(events).total()
    assert (total.given, total.silent, total.unknown) == (expected["given"], expected["silent"], expected[UNKNOWN])
    assert {each: total.courses[each] for each in COURSES[:3]} == {each: expected[each] for each in COURSES[:3]}
    assert total.heeded == expected[CHANGED], "what is not known is never heeded"
    assert total.given == total.known + total.unknown + total.silent


@settings(max_examples=60, deadline=None)
@given(SESSIONS, st.integers(0, 1000))
def test_order_and_repetition_change_nothing_that_is_heeded(sessions: list[Session], seed: int) -> None:
    events = lines(sessions)
    mixed = [*events, *events]
    Random(seed).shuffle(mixed)
    plain, other = counted(events).total(), counted(mixed).total()
    assert (other.given, other.heeded, other.known, other.accepted, other.declined) == (
        plain.given, plain.heeded, plain.known, plain.accepted, plain.declined,
    )
    assert {each: other.courses[each] for each in COURSES[:3]} == {each: plain.courses[each] for each in COURSES[:3]}


@settings(max_examples=60, deadline=None)
@given(SESSIONS)
def test_the_command_line_gates_and_the_report_say_the_same(sessions: list[Session]) -> None:
    events = lines(sessions)
    rows = counted(events).rows()
    shown = as_json(rows)["policies"]
    recorded = Recorded(stamp(20))
    for _ in recorded.passing(Read("log", number, json.loads(json.dumps(each))) for number, each in enumerate(events, 1)):
        pass
    reported = _heed(recorded)
    seen, _ = observe(_events(events), Subject("pack", "demo", "demo", "1.0.0", frozenset(("push",)), "warn", "warn", stamp(1)), "block")
    assert [(each["given"], each["heeded"]["count"], each["heeded"]["of"], each["unknown"]) for each in shown] == [
        (each["warnings"], each["changed"], each["known"], each["unknown"]) for each in reported["rows"]
    ] == [(seen.warned, count, known, rows[0].unknown) for _, count, known in seen.heeded]


def _events(events: list[dict[str, Any]]) -> Iterator[Event]:
    for number, each in enumerate(events, 1):
        time = parse_time(each["time"])
        assert time is not None
        yield Event("log", number, time, each["kind"], each)
