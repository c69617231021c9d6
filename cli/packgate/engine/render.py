"""A decision as the documented JSON object: every key always present."""

from __future__ import annotations

from packgate.engine.reasons import NO_MATCH
from packgate.model.operation import FULL, PARTIAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from packgate.model.decision import Decision, Match

# Longest value of a field that a decision shows; what is cut is marked.
_LONGEST = 400


def coverage(decision: Decision) -> str:
    """How much of the action was understood: that of the analysis, at most `partial` when a policy may match."""
    found = decision.analysis.coverage
    return PARTIAL if found == FULL and decision.may_match else found


def to_json(decision: Decision, mask: Callable[[str], str] | None = None) -> dict[str, Any]:
    """The documented form of a decision, as plain data. ``mask`` is applied to every text that can quote the action,
    so that no secret of a command gets into an answer or a log."""
    hide = mask or _same
    return {
        "decision_id": decision.decision_id,
        "action_id": decision.action_id,
        "decision": decision.decision,
        "mode": decision.mode,
        "would": decision.would,
        "policy_ids": list(decision.policy_ids),
        "reason": hide(decision.reason),
        "message": hide(decision.message),
        "risk_score": decision.risk_score,
        "approver_role": decision.approver_role,
        "redactions": [redaction(item, hide) for item in decision.redactions],
        "alerts": list(decision.alerts),
        "timestamp": decision.timestamp,
        "analysis": {
            "coverage": coverage(decision),
            "notes": [hide(text) for text in notes(decision)],
            "may_match": list(decision.may_match),
        },
        "matches": [_match(match, hide) for match in decision.matches],
        "bundles": [dict(bundle) for bundle in decision.bundles],
    }


def is_quiet(decision: Decision) -> bool:
    """Whether nothing was found and nothing remarked: all such decisions differ in their names and times alone."""
    return (
        decision.mode is None and decision.would is None and decision.reason == NO_MATCH and decision.decision == "allow"
        and not (decision.analysis.notes or decision.notes or decision.matches or decision.may_match or decision.policy_ids)
        and not (decision.redactions or decision.alerts or decision.message or decision.risk_score or decision.approver_role)
    )


def notes(decision: Decision) -> list[str]:
    """Remarks of the analysis, then those of the engine, without repeats."""
    if not decision.notes and not decision.analysis.notes:
        return []
    return list(dict.fromkeys([*(note.text for note in decision.analysis.notes), *decision.notes]))


def redaction(item: dict[str, Any], hide: Callable[[str], str]) -> dict[str, Any]:
    """A redaction as a decision shows it: names of entries, which its path holds, are the action's."""
    path = item.get("path")
    return {**item, "path": short(hide(path))} if path else dict(item)


def _match(match: Match, hide: Callable[[str], str]) -> dict[str, Any]:
    span = match.operation.span
    return {
        "pack": match.pack,
        "policy": match.policy,
        "mode": match.mode,
        "effective": match.effective,
        "capped_by": match.capped_by,
        "waived": match.waived,
        "family": match.family,
        "fields": {field: [short(hide(value)) for value in values] for field, values in match.fields.items()},
        "span": None if span is None else [span[0], span[1]],
        "via": list(match.operation.via),
    }


def short(text: str) -> str:
    """A value as a decision shows it."""
    # Cut only after masking: half a secret is not recognised as one.
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _same(text: str) -> str:
    return text
