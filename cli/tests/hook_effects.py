"""What each agent does with a hook's answer, written down apart from the dialects: by keys, exit code and standard error, as the real programs
were seen to act (see docs/enforcement-points.md). An answer that an agent would ignore is a `ValueError`."""

from __future__ import annotations

from typing import Any

from packgate.hook.exchange import ACT, CONFIG, OUTPUT, PROMPT, SESSION, Reply


def effect(agent: str, event: str, kind: str, reply: Reply) -> str:
    """The outcome that an agent makes of a reply."""
    readers = {"claude-code": _claude, "codex": _codex, "gemini": _gemini, "copilot": _copilot, "cursor": _cursor, "opencode": _opencode, "amp": _amp}
    return readers[agent](event, kind, reply)


def _said(reply: Reply) -> dict[str, Any]:
    """The answer of an agent that reads JSON from standard output and nothing else."""
    if reply.exit_code or reply.stderr:
        raise ValueError("this agent is answered in JSON")
    return reply.stdout or {}


def _only(said: dict[str, Any], allowed: set[str]) -> None:
    if extra := set(said) - allowed:
        raise ValueError(f"keys that the agent does not know: {sorted(extra)}")


def _claude(event: str, kind: str, reply: Reply) -> str:
    said = _said(reply)
    if not said:
        return "allow"
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


def _codex(event: str, kind: str, reply: Reply) -> str:
    said = _said(reply)
    if not said:
        return "allow"
    _only(said, {"continue", "stopReason", "systemMessage", "decision", "reason", "hookSpecificOutput"})
    special = said.get("hookSpecificOutput", {"hookEventName": event})
    _only(special, {"hookEventName", "additionalContext"} | ({"permissionDecision", "permissionDecisionReason", "updatedInput"} if kind == ACT else set()))
    if special["hookEventName"] != event:
        raise ValueError("hookEventName")
    decision = special.get("permissionDecision")
    if kind == ACT and ("continue" in said or "decision" in said or decision == "ask"):
        raise ValueError("not supported before a tool: the tool runs")
    if decision == "deny":
        if not special.get("permissionDecisionReason"):
            raise ValueError("a denial without a reason: the tool runs")
        return "deny"
    if "updatedInput" in special:
        if decision != "allow":
            raise ValueError("updatedInput only together with allow")
        return "redact"
    if decision is not None:
        raise ValueError("nothing may be approved here")
    if said.get("continue") is False and kind == SESSION:
        return "terminate"
    if said.get("decision") == "block":
        if not said.get("reason"):
            raise ValueError("no reason")
        return "redact" if kind == OUTPUT and "[REDACTED" in said["reason"] else "deny"
    return "warn" if special.get("additionalContext") and said.get("systemMessage") else "allow"


def _gemini(event: str, kind: str, reply: Reply) -> str:
    said = _said(reply)
    if not said:
        return "allow"
    _only(said, {"continue", "stopReason", "systemMessage", "decision", "reason", "hookSpecificOutput"})
    special = said.get("hookSpecificOutput", {"hookEventName": event})
    if special["hookEventName"] != event:
        raise ValueError("hookEventName")
    if said.get("continue") is False:
        return "terminate"
    if "decision" in said:
        if said["decision"] != "deny" or not said.get("reason"):
            raise ValueError("`ask` hangs, and a denial needs a reason")
        return "redact" if kind == OUTPUT and "[REDACTED" in said["reason"] else "deny"
    if "tool_input" in special:
        return "redact"
    if kind == ACT:
        return "warn" if said.get("systemMessage") else "allow"
    return "warn" if special.get("additionalContext") else "allow"


def _copilot(event: str, kind: str, reply: Reply) -> str:
    said = _said(reply)
    if not said:
        return "allow"
    _only(said, {"additionalContext"} | {
        ACT: {"permissionDecision", "permissionDecisionReason", "modifiedArgs"}, OUTPUT: {"modifiedResult", "decision", "reason"},
        PROMPT: {"modifiedPrompt", "decision", "reason"},
    }.get(kind, set()))
    if said.get("permissionDecision") in ("ask", "deny"):
        if not said.get("permissionDecisionReason"):
            raise ValueError("no reason")
        return str(said["permissionDecision"])
    if said.get("decision") == "block":
        if not said.get("reason"):
            raise ValueError("no reason")
        return "deny"
    if any(key.startswith("modified") for key in said):
        return "redact"
    return "warn" if said.get("additionalContext") else "allow"


def _cursor(event: str, kind: str, reply: Reply) -> str:
    if reply.stdout is None:
        raise ValueError("an empty standard output is a failure")
    said = _said(reply)
    if kind == PROMPT:
        _only(said, {"continue", "user_message"})
        return "deny" if said.get("continue") is False else "allow"
    if kind != ACT:
        _only(said, {"additional_context"})
        return "warn" if said.get("additional_context") else "allow"
    _only(said, {"permission", "user_message", "agent_message"})
    permission = said.get("permission")
    if permission == "ask" and event not in ("beforeShellExecution", "beforeMCPExecution"):
        raise ValueError("ask is not enforced here")
    if permission not in (None, "ask", "deny"):
        raise ValueError("nothing may be approved here")
    return str(permission or "allow")


def _opencode(event: str, kind: str, reply: Reply) -> str:
    said = _said(reply)
    if set(said) != {"outcome", "message", "notice", "replacement"}:
        raise ValueError("the plugin takes exactly four keys")
    if said["outcome"] != "allow" and not said["message"]:
        raise ValueError("no message")
    if (said["outcome"] == "redact") != (said["replacement"] is not None):
        raise ValueError("a replacement goes with `redact`")
    return str(said["outcome"])


def _amp(event: str, kind: str, reply: Reply) -> str:
    if reply.stdout is not None:
        raise ValueError("standard output is not read")
    if reply.exit_code and not reply.stderr:
        raise ValueError("no reason")
    return {0: "allow", 1: "ask"}.get(reply.exit_code, "deny")


__all__ = ["ACT", "CONFIG", "OUTPUT", "PROMPT", "SESSION", "effect"]
