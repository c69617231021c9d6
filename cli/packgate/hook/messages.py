"""From decisions to a verdict: one answer for everything that a request asks, and its words.

The agent is told what was decided, by which policy, about what, and what to do instead, which is the policy's own message. The person is
told in one line. Neither ever reads a secret of the action.
"""

from __future__ import annotations

from packgate.guard.detectors import redact_json, scan_of
from packgate.guard.known import mask_with, texts
from packgate.hook import lowering
from packgate.hook.dialects.payload import STRUCTURE
from packgate.hook.exchange import ACT, OUTCOMES, OUTPUT, PROMPT, Request, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from packgate.guard.detectors import Redaction
    from packgate.model.decision import Decision

_RANK = {outcome: rank for rank, outcome in enumerate(OUTCOMES)}
_ANSWERS = {"terminate": "terminate", "deny": "deny", "require_approval": "ask", "redact": "redact"}

_DID = {
    "warn": "runs, with a warning", "redact": "goes on with the secrets replaced", "ask": "needs a person's approval",
    "deny": "was stopped", "terminate": "was stopped, and the session ends",
}
# Where the agent can't do it, it is not promised.
_INSTEAD = {"ask": "needs a person's approval, which can't be asked for here", "terminate": "was stopped"}
_NEXT_INSTEAD = {"ask": "Tell the person what you wanted to do and why; don't look for another way to the same end."}
_SUBJECT = {PROMPT: "This prompt", OUTPUT: "The output of this action"}
_NEXT = {
    "ask": "Wait for the answer; don't look for another way to the same end.",
    "deny": "Don't look for another way to the same end.",
    "terminate": "Do nothing more in this session.",
}
# Longest action that is quoted, in characters.
_LONGEST = 160


def verdict(request: Request, decisions: Sequence[Decision], late: Sequence[Decision] = ()) -> Verdict:
    """What to say to a request. ``decisions``: one for each of its actions, in order; ``late``: one for each of `Request.late`. The
    strictest outcome holds for all."""
    asks = lowering.can_ask(request.agent, request.kind, request.event)
    said = _verdict(request, [(outcome_of(decision, asks=asks), decision, action)
                              for decision, action in zip(decisions, request.actions, strict=True)])
    behind = _late(request, late)
    if behind is None:
        return said
    if said.outcome == "allow":
        return behind
    said.for_agent = f"{said.for_agent} {behind.for_agent}"
    return said


def _late(request: Request, decisions: Sequence[Decision]) -> Verdict | None:
    """The warning of actions that have run, where their agent could not be told before."""
    warned = [("warn", decision, action) for decision, action in zip(decisions, request.late, strict=True)
              if outcome_of(decision, asks=False) == "warn"]
    return _verdict(Request(request.agent, request.event, ACT, request.late), warned) if warned else None


def _verdict(request: Request, ranked: Sequence[tuple[str, Decision, dict[str, Any]]]) -> Verdict:
    """The verdict on actions, each with the outcome of its decision."""
    outcome = max((each for each, _, _ in ranked), key=_RANK.__getitem__, default="allow")
    if outcome == "allow":
        return Verdict("allow")
    hide = mask_with(texts([request.actions, request.original]), [name for _, decision, _ in ranked for name in decision.looked_for])
    told = [(decision, action) for each, decision, action in ranked if each == outcome]
    missed = ""
    redacted = [decision for _, decision, _ in ranked if decision.redactions]
    if outcome == "redact" and not any(item["marker"] for decision in redacted for item in decision.redactions):
        outcome, missed = "warn", " No detector finds what to replace, so the text was left as it is."
    ids = tuple(dict.fromkeys(name for decision, _ in told for name in deciding(decision)))
    by = "policy " + ", ".join(ids) if ids else "packgate"
    reasons = list(dict.fromkeys(hide(decision.reason) for decision, _ in told))
    advice = list(dict.fromkeys(decision.message for decision, _ in told if decision.message))
    approver = next((decision.approver_role for decision, _ in told if decision.approver_role), None)
    if outcome == "ask" and approver:
        advice.append(f"Approval comes from {approver}.")
    subject = _SUBJECT.get(request.kind) or f"The action {_cut(hide(_quoted(told[0][1])))}"
    did, then = _DID[outcome], _NEXT.get(outcome, "")
    if lowering.row(request.agent, request.kind, request.event)[outcome][0] != outcome:
        did, then = _INSTEAD.get(outcome, did), _NEXT_INSTEAD.get(outcome, then)
    first = f"{subject} {did} by {by}: " if outcome == "deny" else f"{subject} {did} ({by}): "
    for_agent = " ".join(filter(None, [first + " ".join(reasons) + missed, *advice, then]))
    for_user = f"packgate: {by}: " + " ".join(advice or reasons) + missed
    return Verdict(
        outcome, " ".join(" ".join(reasons).split()), for_agent=for_agent, for_user=" ".join(for_user.split()), policy_ids=ids,
        replacement=_replacement(request, outcome, redacted, by),
    )


