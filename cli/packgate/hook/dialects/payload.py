"""Reading an agent's payload: values by key, or a `PayloadError` that names the key."""

from __future__ import annotations

from packgate.hook.exchange import PayloadError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def event_kind(events: Mapping[str, str], event: str, payload: Any, named: str = "hook_event_name") -> str:
    """What an event is about. Raises `PayloadError` for a payload that is no object, an unknown event, or one that says it is another
    event (``named``: the key that holds its name): the answer would be given in the wrong form."""
    if not isinstance(payload, dict):
        raise PayloadError(f"the payload is a JSON object, not {kind_of(payload)}")
    if event not in events:
        raise PayloadError(f"event {event!r} is not one of {', '.join(sorted(events))}")
    said = payload.get(named, event)
    if said != event:
        raise PayloadError(f"{named}: expected {event!r}, found {said!r}")
    return events[event]


def text(data: Mapping[str, Any], key: str, where: str = "") -> str:
    """A required text."""
    value = data.get(key)
    if not isinstance(value, str):
        raise PayloadError(f"{where}{key}: expected text, found {kind_of(value)}")
    return value


def optional(data: Mapping[str, Any], key: str, where: str = "") -> str | None:
    """A text that may be missing or null."""
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise PayloadError(f"{where}{key}: expected text, found {kind_of(value)}")
    return value


def mapping(data: Mapping[str, Any], key: str, where: str = "") -> dict[str, Any]:
    """A required object."""
    value = data.get(key)
    if not isinstance(value, dict):
        raise PayloadError(f"{where}{key}: expected an object, found {kind_of(value)}")
    return value


def decoded_mapping(data: Mapping[str, Any], key: str, where: str = "") -> dict[str, Any]:
    """A required object, or a text that holds one as JSON."""
    value = data.get(key)
    if isinstance(value, str):
        import json

        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise PayloadError(f"{where}{key}: its text is not JSON") from None
    return mapping({key: value}, key, where)


def objects(data: Mapping[str, Any], key: str, where: str = "") -> list[dict[str, Any]]:
    """A required list of objects, not empty."""
    value = data.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        raise PayloadError(f"{where}{key}: expected a list of objects, found {kind_of(value)}")
    return value


def kind_of(value: Any) -> str:
    """The type of a JSON value, for messages."""
    if value is None:
        return "nothing"
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), type(value).__name__)


# Keys of a tool's answer that say what it is. Everything else is text that the model reads.
STRUCTURE = frozenset(
    "type role mimeType mime_type filePath file_path path language cell_type edit_mode cell_id status id name agentId agent_id taskId "
    "task_id backgroundTaskId outputFile resultType result_type".split()
)


def readable(value: Any) -> str:
    """The texts of a tool's answer, joined by line ends: what its output is judged by."""
    found: list[str] = []
    left: list[tuple[str, Any]] = [("", value)]
    while left:
        key, item = left.pop()
        if isinstance(item, str):
            if key not in STRUCTURE and item:
                found.append(item)
        elif isinstance(item, dict):
            left.extend((str(name), inner) for name, inner in reversed(item.items()))
        elif isinstance(item, list):
            left.extend((key, inner) for inner in reversed(item))
    return "\n".join(found)


# Actions of the surfaces, as `model.action` wants them.
def shell(command: str, shell: str = "bash", cwd: str | None = None) -> dict[str, Any]:
    """A shell command. ``cwd``: where it runs, if its tool was told; otherwise it is the session's."""
    action: dict[str, Any] = {"surface": "shell", "command": command, "shell": shell}
    if cwd:
        action["cwd"] = cwd
    return action


def file(operation: str, path: str, content: str | None = None) -> dict[str, Any]:
    """A file operation (``read``, ``write``, ``edit``, ``delete``). A relative path is one of the session's folder."""
    return {"surface": "file", "operation": operation, "path": path, "content": content}


def tool_call(server: str, tool: str, arguments: Any, *, reads: bool = False) -> dict[str, Any]:
    """A tool call. ``server`` is the agent's name for a tool of its own, so that policies can govern those too. ``reads``: it is known to
    change nothing."""
    given = arguments if isinstance(arguments, dict) else {"input": arguments}
    return {"surface": "mcp", "server": server, "tool": tool, "arguments": given, "annotations": {"readOnlyHint": True} if reads else {}}


def web(url: str, method: str = "GET", body: str | None = None) -> dict[str, Any]:
    """A web request."""
    return {"surface": "web", "method": method, "url": url, "body": body}


def prompt(written: str) -> dict[str, Any]:
    """What was written to an agent, by a person or another agent."""
    return {"surface": "prompt", "text": written}


def output(written: str) -> dict[str, Any]:
    """What a tool gave back."""
    return {"surface": "output", "text": written}
