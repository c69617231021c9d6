"""An action, put into the payloads that an agent's client sends for its tool call."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packgate.conform.lane import fetches
from packgate.conform.payloads.templates import CALLS, DELETE, EDIT, KINDS, NO_TOOL, WRITE
from packgate.resources import resource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packgate.conform.payloads.templates import Event

# Where clients say which folder they are in; a payload has those of them that its recording has.
_FOLDERS = ("cwd", "directory")
_ROOTS = "workspace_roots"
# What no hook is told, neither by its agent nor by the machine.
_UNTOLD = ("environment", "data_classification", "permissions", "risk_signals", "approval")
_HEADERS = {WRITE: "Add", EDIT: "Update", DELETE: "Delete"}
_NO_CONTENT = "text\n"


class Inexpressible(Exception):
    """No payload of an agent says an action; the text says why."""


@dataclass(frozen=True, slots=True)
class Payload:
    """``event``: its name; ``data``: what stands on the hook's standard input; ``environ``: what the client sets beside its own
    environment; ``said``: the payload as a whole."""

    event: str
    data: bytes
    environ: dict[str, str]
    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """The payloads of one tool call (see `templates.Call`)."""

    before: tuple[Payload, ...]
    after: Payload | None


@cache
def recording(agent: str, name: str) -> tuple[str, str, dict[str, Any]]:
    """The client that a payload was recorded from, the event, the payload."""
    data = json.loads(Path(resource("testcases", "payloads", agent, f"{name}.json")).read_text(encoding="utf-8"))
    return data["client"], data["event"], data["payload"]


def clients(agent: str) -> tuple[str, ...]:
    """The clients, with their versions, that the payloads of an agent were recorded from."""
    calls = CALLS[agent].values()
    events = [event for call in calls for event in (*call.before, *(() if call.after is None else (call.after,)))]
    return tuple(sorted({recording(agent, event.recording)[0] for event in events}))


def kind_of(action: Mapping[str, Any]) -> str:
    """The kind of tool that does an action; its surface where no tool does."""
    return str(action["operation"] if action["surface"] == "file" else action["surface"])


def fill(agent: str, action: Mapping[str, Any]) -> Filled:
    """The payloads of the tool call that does an action. Raises `Inexpressible`."""
    kind = kind_of(action)
    if kind not in KINDS:
        raise Inexpressible(f"a {kind} is no tool call")
    call = CALLS[agent].get(kind)
    if call is None:
        raise Inexpressible(NO_TOOL.get(agent, {}).get(kind) or f"no payload of a tool for this was recorded: {kind}")
    _check(action)
    values = {name: value(action) for name, value in VALUES.items()}
    before = [_payload(agent, event, values) for event in call.before]
    after = None if call.after is None else _payload(agent, call.after, values, before[-1].said)
    return Filled(tuple(before), after)


def _check(action: Mapping[str, Any]) -> None:
    """Raises `Inexpressible` for what a payload has no place for, and a machine no word."""
    shell = action.get("shell") or "bash"
    if shell in ("powershell", "cmd"):
        raise Inexpressible(f"no payload of {shell} was recorded")
    if not fetches(action):
        raise Inexpressible("the tools that fetch pages send nothing but GET")
    untold = [key for key in _UNTOLD if action.get(key)]
    if untold:
        raise Inexpressible(f"a hook is not told: {', '.join(untold)}")


def _payload(agent: str, event: Event, values: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> Payload:
    _, name, said = recording(agent, event.recording)
    said = {**said, **{key: values["cwd"] for key in _FOLDERS if key in said}}
    if _ROOTS in said:
        said[_ROOTS] = [values["cwd"]]
    for place, value in event.puts:
        said = _with(said, place.split("."), value.format_map(values) if "{" in value else values[value])
    if before is not None:
        said.update({key: before[key] for key in event.repeats})
    if agent == "amp":
        # The rest stands in the environment that it sets.
        environ = {"AGENT_TOOL_NAME": said["tool"], "PWD": said["cwd"]}
        return Payload(name, _bytes(said["args"]), environ, said)
    return Payload(name, _bytes(said), {}, said)


def _with(data: dict[str, Any], keys: list[str], value: Any) -> dict[str, Any]:
    """A copy with a value at a place that is there."""
    first, rest = keys[0], keys[1:]
    return {**data, first: _with(data[first], rest, value) if rest else value}


def _bytes(value: Any) -> bytes:
    """JSON as clients write it: compact, characters as they are; half of a surrogate pair as an escape."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def _plain(action: Mapping[str, Any]) -> str:
    """A server's name as it stands in that of a tool."""
    return "".join(char if char.isalnum() or char in "-_" else "_" for char in str(action.get("server") or ""))


def _patch(action: Mapping[str, Any]) -> str:
    operation = action.get("operation")
    if operation not in _HEADERS:
        return ""
    lines = [f"*** {_HEADERS[operation]} File: {action['path']}"]
    if operation != DELETE:
        lines += ["@@", "-old"] if operation == EDIT else []
        lines += [f"+{line}" for line in (action.get("content") or _NO_CONTENT).splitlines()]
    return "\n".join(["*** Begin Patch", *lines, "*** End Patch"])


# By the names that templates use.
VALUES: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "command": lambda action: action.get("command"),
    "cwd": lambda action: action.get("cwd") or "/home/dev/proj",
    "path": lambda action: action.get("path"),
    "content": lambda action: action.get("content") or _NO_CONTENT,
    "patch": _patch,
    "url": lambda action: action.get("url"),
    "server": lambda action: action.get("server"),
    "plain_server": _plain,
    "tool": lambda action: action.get("tool"),
    "arguments": lambda action: action.get("arguments") or {},
    "arguments_text": lambda action: json.dumps(action.get("arguments") or {}),
}
