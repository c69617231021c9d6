"""Gemini CLI. Payloads and effects were recorded from 0.61.0.

Before a tool runs, only the person can be told: `additionalContext` does not reach the model there. After it, it does, and a denial puts
its reason in the place of the output. `ask` makes it wait for ever where nobody is there.
"""

from __future__ import annotations

from packgate.hook import lowering
from packgate.hook.dialects import payload as get
from packgate.hook.exchange import ACT, OUTPUT, PROMPT, SESSION, PayloadError, Reply, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from packgate.hook.exchange import Verdict

AGENT = "gemini"
EVENTS = {"BeforeTool": ACT, "AfterTool": OUTPUT, "BeforeAgent": PROMPT, "SessionStart": SESSION}


def read(event: str, payload: Any) -> Request:
    """The request of a hook's standard input. Raises `PayloadError`."""
    kind = get.event_kind(EVENTS, event, payload)
    cwd, session = get.optional(payload, "cwd"), get.optional(payload, "session_id")
    if kind == PROMPT:
        return Request(AGENT, event, kind, [get.prompt(get.text(payload, "prompt"))], cwd=cwd, session=session)
    if kind == SESSION:
        return Request(AGENT, event, kind, [], cwd=cwd, session=session)
    tool, given = get.text(payload, "tool_name"), get.mapping(payload, "tool_input")
    asked = _actions(tool, given, payload)
    if kind == ACT:
        return Request(AGENT, event, kind, asked, cwd=cwd, session=session, tool=tool, original=given)
    response = payload.get("tool_response")
    shown = response.get("llmContent") if isinstance(response, dict) else response
    original = "" if tool in _ECHOES else get.readable(shown)
    actions = [get.output(original)] if original else []
    return Request(AGENT, event, kind, actions, cwd=cwd, session=session, tool=tool, original=original, late=asked)


def _actions(tool: str, given: dict[str, Any], payload: dict[str, Any]) -> list[dict[str, Any]]:
    if tool in _INNER or tool.startswith("tracker_"):
        return []
    server = payload.get("mcp_context")
    if isinstance(server, dict):
        return [get.tool_call(get.text(server, "server_name", "mcp_context."), get.text(server, "tool_name", "mcp_context."), given)]
    if tool in _TOOLS:
        return _TOOLS[tool](given)
    if tool == "invoke_agent" and isinstance(given.get("prompt"), str):
        return [get.prompt(given["prompt"]), get.tool_call(AGENT, tool, given)]
    return [get.tool_call(AGENT, tool, given, reads=tool in _READS)]


def answer(event: str, verdict: Verdict) -> Reply:
    """The verdict in the keys of this event."""
    kind = EVENTS[event]
    outcome = lowering.lowered(AGENT, kind, verdict)
    if outcome == "allow":
        return Reply()
    if outcome == "deny":
        return Reply({"decision": "deny", "reason": verdict.for_user if kind == PROMPT else verdict.for_agent})
    if outcome == "terminate":
        return Reply({"decision": "deny", "reason": verdict.for_agent, "continue": False, "stopReason": verdict.for_user})
    said: dict[str, Any] = {"systemMessage": verdict.for_user}
    if kind == OUTPUT and outcome == "redact":
        return Reply({**said, "decision": "deny", "reason": f"{verdict.for_agent}\n{verdict.replacement}"})
    if kind == ACT:
        if outcome == "redact":
            said["hookSpecificOutput"] = {"hookEventName": event, "tool_input": verdict.replacement}
        return Reply(said)
    return Reply({**said, "hookSpecificOutput": {"hookEventName": event, "additionalContext": verdict.for_agent}})


def _shell(given: dict[str, Any]) -> list[dict[str, Any]]:
    folder = get.optional(given, "dir_path", "tool_input.") or get.optional(given, "directory", "tool_input.")
    return [get.shell(get.text(given, "command", "tool_input."), cwd=folder)]


def _many(given: dict[str, Any]) -> list[dict[str, Any]]:
    include = given.get("include", given.get("paths"))
    names = [include] if isinstance(include, str) else include
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise PayloadError(f"tool_input.include: expected texts, found {get.kind_of(include)}")
    return [get.file("read", name) for name in names]


def _grep(given: dict[str, Any]) -> list[dict[str, Any]]:
    get.text(given, "pattern", "tool_input.")
    path = get.optional(given, "dir_path", "tool_input.") or get.optional(given, "path", "tool_input.") or "."
    glob = get.optional(given, "include_pattern", "tool_input.") or get.optional(given, "include", "tool_input.")
    return [get.file("read", f"{path.rstrip('/')}/{glob}" if glob else path)]


def _fetch(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Its addresses stand in a sentence, or in a key of their own."""
    url = get.optional(given, "url", "tool_input.")
    words = [url] if url else [word.strip("\"'<>()[],.;") for word in get.text(given, "prompt", "tool_input.").split()]
    found = [get.web(word) for word in words if "://" in word]
    return found or [get.tool_call(AGENT, "web_fetch", given, reads=True)]


_TOOLS: dict[str, Callable[[dict[str, Any]], list[dict[str, Any]]]] = {
    "run_shell_command": _shell,
    "read_file": lambda given: [get.file("read", get.text(given, "file_path", "tool_input."))],
    "read_many_files": _many,
    "write_file": lambda given: [
        get.file("write", get.text(given, "file_path", "tool_input."), get.text(given, "content", "tool_input."))
    ],
    "replace": lambda given: [
        get.file("edit", get.text(given, "file_path", "tool_input."), get.text(given, "new_string", "tool_input."))
    ],
    "grep_search": _grep,
    "search_file_content": _grep,
    "web_fetch": _fetch,
    "save_memory": lambda given: [get.file("edit", "~/.gemini/GEMINI.md", get.text(given, "fact", "tool_input."))],
}
_READS = frozenset(("glob", "list_directory", "google_web_search", "list_mcp_resources", "read_mcp_resource"))
_ECHOES = frozenset(("write_file", "replace", "save_memory"))
# They change nothing outside the agent.
_INNER = frozenset("write_todos ask_user enter_plan_mode exit_plan_mode update_topic complete_task get_internal_docs".split())
