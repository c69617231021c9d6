"""What the hook says to an action, in the three words that rule languages have: run, ask, deny."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packgate.model.decision import Decision
    from packgate.model.policy import Policy

RUN, ASK, DENY = "run", "ask", "deny"
RANK = {RUN: 0, ASK: 1, DENY: 2}
_BY_MODE = {"require-approval": ASK, "block": DENY, "terminate": DENY}
_BY_DECISION = {"require_approval": ASK, "deny": DENY, "terminate": DENY}


def of_policy(policy: Policy, effective: str | None) -> str:
    """What a policy with this mode in effect asks for. Warnings and records let the action run; a confirmation asks first."""
    if effective == "warn" and policy.outcome.confirm:
        return ASK
    return _BY_MODE.get(effective or "", RUN)


def of_decision(decision: Decision, confirming: frozenset[str]) -> str:
    """What a decision asks for. ``confirming``: policies that ask first when they warn."""
    found = _BY_DECISION.get(decision.decision, RUN)
    if found == RUN and any(match.policy in confirming and match.effective == "warn" for match in decision.matches):
        return ASK
    return found
