"""What each client makes of the bytes that a hook answers a tool call with, written down apart from the dialects that wrote them.

As the real programs were seen to act (docs/enforcement-points); Cursor as it is documented. An answer that a client would ignore lets the
call run, with nothing told.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.conform.lane import ASKED, DENIED, HOOK, RAN, Seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.hook.run import Said

_IGNORED = Seen(RAN)
_TOP = frozenset(("continue", "stopReason", "suppressOutput", "systemMessage", "decision", "reason", "hookSpecificOutput"))
_SPECIAL = frozenset(("hookEventName", "additionalContext", "permissionDecision", "permissionDecisionReason", "updatedInput"))
_STOPS = 2


def understand(agent: str, event: str, said: Said) -> Seen:
    """What becomes of the call, and what agent and user are told."""
    return _READERS[agent](event, said)


def _object(said: Said) -> dict[str, Any] | None:
    """The one object on standard output; empty for none, None for what is no object."""
    try:
        value = json.loads(said.stdout) if said.stdout.strip() else {}
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _by_code(said: Said) -> Seen | None:
    """An exit code that stops, with standard error for the agent."""
    return Seen(DENIED, HOOK, said.stderr.decode("utf-8", "replace")) if said.code == _STOPS else None


def _special(event: str, data: dict[str, Any]) -> dict[str, Any] | None:
    """The part for the event; None when it is that of another, for which all is ignored."""
    special = data.get("hookSpecificOutput", {"hookEventName": event})
    return special if isinstance(special, dict) and special.get("hookEventName") == event else None


def _claude_code(event: str, said: Said) -> Seen:
    data = _object(said)
    if said.code or data is None:
        return _by_code(said) or _IGNORED
    special = _special(event, data)
    if special is None or set(data) - _TOP:
        return _IGNORED
    decision, reason = special.get("permissionDecision"), _text(special, "permissionDecisionReason")
    if decision == "deny":
        return Seen(DENIED, HOOK, reason)
    if decision == "ask":
        return Seen(ASKED, HOOK, reason)
    return Seen(RAN, told=_text(special, "additionalContext"), shown=_text(data, "systemMessage"))


def _codex(event: str, said: Said) -> Seen:
    data = _object(said)
    if said.code or data is None:
        return _by_code(said) or _IGNORED
    special = _special(event, data)
    if special is None or set(data) - _TOP or set(special) - _SPECIAL or data.get("continue") is False:
        return _IGNORED
    decision, reason = special.get("permissionDecision"), _text(special, "permissionDecisionReason")
    if decision == "deny":
        return Seen(DENIED, HOOK, reason) if reason else _IGNORED
    if decision == "ask" or ("updatedInput" in special and decision != "allow"):
        return _IGNORED
    return Seen(RAN, told=_text(special, "additionalContext"), shown=_text(data, "systemMessage"))


def _gemini(event: str, said: Said) -> Seen:
    data = _object(said)
    if said.code >= _STOPS:
        return Seen(DENIED, HOOK, said.stderr.decode("utf-8", "replace"))
    if said.code or data is None:
        return _IGNORED
    special = _special(event, data)
    if data.get("decision") in ("deny", "block") or data.get("continue") is False:
        return Seen(DENIED, HOOK, _text(data, "reason") or _text(data, "stopReason"))
    if data.get("decision") == "ask":
        return Seen(ASKED, HOOK, _text(data, "reason"))
    # Before a tool, what is added for the agent does not reach it.
    told = _text(special or {}, "additionalContext") if event == "AfterTool" else ""
    return Seen(RAN, told=told, shown=_text(data, "systemMessage"))


def _copilot(event: str, said: Said) -> Seen:
    if said.code:
        return Seen(DENIED, HOOK, said.stderr.decode("utf-8", "replace"))
    data = _object(said) or {}
    decision, reason = data.get("permissionDecision"), _text(data, "permissionDecisionReason")
    if decision in ("deny", "ask"):
        return Seen(DENIED if decision == "deny" else ASKED, HOOK, reason)
    return Seen(RAN, told=_text(data, "additionalContext"))


def _cursor(event: str, said: Said) -> Seen:
    data = _object(said)
    if said.code or data is None or not said.stdout.strip():
        # A failure: it stops where the entry says `failClosed`, for another reason than a policy.
        return _by_code(said) or _IGNORED
    if event == "postToolUse":
        return Seen(RAN, told=_text(data, "additional_context"))
    permission = data.get("permission")
    if permission == "deny":
        return Seen(DENIED, HOOK, _text(data, "agent_message"), _text(data, "user_message"))
    if permission == "ask" and event in ("beforeShellExecution", "beforeMCPExecution"):
        return Seen(ASKED, HOOK, _text(data, "agent_message"), _text(data, "user_message"))
    return _IGNORED


def _opencode(event: str, said: Said) -> Seen:
    data = _object(said)
    if said.code or not data or data.get("outcome") not in ("allow", "warn", "redact", "deny"):
        # The plugin throws or goes on as `on_failure` says: no policy had a word in it.
        return _IGNORED
    told, shown = _text(data, "message"), _text(data, "notice")
    if data["outcome"] == "deny":
        return Seen(DENIED, HOOK, told, shown)
    return Seen(RAN, told="" if data["outcome"] == "allow" else told, shown=shown)


def _amp(event: str, said: Said) -> Seen:
    told = said.stderr.decode("utf-8", "replace")
    if said.code == 0:
        return _IGNORED
    return Seen(ASKED if said.code == 1 else DENIED, HOOK, told)


_READERS: dict[str, Callable[[str, Said], Seen]] = {
    "claude-code": _claude_code, "codex": _codex, "gemini": _gemini, "copilot": _copilot, "cursor": _cursor, "opencode": _opencode,
    "amp": _amp,
}
