"""GitHub Copilot CLI. Payloads and effects were recorded from 1.0.102.

Answers are flat. The agent reads `additionalContext`; nothing but a denial is shown to the person. It names a tool of an MCP server
`server-tool`, and does not say where the server's name ends: where that is open, both readings are judged.
"""

from __future__ import annotations

from packgate.hook import lowering
from packgate.hook.dialects import payload as get
from packgate.hook.dialects.patch import patched
from packgate.hook.exchange import ACT, OUTPUT, PROMPT, SESSION, Reply, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from packgate.hook.exchange import Verdict

AGENT = "copilot"
EVENTS = {"preToolUse": ACT, "postToolUse": OUTPUT, "userPromptSubmitted": PROMPT, "sessionStart": SESSION}


def read(event: str, payload: Any) -> Request:
    """The request of a hook's standard input. Raises `PayloadError`."""
    kind = get.event_kind(EVENTS, event, payload)
    cwd, session = get.optional(payload, "cwd"), get.optional(payload, "sessionId")
    if kind == PROMPT:
        prompt = get.text(payload, "prompt")
        return Request(AGENT, event, kind, [get.prompt(prompt)], cwd=cwd, session=session, original=prompt)
    if kind == SESSION:
        return Request(AGENT, event, kind, [], cwd=cwd, session=session)
    tool = get.text(payload, "toolName")
    if kind == ACT:
        original = get.decoded_mapping(payload, "toolArgs")
        return Request(AGENT, event, kind, _actions(tool, original), cwd=cwd, session=session, tool=tool, original=original)
    original = get.mapping(payload, "toolResult")
    given = "" if tool in _ECHOES else get.optional(original, "textResultForLlm", "toolResult.")
    return Request(AGENT, event, kind, [get.output(given)] if given else [], cwd=cwd, session=session, tool=tool, original=original)


def _actions(tool: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    if tool in _INNER:
        return []
    if tool in _TOOLS:
        return _TOOLS[tool](given)
    if tool in ("task", "write_agent"):
        told = [given[key] for key in ("prompt", "message", "input") if isinstance(given.get(key), str)]
        return [*map(get.prompt, told), get.tool_call(AGENT, tool, given)]
    if tool in _READS or "-" not in tool:
        return [get.tool_call(AGENT, tool, given, reads=tool in _READS)]
    readings = dict.fromkeys((tool.partition("-")[::2], tool.rpartition("-")[::2]))
    return [get.tool_call(server, name, given) for server, name in readings]


def answer(event: str, verdict: Verdict) -> Reply:
    """The verdict in the keys of this event."""
    kind = EVENTS[event]
    outcome = lowering.lowered(AGENT, kind, verdict)
    if outcome == "allow":
        return Reply()
    if kind == ACT and outcome in ("ask", "deny"):
        told = verdict.for_user if outcome == "ask" else verdict.for_agent
        return Reply({"permissionDecision": outcome, "permissionDecisionReason": told})
    if outcome == "deny":
        return Reply({"decision": "block", "reason": verdict.for_user if kind == PROMPT else verdict.for_agent})
    said: dict[str, Any] = {"additionalContext": verdict.for_agent}
    if outcome == "redact":
        said[{ACT: "modifiedArgs", OUTPUT: "modifiedResult", PROMPT: "modifiedPrompt"}[kind]] = verdict.replacement
    return Reply(said)


def _command(shell: str) -> Callable[[dict[str, Any]], list[dict[str, Any]]]:
    return lambda given: [get.shell(get.text(given, "command", "toolArgs."), shell)]


def _typed(given: dict[str, Any]) -> list[dict[str, Any]]:
    """What is typed into a shell that runs: its keys stand in braces."""
    written = get.text(given, "input", "toolArgs.")
    for key in ("{enter}", "{return}"):
        written = written.replace(key, "\n")
    return [get.shell(written)] if written.strip() else [get.tool_call(AGENT, "write_bash", given)]


def _editor(given: dict[str, Any]) -> list[dict[str, Any]]:
    path, command = get.text(given, "path", "toolArgs."), get.text(given, "command", "toolArgs.")
    if command == "view":
        return [get.file("read", path)]
    content = get.optional(given, "file_text", "toolArgs.") or get.optional(given, "new_str", "toolArgs.") or ""
    return [get.file("write" if command == "create" else "edit", path, content)]


def _patch(given: dict[str, Any]) -> list[dict[str, Any]]:
    key = next((key for key in ("input", "patch") if key in given), "input")
    return patched(get.text(given, key, "toolArgs."), f"toolArgs.{key}")


def _grep(given: dict[str, Any]) -> list[dict[str, Any]]:
    get.text(given, "pattern", "toolArgs.")
    path, glob = get.optional(given, "path", "toolArgs.") or ".", get.optional(given, "glob", "toolArgs.")
    return [get.file("read", f"{path.rstrip('/')}/{glob}" if glob else path)]


_TOOLS: dict[str, Callable[[dict[str, Any]], list[dict[str, Any]]]] = {
    "bash": _command("bash"),
    "powershell": _command("powershell"),
    "write_bash": _typed,
    "write_powershell": lambda given: [{**action, "shell": "powershell"} if "shell" in action else action for action in _typed(given)],
    "create": lambda given: [get.file("write", get.text(given, "path", "toolArgs."), get.text(given, "file_text", "toolArgs."))],
    "edit": lambda given: [get.file("edit", get.text(given, "path", "toolArgs."), get.text(given, "new_str", "toolArgs."))],
    "view": lambda given: [get.file("read", get.text(given, "path", "toolArgs."))],
    "str_replace_editor": _editor,
    "apply_patch": _patch,
    "grep": _grep,
    "rg": _grep,
    "web_fetch": lambda given: [get.web(get.text(given, "url", "toolArgs."))],
    "fetch": lambda given: [get.web(get.text(given, "url", "toolArgs."))],
}
_READS = frozenset(("glob", "web_search", "session_store_sql", "github-mcp-server-web_search"))
_ECHOES = frozenset(("create", "edit", "apply_patch"))
# They change nothing outside the agent.
_INNER = frozenset(
    "read_bash stop_bash list_bash read_powershell stop_powershell list_powershell read_agent list_agents report_intent update_todo "
    "ask_user exit_plan_mode fetch_copilot_cli_documentation task_complete".split()
)


