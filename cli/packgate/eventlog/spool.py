"""Alerts on their way: what a decision wants somebody to be told is appended to a file beside the log, and delivered by another process.

The path of a decision only appends: no sink, however slow or broken, delays it.
"""

from __future__ import annotations

from packgate.eventlog.append import LogError, append

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

SPOOL = "alerts.spool"
# Whoever is told of requests for approval, beside those with the role.
APPROVALS = "approvals"
_LONGEST = 500
# Where nobody delivers, the spool stops here; what comes later is counted as lost.
LARGEST = 16 * 1024 * 1024


def spool_of(log: str) -> str:
    """The path of the spool beside an event log."""
    return f"{log.rpartition('/')[0]}/{SPOOL}"


def spool(log: str, events: Sequence[Mapping[str, Any]]) -> bool:
    """Append the alerts of events that were logged, masked as they are; whether all could be. A loss is counted beside the spool."""
    whole = True
    for event in events:
        alert = alert_of(event)
        if alert is not None:
            try:
                append(spool_of(log), alert, largest=LARGEST)
            except LogError:
                whole = False
    return whole


def alert_of(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """The alert of an event: of a decision whose policies name who is told, or of a request for approval; else None."""
    outcome = event.get("outcome") or {}
    if event["kind"] == "decision" and event["decision"]["alerts"]:
        said = event["decision"]
        found = {
            "targets": list(said["alerts"]), "id": said["decision_id"], "decision": said["decision"], "policies": said["policy_ids"],
            "reason": said["reason"], "risk_score": said["risk_score"],
        }
    elif event["kind"] == "approval" and outcome.get("state") == "requested":
        found = {
            "targets": [APPROVALS, *outcome["roles"]], "id": outcome["approval"], "decision": "require_approval",
            "policies": outcome["policies"], "reason": f"{outcome['approval']} waits for {' and '.join(outcome['roles'])}",
            "risk_score": None,
        }
    else:
        return None
    action = event["action"] or {}
    actor, repo = action.get("actor") or {}, action.get("repo") or {}
    return {
        "v": 1, "time": event["time"], "kind": event["kind"], **found, "user": actor.get("user"), "agent": actor.get("agent"),
        "session": actor.get("session"), "repository": repo.get("name"), "action": action_text(action)[:_LONGEST],
    }


def action_text(action: Mapping[str, Any]) -> str:
    """An action in its own words, as it is in a record."""
    surface = action.get("surface")
    if surface == "shell":
        return str(action.get("command"))
    if surface == "file":
        return f"{action.get('operation')} {action.get('path')}"
    if surface == "mcp":
        return f"{action.get('server')} {action.get('tool')} {action.get('arguments') or ''}".rstrip()
    return f"{action.get('method') or 'GET'} {action.get('url')}" if surface == "web" else str(surface)
