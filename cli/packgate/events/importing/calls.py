"""Tool calls of a record, as the hook's dialects read them: the payload that the agent would have given to its hook is made again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packgate.events.importing.found import UNREADABLE
from packgate.hook.dialects import dialect
from packgate.hook.dialects.payload import prompt
from packgate.hook.exchange import ACT, OUTPUT, PayloadError

if TYPE_CHECKING:
    from packgate.events.importing.found import Found

# Agent -> its keys for a tool, its input, its output.
_KEYS = {
    "claude-code": ("tool_name", "tool_input", "tool_response"), "codex": ("tool_name", "tool_input", "tool_response"),
    "gemini": ("tool_name", "tool_input", "tool_response"), "copilot": ("toolName", "toolArgs", "toolResult"),
    "opencode": ("tool", "args", "output"),
}


def fill(found: Found, agent: str, tool: str, given: Any, **more: Any) -> Found:
    """Give a call its actions, or the reason why it has none. ``more``: other keys of the payload."""
    found.agent, found.tool = agent, tool
    keys = _KEYS[agent]
    try:
        found.actions = dialect(agent).read(_event(agent, ACT), {keys[0]: tool, keys[1]: given, **more}).actions
    except PayloadError:
        found.cannot(UNREADABLE)
    return found


def told(call: Found, line: int, response: Any, given: Any = None) -> Found | None:
    """What a hook would have been asked about the output of a call; None for an output that it is not asked about."""
    agent, tool = str(call.agent), str(call.tool)
    keys = _KEYS[agent]
    payload = {keys[0]: tool, keys[1]: given if isinstance(given, dict) else {}, keys[2]: response}
    try:
        actions = dialect(agent).read(_event(agent, OUTPUT), payload).actions
    except PayloadError:
        return None
    return replace(call, key=f"{call.key}/output", line=line, actions=list(actions), result=None, exit_code=None) if actions else None


def asked(found: Found, agent: str, text: str) -> Found:
    """What a person wrote to an agent."""
    found.agent, found.tool = agent, None
    found.actions = [prompt(text)]
    return found


def _event(agent: str, kind: str) -> str:
    events: dict[str, str] = dialect(agent).EVENTS
    return next(name for name, about in events.items() if about == kind)