def outcome_of(decision: Decision, *, asks: bool = True) -> str:
    """What a decision means for the one who asks: audit says nothing, `confirm` asks where it would warn. ``asks``: whether this agent can
    ask a person; where none is there to answer, `confirm` is a warning."""
    answer = _ANSWERS.get(decision.decision, "allow")
    if decision.pending:
        # Somebody else than the person at the agent has to approve.
        return "deny"
    if decision.mode != "warn":
        return answer
    shown = "ask" if asks and decision.confirm else "warn"
    return max(shown, answer, key=_RANK.__getitem__)


def strictest(decisions: Sequence[Decision]) -> int:
    """Which of several decisions decides, the first of equal ones."""
    return max(range(len(decisions)), key=lambda index: (_RANK[outcome_of(decisions[index])], -index))


def deciding(decision: Decision) -> list[str]:
    """The ids of the policies that give a decision its mode, in the order of their matches; else those whose text is redacted."""
    found = [match.policy for match in decision.matches if match.effective == decision.mode and not match.waived]
    if decision.mode in (None, "audit"):
        found = [str(item["policy"]) for item in decision.redactions] or found
    return list(dict.fromkeys(found or decision.policy_ids or decision.may_match))


def _quoted(action: dict[str, Any]) -> str:
    """An action in its own words, on one line. The caller masks it before it is cut."""
    surface = action["surface"]
    if surface == "shell":
        return " ".join(str(action["command"]).split())
    if surface == "file":
        return f"{action['operation']} {action['path']}"
    if surface == "mcp":
        return f"{action['server']} {action['tool']}"
    return f"{action.get('method') or 'GET'} {action['url']}" if surface == "web" else str(surface)


def _cut(shown: str) -> str:
    return f"`{shown if len(shown) <= _LONGEST else shown[:_LONGEST] + '…'}`"


def _replacement(request: Request, outcome: str, redacted: Sequence[Decision], by: str) -> Any:
    """What stands in for the original: it with its secrets replaced, or, of an output that is withheld, a note. None when nothing
    changes."""
    if request.original is None:
        return None
    if outcome == "redact":
        changed = _redacted(request, redacted)
    elif request.kind == OUTPUT and outcome in ("ask", "deny", "terminate"):
        note = f"[withheld by packgate, {by}]"
        changed = _replaced(request.original, lambda text: note if text.strip() else text)
    else:
        return None
    return None if changed == request.original else changed


def _redacted(request: Request, redacted: Sequence[Decision]) -> Any:
    """The original with markers; as it is when these would be fewer than the decisions name: what was found in its texts put together does
    not stand in any of them."""
    names = {name for decision in redacted for name in decision.redacting}
    places: list[Redaction] = []
    # Every text of a call's arguments is judged; of other tools what says where they work stays.
    keep: frozenset[str] = frozenset() if any(action["surface"] == "mcp" for action in request.actions) else STRUCTURE
    changed = redact_json(request.original, scan_of(tuple(sorted(names))), places, keep)
    named = sum(1 for decision in redacted for item in decision.redactions if item["marker"])
    return changed if len(places) >= named else request.original


def _replaced(value: Any, apply: Callable[[str], str], key: str = "") -> Any:
    """A JSON value with its texts replaced, in the same shape: what says what it is stays."""
    if isinstance(value, str):
        return value if key in STRUCTURE else apply(value)
    if isinstance(value, dict):
        return {name: _replaced(inner, apply, str(name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, apply, key) for inner in value]
    return value
