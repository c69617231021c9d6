"""What `answer` says is what the table of lowerings promises, for every agent, kind of event and outcome."""

from __future__ import annotations

import pytest
from hook_effects import effect

from packgate.hook import lowering
from packgate.hook.dialects import MODULES, dialect
from packgate.hook.exchange import OUTCOMES, Verdict

CELLS = [
    (agent, event, kind, outcome)
    for agent in sorted(lowering.TABLE) for event, kind in dialect(agent).EVENTS.items() for outcome in OUTCOMES
]


def verdict(outcome: str, replacement: object = None) -> Verdict:
    if outcome == "allow":
        return Verdict("allow")
    return Verdict(
        outcome, "It was decided.", for_agent="For the agent: do it another way.", for_user="For the person.", policy_ids=("some-policy",),
        replacement=replacement,
    )


def test_every_agent_has_a_row_for_each_of_its_events() -> None:
    assert set(lowering.TABLE) == set(MODULES) == set(lowering.SEEN) == set(lowering.FAULTS)
    for agent, rows in lowering.TABLE.items():
        events = dialect(agent).EVENTS
        assert set(rows) - set(events) == set(events.values())
        assert agent == dialect(agent).AGENT


@pytest.mark.parametrize(("agent", "event", "kind", "outcome"), CELLS)
def test_answer_does_what_the_table_says(agent: str, event: str, kind: str, outcome: str) -> None:
    reply = dialect(agent).answer(event, verdict(outcome, {"text": "[REDACTED]"}))
    assert effect(agent, event, kind, reply) == lowering.row(agent, kind, event)[outcome][0]


@pytest.mark.parametrize(("agent", "event", "kind"), sorted({cell[:3] for cell in CELLS}))
def test_redaction_without_a_replacement_lets_nothing_through(agent: str, event: str, kind: str) -> None:
    reply = dialect(agent).answer(event, verdict("redact"))
    assert effect(agent, event, kind, reply) == lowering.row(agent, kind, event)["deny"][0]


@pytest.mark.parametrize(("agent", "event", "kind", "outcome"), [cell for cell in CELLS if cell[3] != "allow"])
def test_a_reason_always(agent: str, event: str, kind: str, outcome: str) -> None:
    reply = dialect(agent).answer(event, verdict(outcome, {"text": "[REDACTED]"}))
    said = f"{reply.stdout} {reply.stderr}"
    if lowering.row(agent, kind, event)[outcome][0] != "allow":
        assert "For the agent" in said or "For the person" in said


def test_what_stands_in_is_no_weaker_where_the_event_can_stop() -> None:
    rank = {outcome: place for place, outcome in enumerate(OUTCOMES)}
    for agent, rows in lowering.TABLE.items():
        for kind, row in rows.items():
            for outcome, (carried, note) in row.items():
                assert carried in OUTCOMES
                assert note
                weaker = rank[carried] < rank[outcome]
                if weaker and row["deny"][0] == "deny":
                    # Only the end of a session, a warning and a redaction may be weaker where a denial is possible.
                    assert outcome in ("terminate", "warn"), (agent, kind, outcome)
