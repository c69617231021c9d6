"""A shell command as the hook of each agent is asked about it: the payloads that the agents send, cut to what the hook reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Marks what a check sent, in the event log.
SESSION = "packgate-doctor"


@dataclass(frozen=True, slots=True)
class Question:
    """What a hook is started with. ``arguments``: agent and event; ``environment``: variables that the agent sets."""

    arguments: tuple[str, str]
    payload: Any
    environment: Mapping[str, str]


def shell_question(agent: str, command: str, cwd: str) -> Question:
    """The question of an agent about a command. Raises `KeyError` for an agent that there is none for."""
    event, payload, environment = _PAYLOADS[agent](command, cwd)
    return Question((agent, event), payload, environment)


def _of_claude(tool: str, event: str) -> Callable[[str, str], tuple[str, Any, dict[str, str]]]:
    def made(command: str, cwd: str) -> tuple[str, Any, dict[str, str]]:
        return event, {
            "session_id": SESSION, "cwd": cwd, "hook_event_name": event, "tool_name": tool, "tool_input": {"command": command},
            "tool_use_id": SESSION,
        }, {}

    return made


def _of_copilot(command: str, cwd: str) -> tuple[str, Any, dict[str, str]]:
    return "preToolUse", {"sessionId": SESSION, "cwd": cwd, "toolName": "bash", "toolArgs": {"command": command}}, {}


def _of_cursor(command: str, cwd: str) -> tuple[str, Any, dict[str, str]]:
    event = "beforeShellExecution"
    return event, {"conversation_id": SESSION, "hook_event_name": event, "workspace_roots": [cwd], "command": command, "cwd": cwd}, {}


def _of_opencode(command: str, cwd: str) -> tuple[str, Any, dict[str, str]]:
    event = "tool.execute.before"
    return event, {
        "event": event, "sessionID": SESSION, "callID": SESSION, "directory": cwd, "tool": "bash", "args": {"command": command},
    }, {}


def _of_amp(command: str, cwd: str) -> tuple[str, Any, dict[str, str]]:
    # Amp tells the rest by its environment.
    return "delegate", {"cmd": command}, {"AGENT": "amp", "AGENT_TOOL_NAME": "Bash", "AGENT_THREAD_ID": SESSION, "PWD": cwd}


_PAYLOADS: dict[str, Callable[[str, str], tuple[str, Any, dict[str, str]]]] = {
    "amp": _of_amp,
    "claude-code": _of_claude("Bash", "PreToolUse"),
    "codex": _of_claude("Bash", "PreToolUse"),
    "copilot": _of_copilot,
    "cursor": _of_cursor,
    "gemini": _of_claude("run_shell_command", "BeforeTool"),
    "opencode": _of_opencode,
}
