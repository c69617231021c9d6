"""What becomes of a policy on an agent: where the agent can't express what the policy asks for, the outcome that stands in (`lowering`)."""

from __future__ import annotations

from packgate.hook.exchange import ACT, KINDS, OUTPUT, PROMPT
from packgate.hook.lowering import TABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.policy import Policy

_OUTCOMES = {"warn": "warn", "require-approval": "ask", "block": "deny", "terminate": "terminate"}
_TEXT = "text"


class Lost:
    """``wanted`` and ``carried`` are outcomes (`exchange.OUTCOMES`); ``event`` is an event of the agent or a kind of them; ``note`` says
    why."""

    __slots__ = ("carried", "event", "note", "wanted")

    def __init__(self, event: str, wanted: str, carried: str, note: str) -> None:
        self.event = event
        self.wanted = wanted
        self.carried = carried
        self.note = note


def wanted(policy: Policy, effective: str | None) -> str:
    """The outcome that a policy with this mode in effect asks a hook for."""
    if effective == "warn" and policy.outcome.confirm:
        return "ask"
    found = _OUTCOMES.get(effective or "", "allow")
    # Redacted is what is not stopped, at a stage that caps nothing.
    return "redact" if found in ("allow", "warn") and policy.outcome.redact and effective == policy.outcome.mode else found


def lost(agent: str, policy: Policy, effective: str | None) -> list[Lost]:
    """Where an agent does something else than a policy asks for. Empty for what is no agent."""
    outcome = wanted(policy, effective)
    kinds = (PROMPT, OUTPUT) if _TEXT in policy.when else (ACT,)
    found = []
    for event, row in TABLE.get(agent, {}).items():
        # A row of an event is about actions.
        if event in kinds or (ACT in kinds and event not in KINDS):
            carried, note = row[outcome]
            if carried != outcome:
                found.append(Lost(event, outcome, carried, note))
    return found
