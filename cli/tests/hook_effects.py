"""What each agent does with a hook's answer, written down apart from the dialects: by keys, exit code and standard error, as the real programs
were seen to act (see docs/enforcement-points.md). An answer that an agent would ignore is a `ValueError`."""

from __future__ import annotations

from typing import Any

from packgate.hook.exchange import ACT, CONFIG, OUTPUT, PROMPT, SESSION, Reply


def effect(agent: str, event: str, kind: str, reply: Reply) -> str:
    """The outcome that an agent makes of a reply."""
    return {"claude-code": _claude}[agent](event, kind, reply)


def _only(said: dict[str, Any], allowed: set[str]) -> None:
    if extra := set(said) - allowed:
        raise ValueError(f"keys that the agent does not know: {sorted(extra)}")


def _claude(event: str, kind: str, reply: Reply) -> str:
    if reply.exit_code or reply.stderr:
        raise ValueError("Claude Code is answered in JSON")
    if reply.stdout is None:
        return "allow"
    said = reply.stdout
    _only(said, {"continue", "stopReason", "systemMessage", "decision", "reason", "hookSpecificOutput"})
    special = said.get("hookSpecificOutput")
    if special is not None:
        if special.get("hookEventName") != event:
            raise ValueError("without hookEventName the whole answer is ignored")
        _only(special, {"hookEventName", "additionalContext"} | {
            ACT: {"permissionDecision", "permissionDecisionReason", "updatedInput"}, OUTPUT: {"updatedToolOutput"},
        }.get(kind, set()))
    else:
        special = {}
    stopped = special.get("permissionDecision") == "deny" if kind == ACT else said.get("decision") == "block"
    if stopped and not (special.get("permissionDecisionReason") if kind == ACT else said.get("reason")):
        raise ValueError("no reason")
    if said.get("continue") is False:
        if kind == ACT and not stopped:
            raise ValueError("the call itself must be denied too")
        return "terminate"
    if stopped:
        return "deny"
    if special.get("permissionDecision") == "ask":
        return "ask"
    if "updatedInput" in special or "updatedToolOutput" in special:
        return "redact"
    if kind != CONFIG and not special.get("additionalContext"):
        raise ValueError("the agent is not told")
    return "warn" if said.get("systemMessage") else "allow"


__all__ = ["ACT", "CONFIG", "OUTPUT", "PROMPT", "SESSION", "effect"]
