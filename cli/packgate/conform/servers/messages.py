"""The Messages protocol (Claude Code; Copilot CLI with an Anthropic provider): `POST /v1/messages`, streamed or not."""

from __future__ import annotations

from typing import Any

from packgate.conform.servers.scripted import ScriptedHandler


class Handler(ScriptedHandler):
    """A turn holds one tool use. Requests that offer no tools (titles, summaries) get a word."""

    def answer(self, body: dict[str, Any]) -> None:
        """See `ScriptedHandler`."""
        if "count_tokens" in self.path:
            self.reply({"input_tokens": 10})
        elif not self.path.split("?")[0].endswith("/v1/messages"):
            self.reply({})
        else:
            made = _calls_made(body)
            call = self.next_call(made) if body.get("tools") else None
            message = _message(body, made, call)
            if body.get("stream"):
                self.stream(_events(message))
            else:
                self.reply(message)


def _calls_made(body: dict[str, Any]) -> int:
    return sum(
        block.get("type") == "tool_use"
        for message in body.get("messages", [])
        if message.get("role") == "assistant" and isinstance(message.get("content"), list)
        for block in message["content"]
    )


def _message(body: dict[str, Any], made: int, call: dict[str, Any] | None) -> dict[str, Any]:
    if call is None:
        content: dict[str, Any] = {"type": "text", "text": "done"}
    else:
        content = {"type": "tool_use", "id": f"toolu_{made:06d}", "name": call["name"], "input": call["input"]}
    return {
        "id": f"msg_{made:06d}", "type": "message", "role": "assistant", "model": body.get("model", "scripted"), "content": [content],
        "stop_reason": "end_turn" if call is None else "tool_use", "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }


def _events(message: dict[str, Any]) -> list[tuple[str | None, Any]]:
    import json

    block = message["content"][0]
    if block["type"] == "text":
        start = {**block, "text": ""}
        delta = {"type": "text_delta", "text": block["text"]}
    else:
        start = {**block, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    stop = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    parts: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": start},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": stop, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]
    return [(part["type"], part) for part in parts]
