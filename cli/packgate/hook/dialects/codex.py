"""Codex. Payloads and effects were recorded from 0.163.0.

It takes exactly the keys that it knows: beside one that it does not, a denial counts for nothing and the tool runs; the same is true of a
denial without a reason, of `ask`, and of `continue: false` beside a denial before a tool. Its shell is called `Bash` whatever the tool's
name for the model, and its hook hears neither of the folder that a command is to run in nor of what is written to a command that waits for
input.
"""

from __future__ import annotations

from packgate.hook import lowering
from packgate.hook.dialects import payload as get
from packgate.hook.dialects.claude_code import tool_actions
from packgate.hook.dialects.patch import BEGIN, patched
from packgate.hook.exchange import ACT, OUTPUT, PROMPT, SESSION, PayloadError, Reply, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.hook.exchange import Verdict

AGENT = "codex"
EVENTS = {"PreToolUse": ACT, "PostToolUse": OUTPUT, "UserPromptSubmit": PROMPT, "SessionStart": SESSION}


def read(event: str, payload: Any) -> Request:
    """The request of a hook's standard input. Raises `PayloadError`."""
    kind = get.event_kind(EVENTS, event, payload)
    cwd, session = get.optional(payload, "cwd"), get.optional(payload, "session_id")
    if kind == PROMPT:
        return Request(AGENT, event, kind, [get.prompt(get.text(payload, "prompt"))], cwd=cwd, session=session)
    if kind == SESSION:
        return Request(AGENT, event, kind, [], cwd=cwd, session=session)
    tool = get.text(payload, "tool_name")
    original: Any
    if kind == ACT:
        original = get.mapping(payload, "tool_input")
        actions = _actions(tool, original)
    else:
        # A replacement is told as the reason of a block, so it is text.
        original = "" if tool == "apply_patch" else get.readable(payload.get("tool_response"))
        actions = [get.output(original)] if original else []
    call = get.optional(payload, "tool_use_id")
    return Request(AGENT, event, kind, actions, cwd=cwd, session=session, tool=tool, call=call, original=original)


def _actions(tool: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    if tool in _INNER:
        return []
    if tool == "apply_patch":
        return patched(get.text(given, "command", "tool_input."), "tool_input.command")
    if tool == "Bash":
        return [get.shell(get.text(given, "command", "tool_input.")), *_inline_patch(given["command"])]
    if tool == "view_image":
        return [get.file("read", get.text(given, "path", "tool_input."))]
    if tool == "read_mcp_resource":
        return [get.tool_call(get.text(given, "server", "tool_input."), "resources/read", given, reads=True)]
    if tool in ("spawn_agent", "send_input"):
        told = get.optional(given, "message", "tool_input.")
        return [*([get.prompt(told)] if told else []), get.tool_call(AGENT, tool, given)]
    if tool.startswith("mcp__"):
        return tool_actions(AGENT, tool, given)
    return [get.tool_call(AGENT, tool, given, reads=tool in _READS)]


def _inline_patch(command: str) -> list[dict[str, Any]]:
    """Codex applies a patch itself that a shell command hands to `apply_patch`."""
    if ("apply_patch" not in command and "applypatch" not in command) or BEGIN not in command:
        return []
    try:
        return patched(command, "tool_input.command")
    except PayloadError:
        return []  # It names no file; the command itself is still judged.


def answer(event: str, verdict: Verdict) -> Reply:
    """The verdict in the keys of this event."""
    kind = EVENTS[event]
    outcome = lowering.lowered(AGENT, kind, verdict)
    if outcome == "allow":
        return Reply()
    if kind == ACT and outcome == "deny":
        return Reply({"hookSpecificOutput": {
            "hookEventName": event, "permissionDecision": "deny", "permissionDecisionReason": verdict.for_agent,
        }})
    if kind == SESSION and outcome == "terminate":
        return Reply({"continue": False, "stopReason": verdict.for_user})
    if outcome == "deny":
        return Reply({"decision": "block", "reason": verdict.for_agent if kind == OUTPUT else verdict.for_user})
    if kind == OUTPUT and outcome == "redact":
        return Reply({"decision": "block", "reason": f"{verdict.for_agent}\n{verdict.replacement}"})
    special: dict[str, Any] = {"hookEventName": event, "additionalContext": verdict.for_agent}
    if outcome == "redact":
        special.update({"permissionDecision": "allow", "updatedInput": verdict.replacement})
    return Reply({"systemMessage": verdict.for_user, "hookSpecificOutput": special})


_READS = frozenset(("list_mcp_resources", "list_mcp_resource_templates"))
# They change nothing outside the agent.
_INNER = frozenset(
    "update_plan create_goal update_goal get_goal request_user_input wait_agent wait close_agent resume_agent list_agents "
    "tool_search".split()
)
