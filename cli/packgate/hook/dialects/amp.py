"""Amp, as the program that its permissions delegate to. Exit codes and what happens on failures were seen on 0.0.1790142911; the tools'
arguments are the documented ones.

Amp writes the arguments of a tool to standard input and its name to the environment, and reads the exit code: 0 allows, 1 asks, anything
else rejects with standard error as the message. There is nothing to say beside an allowed call, and no event but a tool call.
"""

from __future__ import annotations

from packgate.hook import lowering
from packgate.hook.dialects import payload as get
from packgate.hook.dialects.claude_code import tool_actions
from packgate.hook.dialects.patch import patched
from packgate.hook.exchange import ACT, Reply, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from packgate.hook.exchange import Verdict

AGENT = "amp"
EVENTS = {"delegate": ACT}


def assemble(payload: Any, environ: Mapping[str, str]) -> dict[str, Any]:
    """The payload that `read` takes, of what Amp writes and of the environment that it sets."""
    return {"tool": environ.get("AGENT_TOOL_NAME"), "thread": environ.get("AGENT_THREAD_ID"), "cwd": environ.get("PWD"), "args": payload}


def read(event: str, payload: Any) -> Request:
    """The request of an assembled payload. Raises `PayloadError`."""
    kind = get.event_kind(EVENTS, event, payload)
    tool, given = get.text(payload, "tool"), get.mapping(payload, "args")
    cwd, session = get.optional(payload, "cwd"), get.optional(payload, "thread")
    return Request(AGENT, event, kind, _actions(tool, given), cwd=cwd, session=session, tool=tool)


def _actions(tool: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    if tool in _INNER:
        return []
    if tool in _TOOLS:
        return _TOOLS[tool](given)
    if tool.startswith("mcp__"):
        return tool_actions(AGENT, tool, given)
    told = [get.prompt(given[key]) for key in ("prompt", "task") if isinstance(given.get(key), str)] if tool in _AGENTS else []
    return [*told, get.tool_call(AGENT, tool, given, reads=tool in _READS)]


def answer(event: str, verdict: Verdict) -> Reply:
    """The verdict as exit code and message."""
    outcome = lowering.lowered(AGENT, EVENTS[event], verdict)
    if outcome == "allow":
        return Reply()
    if outcome == "ask":
        return Reply(None, f"{verdict.for_user}\n", 1)
    return Reply(None, f"{verdict.for_agent}\n", 2)


def _command(given: dict[str, Any]) -> list[dict[str, Any]]:
    key = "cmd" if "cmd" in given else "command"
    folder = get.optional(given, "cwd", "args.") or get.optional(given, "workdir", "args.")
    return [get.shell(get.text(given, key, "args."), cwd=folder)]


def _grep(given: dict[str, Any]) -> list[dict[str, Any]]:
    path, glob = get.optional(given, "path", "args.") or ".", get.optional(given, "glob", "args.")
    return [get.file("read", f"{path.rstrip('/')}/{glob}" if glob else path)]


def _patch(given: dict[str, Any]) -> list[dict[str, Any]]:
    key = next((key for key in ("patchText", "patch", "input") if key in given), "patchText")
    return patched(get.text(given, key, "args."), f"args.{key}")


_TOOLS: dict[str, Callable[[dict[str, Any]], list[dict[str, Any]]]] = {
    "Bash": _command,
    "shell_command": _command,
    "Read": lambda given: [get.file("read", get.text(given, "path", "args."))],
    "look_at": lambda given: [get.file("read", get.text(given, "path", "args."))],
    "create_file": lambda given: [get.file("write", get.text(given, "path", "args."), get.text(given, "content", "args."))],
    "edit_file": lambda given: [get.file("edit", get.text(given, "path", "args."), get.text(given, "new_str", "args."))],
    "undo_edit": lambda given: [get.file("edit", get.text(given, "path", "args."))],
    "apply_patch": _patch,
    "Grep": _grep,
    "read_web_page": lambda given: [get.web(get.text(given, "url", "args."))],
}
_AGENTS = frozenset(("Task", "oracle"))
_READS = frozenset(("glob", "finder", "web_search", "librarian"))
# They change nothing outside the agent.
_INNER = frozenset(("todo_write", "todo_read", "mermaid"))
