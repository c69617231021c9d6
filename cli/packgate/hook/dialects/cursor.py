"""Cursor, from its documented format alone: there is no package to run it here, so nothing of this module was seen on the real program.

An answer is always an object: with `failClosed`, an empty standard output counts as a failure. `ask` is asked before a shell command and an
MCP call only. Nothing reaches the agent before an action, but for a denial; after a tool, `additional_context` does.
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

AGENT = "cursor"
EVENTS = {
    "beforeShellExecution": ACT, "beforeMCPExecution": ACT, "beforeReadFile": ACT, "preToolUse": ACT, "postToolUse": OUTPUT,
    "beforeSubmitPrompt": PROMPT, "sessionStart": SESSION,
}


def read(event: str, payload: Any) -> Request:
    """The request of a hook's standard input. Raises `PayloadError`."""
    kind = get.event_kind(EVENTS, event, payload)
    session, call = get.optional(payload, "conversation_id"), get.optional(payload, "tool_use_id")
    cwd = get.optional(payload, "cwd") or _root(payload)
    tool: str | None = None
    actions: list[dict[str, Any]] = []
    late: list[dict[str, Any]] = []
    if event == "beforeShellExecution":
        tool, actions = "Shell", [get.shell(get.text(payload, "command"))]
    elif event == "beforeMCPExecution":
        tool = get.text(payload, "tool_name")
        server = get.optional(payload, "server_name") or get.optional(payload, "url") or get.optional(payload, "command") or AGENT
        actions = [get.tool_call(server, tool.removeprefix("MCP:"), get.decoded_mapping(payload, "tool_input"))]
    elif event == "beforeReadFile":
        content = get.optional(payload, "content")
        tool, actions = "Read", [get.file("read", get.text(payload, "file_path")), *([get.output(content)] if content else [])]
    elif kind == PROMPT:
        actions = [get.prompt(get.text(payload, "prompt"))]
    elif kind in (ACT, OUTPUT):
        tool = get.text(payload, "tool_name")
        actions = _actions(tool, get.decoded_mapping(payload, "tool_input"))
        if kind == OUTPUT:
            late, actions = actions, _output(payload)
    return Request(AGENT, event, kind, actions, cwd=cwd, session=session, tool=tool, call=call, late=late)


def _root(payload: dict[str, Any]) -> str | None:
    roots = payload.get("workspace_roots")
    return roots[0] if isinstance(roots, list) and roots and isinstance(roots[0], str) else None


def _output(payload: dict[str, Any]) -> list[dict[str, Any]]:
    given = get.readable(payload.get("tool_output"))
    return [get.output(given)] if given else []


def _actions(tool: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    if tool in _INNER:
        return []
    if tool in _TOOLS:
        return _TOOLS[tool](given)
    if tool.startswith("MCP:"):
        return [get.tool_call(AGENT, tool.removeprefix("MCP:"), given)]
    told = [get.prompt(given["prompt"])] if tool == "Task" and isinstance(given.get("prompt"), str) else []
    return [*told, get.tool_call(AGENT, tool, given, reads=tool in _READS)]


def answer(event: str, verdict: Verdict) -> Reply:
    """The verdict in the keys of this event."""
    kind = EVENTS[event]
    outcome = lowering.lowered(AGENT, kind, verdict, event)
    if outcome == "allow":
        return Reply({})
    if outcome == "warn":
        return Reply({"additional_context": verdict.for_agent})
    if kind == PROMPT:
        return Reply({"continue": False, "user_message": verdict.for_user})
    return Reply({"permission": outcome, "user_message": verdict.for_user, "agent_message": verdict.for_agent})


def _path(given: dict[str, Any]) -> str:
    for key in ("file_path", "path", "target_file", "target_notebook"):
        if isinstance(given.get(key), str):
            return str(given[key])
    raise PayloadError(f"tool_input.file_path: expected text, found {get.kind_of(given.get('file_path'))}")


def _written(given: dict[str, Any]) -> str:
    for key in ("content", "contents", "new_string", "code_edit"):
        if isinstance(given.get(key), str):
            return str(given[key])
    raise PayloadError(f"tool_input.content: expected text, found {get.kind_of(given.get('content'))}")


def _shell(given: dict[str, Any]) -> list[dict[str, Any]]:
    folder = get.optional(given, "cwd", "tool_input.") or get.optional(given, "working_directory", "tool_input.")
    return [get.shell(get.text(given, "command", "tool_input."), cwd=folder)]


def _grep(given: dict[str, Any]) -> list[dict[str, Any]]:
    path, glob = get.optional(given, "path", "tool_input.") or ".", get.optional(given, "glob", "tool_input.")
    return [get.file("read", f"{path.rstrip('/')}/{glob}" if glob else path)]


_TOOLS: dict[str, Callable[[dict[str, Any]], list[dict[str, Any]]]] = {
    "Shell": _shell,
    "Read": lambda given: [get.file("read", _path(given))],
    "Write": lambda given: [get.file("write", _path(given), _written(given))],
    "Edit": lambda given: [get.file("edit", _path(given), _written(given))],
    "Delete": lambda given: [get.file("delete", _path(given))],
    "Grep": _grep,
    "WebFetch": lambda given: [get.web(get.text(given, "url", "tool_input."))],
}
_READS = frozenset(("Glob", "LS", "WebSearch", "SemanticSearch"))
# They change nothing outside the agent.
_INNER = frozenset(("TodoWrite", "AskQuestion", "SwitchMode"))
