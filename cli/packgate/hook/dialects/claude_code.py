"""Claude Code. Payloads and effects were recorded from 2.1.329; the shape of answers is the schema in that program.

Each tool that touches the world becomes one action, but for what one agent tells another: the text and the tool call. A MultiEdit is one
action whose content is all new texts joined, since its path and its effect are one. Other tools become calls of a server named after the
agent, so that a policy can name them.
"""

from __future__ import annotations

from packgate.hook import lowering
from packgate.hook.dialects import payload as get
from packgate.hook.exchange import ACT, CONFIG, OUTPUT, PROMPT, SESSION, PayloadError, Reply, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from packgate.hook.exchange import Verdict

AGENT = "claude-code"
EVENTS = {
    "PreToolUse": ACT, "PostToolUse": OUTPUT, "UserPromptSubmit": PROMPT, "SessionStart": SESSION, "ConfigChange": CONFIG,
}


def read(event: str, payload: Any) -> Request:
    """The request of a hook's standard input. Raises `PayloadError`."""
    kind = get.event_kind(EVENTS, event, payload)
    cwd, session = get.optional(payload, "cwd"), get.optional(payload, "session_id")
    if kind == PROMPT:
        return Request(AGENT, event, kind, [get.prompt(get.text(payload, "prompt"))], cwd=cwd, session=session)
    if kind == CONFIG:
        return Request(AGENT, event, kind, [get.file("edit", _settings_path(payload))], cwd=cwd, session=session)
    if kind == SESSION:
        return Request(AGENT, event, kind, [], cwd=cwd, session=session)
    tool = get.text(payload, "tool_name")
    if kind == ACT:
        original = get.mapping(payload, "tool_input")
        actions = tool_actions(AGENT, tool, original, payload)
    else:
        original = payload.get("tool_response")
        given = "" if tool in _ECHOES else get.readable(original)
        actions = [get.output(given)] if given else []
    call = get.optional(payload, "tool_use_id")
    return Request(AGENT, event, kind, actions, cwd=cwd, session=session, tool=tool, call=call, original=original)


