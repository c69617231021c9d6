"""What a model was told of each of its calls, read from the requests that the scripted servers got."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from packgate.conform.spec import Ran


@dataclass(slots=True)
class Told:
    """``text``: the result of the call; ``failed``: whether it is marked as an error; ``beside``: what stood next to it."""

    text: str = ""
    failed: bool = False
    beside: str = ""


def by_messages(done: Ran) -> dict[str, Told]:
    """Of the Messages protocol, by the id of the tool use."""
    found: dict[str, Told] = {}
    last: Told | None = None
    for message in _last(done, "messages"):
        content = message["content"]
        if message["role"] == "assistant":
            continue
        for block in [{"type": "text", "text": content}] if isinstance(content, str) else content:
            if block["type"] == "tool_result":
                last = found[block["tool_use_id"]] = Told(text_of(block.get("content")), bool(block.get("is_error")))
            elif block["type"] == "text" and last is not None:
                last.beside += block["text"]
    return found


def by_responses(done: Ran) -> dict[str, Told]:
    """Of the Responses protocol, by the id of the call. What a hook adds can stand between a call and its output."""
    found: dict[str, Told] = {}
    last: Told | None = None
    for item in _last(done, "input"):
        kind = str(item.get("type"))
        if kind.endswith("_call") and "call_id" in item:
            last = found[item["call_id"]] = Told()
        elif kind.endswith("_output") and item.get("call_id") in found:
            last = found[item["call_id"]]
            last.text = text_of(item.get("output"))
        elif kind == "message" and item.get("role") == "developer" and last is not None:
            last.beside += text_of(item.get("content"))
    return found


def by_chat(done: Ran) -> dict[str, Told]:
    """Of the chat completions protocol, by the id of the call."""
    messages = _last(done, "messages")
    return {message["tool_call_id"]: Told(text_of(message.get("content"))) for message in messages if message["role"] == "tool"}


def _last(done: Ran, key: str) -> list[Any]:
    """The conversation as the last request with tools tells it."""
    bodies = [request["body"] for request in done.requests if request["body"].get("tools")]
    return list(bodies[-1].get(key, [])) if bodies else []


def text_of(content: Any) -> str:
    """The text of a content, whichever of the usual forms it has."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return text_of(content.get("content") or content.get("output") or "")
    return "".join(str(part.get("text", "")) for part in content or [])
