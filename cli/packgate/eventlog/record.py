"""An event: what was decided, as the log keeps it. Every text that can quote the action is masked before it gets here or by it."""

from __future__ import annotations

from packgate.guard.detectors import mask_json
from packgate.guard.known import WHO, Hiding, mask_with, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

VERSION = 1
# What another program recorded: an action without a decision, or that there was something that can't be decided again.
IMPORTED = "imported"
KINDS = ("decision", "outcome", "gap", "approval", "alert", "checkpoint", IMPORTED)
# Longer texts are cut, after masking: the log says what was done, and is no copy of the files that were written.
_LONGEST_TEXT = 16 * 1024
# What is masked of a longer text; its end is dropped with the rest, since half a secret is not recognised as one.
_MASKED_TEXT = 4 * _LONGEST_TEXT


def decision_event(
    action: Mapping[str, Any], decision: Mapping[str, Any], time: str, latency_us: int | None, hide: Callable[[str], str] | None = None,
) -> dict[str, Any]:
    """The event of a decision. ``decision``: its documented JSON, masked. ``time``: RFC 3339. ``hide`` masks the action; without it what
    the action's own texts give away, and whatever detectors find."""
    return _event("decision", time, masked_action(action, hide), dict(decision), latency_us, None)


def gap_event(time: str, latency_us: int | None, outcome: Mapping[str, Any], action: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The event of something that could not be decided. ``outcome``: the cause and what was answered."""
    return _event("gap", time, None if action is None else masked_action(action), None, latency_us, dict(outcome))


def outcome_event(time: str, outcome: Mapping[str, Any], follows: str) -> dict[str, Any]:
    """The event of what followed a decision. ``follows``: the decision's id."""
    return {**_event("outcome", time, None, None, None, dict(outcome)), "follows": follows}


def approval_event(time: str, request: Mapping[str, Any], state: str, follows: str) -> dict[str, Any]:
    """The event of a request for approval: that it was asked for, answered, or used. ``request``: as the store keeps it, masked;
    ``follows``: the decision that it is about."""
    outcome = {
        "approval": request["id"], "state": state, "roles": request["roles"], "policies": request["policies"],
        "answers": request["answers"], "expires": request["expires"], "note": request["note"], "requester": request["requester"],
    }
    return {**_event("approval", time, request["action"], None, None, outcome), "follows": follows}


def alert_event(time: str, alert: Mapping[str, Any], sink: str, state: str, attempts: int, error: str | None) -> dict[str, Any]:
    """The event of an alert: what became of it at one sink. ``error``: of the last attempt, without anything of the alert."""
    outcome = {
        "sink": sink, "state": state, "attempts": attempts, "error": error, "targets": alert["targets"], "policies": alert["policies"],
    }
    return {**_event("alert", time, None, None, None, outcome), "follows": alert["id"]}


def rotation_event(time: str, former: str | None, last: int, head: str | None, removed: list[dict[str, Any]]) -> dict[str, Any]:
    """The first event of another file of the log. ``former``: the name of the file before, whose last event had the number ``last`` and
    the digest ``head``; ``removed``: files that are removed now, since no more are to be kept, with what they held."""
    return _event("checkpoint", time, None, None, None, {
        "checkpoint": "rotated", "former": former, "last": last, "head": head, "removed": removed,
    })


def signed_event(time: str, envelope: Mapping[str, Any]) -> dict[str, Any]:
    """The event of a signed checkpoint. ``envelope``: a DSSE envelope, whose payload says which event the log had come to."""
    return _event("checkpoint", time, None, None, None, {"checkpoint": "signed", "envelope": dict(envelope)})


def masked_action(action: Mapping[str, Any], hide: Callable[[str], str] | None = None) -> Any:
    """An action with its secrets masked and its long texts cut."""
    short = _cut(dict(action), _MASKED_TEXT)
    found = hide or mask_with(texts(short))
    if not isinstance(found, Hiding):
        return _cut(mask_json(short, found), _LONGEST_TEXT)
    # Who acted is what the log is for, also where a name is an address.
    masked = {found(str(key)): mask_json(item, found.secrets if key in WHO else found) for key, item in short.items()}
    return _cut(masked, _LONGEST_TEXT)


def _event(
    kind: str, time: str, action: Any, decision: dict[str, Any] | None, latency_us: int | None, outcome: dict[str, Any] | None
) -> dict[str, Any]:
    """All keys, always. ``seq`` and ``prev`` are filled in where the log is chained, ``follows`` where an event belongs to another."""
    return {
        "v": VERSION, "seq": None, "time": time, "kind": kind, "action": action, "decision": decision, "latency_us": latency_us,
        "follows": None, "outcome": outcome, "prev": None,
    }


def _cut(value: Any, longest: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= longest else f"{value[:longest]}…"
    if isinstance(value, dict):
        return {key: _cut(item, longest) for key, item in value.items()}
    if isinstance(value, list):
        return [_cut(item, longest) for item in value]
    return value