def tool_actions(agent: str, tool: str, given: dict[str, Any], payload: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The actions of one tool call. Raises `PayloadError` for a known tool without what it needs."""
    if tool in _INNER:
        return []
    if tool in _TOOLS:
        return _TOOLS[tool](given)
    if tool.startswith("mcp__"):
        server, name = _mcp_name(tool, payload or {})
        return [get.tool_call(server, name, given)]
    told = [get.prompt(given[key]) for key in ("prompt", "message") if isinstance(given.get(key), str)] if tool in _AGENTS else []
    return [*told, get.tool_call(agent, tool, given, reads=tool in _READS)]


def answer(event: str, verdict: Verdict) -> Reply:
    """The verdict in the keys of this event."""
    kind = EVENTS[event]
    outcome = lowering.lowered(AGENT, kind, verdict)
    if outcome == "allow":
        return Reply()
    if kind == ACT:
        return Reply(_act(event, outcome, verdict))
    if outcome == "warn" and kind != OUTPUT:
        return Reply(_told(event, verdict, context=kind != CONFIG))
    if kind == OUTPUT:
        return Reply(_after(event, outcome, verdict))
    said: dict[str, Any] = {"decision": "block", "reason": verdict.for_user}
    if outcome == "terminate":
        said.update({"continue": False, "stopReason": verdict.for_user})
    return Reply(said)


def _act(event: str, outcome: str, verdict: Verdict) -> dict[str, Any]:
    if outcome in ("warn", "redact"):
        said = _told(event, verdict)
        if outcome == "redact":
            said["hookSpecificOutput"]["updatedInput"] = verdict.replacement
        return said
    decision = "ask" if outcome == "ask" else "deny"
    told = verdict.for_user if decision == "ask" else verdict.for_agent
    said = {"hookSpecificOutput": {"hookEventName": event, "permissionDecision": decision, "permissionDecisionReason": told}}
    if outcome == "terminate":
        said.update({"continue": False, "stopReason": verdict.for_user})
    return said


def _after(event: str, outcome: str, verdict: Verdict) -> dict[str, Any]:
    said = _told(event, verdict)
    if outcome != "warn" and verdict.replacement is not None:
        # `block` alone adds its reason and lets the output through.
        said["hookSpecificOutput"]["updatedToolOutput"] = verdict.replacement
    if outcome == "deny":
        said.update({"decision": "block", "reason": verdict.for_agent})
    elif outcome == "terminate":
        said.update({"continue": False, "stopReason": verdict.for_user})
    return said


def _told(event: str, verdict: Verdict, *, context: bool = True) -> dict[str, Any]:
    """What tells both sides and stops nothing."""
    said: dict[str, Any] = {"systemMessage": verdict.for_user}
    if context:
        said["hookSpecificOutput"] = {"hookEventName": event, "additionalContext": verdict.for_agent}
    return said


# Where settings are, when the payload does not say it.
_SETTINGS = {
    "user_settings": "~/.claude/settings.json", "project_settings": ".claude/settings.json",
    "local_settings": ".claude/settings.local.json", "policy_settings": "/etc/claude-code/managed-settings.json",
    "skills": ".claude/skills",
}


def _settings_path(payload: dict[str, Any]) -> str:
    path = get.optional(payload, "file_path")
    if path:
        return path
    source = get.text(payload, "source")
    if source not in _SETTINGS:
        raise PayloadError(f"source: {source!r} is not one of {', '.join(sorted(_SETTINGS))}, and there is no file_path")
    return _SETTINGS[source]


def _mcp_name(tool: str, payload: dict[str, Any]) -> tuple[str, str]:
    """Server and tool. In the tool's name, the server's has `_` for every other character, so the payload's own word comes first."""
    said = payload.get("mcp_server")
    if isinstance(said, dict) and isinstance(said.get("name"), str):
        name: str = said["name"]
        prefix = "mcp__" + "".join(char if char.isalnum() or char in "-_" else "_" for char in name) + "__"
        if tool.startswith(prefix):
            return name, tool[len(prefix):]
    server, _, name = tool[len("mcp__"):].partition("__")
    if not server or not name:
        raise PayloadError(f"tool_name: {tool!r} has no server and tool")
    return server, name


def _command(shell: str) -> Callable[[dict[str, Any]], list[dict[str, Any]]]:
    return lambda given: [get.shell(get.text(given, "command", "tool_input."), shell)]


def _monitor(given: dict[str, Any]) -> list[dict[str, Any]]:
    """A command in the background, or a web socket."""
    socket = given.get("ws")
    if isinstance(socket, dict):
        return [get.web(get.text(socket, "url", "tool_input.ws."))]
    return [get.shell(get.text(given, "command", "tool_input."))]


def _edits(given: dict[str, Any]) -> list[dict[str, Any]]:
    texts = [get.text(edit, "new_string", "tool_input.edits.") for edit in get.objects(given, "edits", "tool_input.")]
    return [get.file("edit", get.text(given, "file_path", "tool_input."), "\n".join(texts))]


def _grep(given: dict[str, Any]) -> list[dict[str, Any]]:
    """It prints lines of the files below a path, or of those that a glob picks there."""
    get.text(given, "pattern", "tool_input.")
    path, glob = get.optional(given, "path", "tool_input.") or ".", get.optional(given, "glob", "tool_input.")
    return [get.file("read", f"{path.rstrip('/')}/{glob}" if glob else path)]


_TOOLS: dict[str, Callable[[dict[str, Any]], list[dict[str, Any]]]] = {
    "Bash": _command("bash"),
    "PowerShell": _command("powershell"),
    "Monitor": _monitor,
    "Read": lambda given: [get.file("read", get.text(given, "file_path", "tool_input."))],
    "Write": lambda given: [get.file("write", get.text(given, "file_path", "tool_input."), get.text(given, "content", "tool_input."))],
    "Edit": lambda given: [get.file("edit", get.text(given, "file_path", "tool_input."), get.text(given, "new_string", "tool_input."))],
    "MultiEdit": _edits,
    "NotebookEdit": lambda given: [
        get.file("edit", get.text(given, "notebook_path", "tool_input."), get.optional(given, "new_source", "tool_input.") or "")
    ],
    "Grep": _grep,
    "WebFetch": lambda given: [get.web(get.text(given, "url", "tool_input."))],
    "ReadMcpResourceTool": lambda given: [
        get.tool_call(get.text(given, "server", "tool_input."), "resources/read", given, reads=True)
    ],
}
# What one agent tells another, or itself later.
_AGENTS = frozenset(("Agent", "Task", "SendMessage", "CronCreate", "ScheduleWakeup"))
_READS = frozenset(("Glob", "WebSearch", "LS", "ListMcpResourcesTool"))
# They change nothing outside the agent.
_INNER = frozenset(
    "TodoWrite TaskCreate TaskGet TaskList TaskUpdate TaskOutput TaskStop BashOutput KillShell KillBash ListAgents ReportFindings "
    "CronList CronDelete ToolSearch AskUserQuestion EnterPlanMode ExitPlanMode StructuredOutput".split()
)
# Their answer repeats what was asked, and the model does not see the file's old text.
_ECHOES = frozenset(("Write", "Edit", "MultiEdit", "NotebookEdit"))
