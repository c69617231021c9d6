"""The chat completions protocol (OpenCode with an OpenAI-compatible provider): `POST …/chat/completions`, streamed or not."""

from __future__ import annotations

import json
from typing import Any

from packgate.conform.servers.scripted import ScriptedHandler

_USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


class Handler(ScriptedHandler):
    """A turn holds one call. Requests that offer no tools get a word."""

    def answer(self, body: dict[str, Any]) -> None:
        """See `ScriptedHandler`."""
        made = sum(len(message.get("tool_calls") or []) for message in body.get("messages", []) if message.get("role") == "assistant")
        call = self.next_call(made) if body.get("tools") else None
        said = _said(made, call)
        finish = "stop" if call is None else "tool_calls"
        common = {"id": f"chat_{made:06d}", "created": 1, "model": body.get("model", "scripted")}
        if not body.get("stream"):
            choice = {"index": 0, "message": said, "finish_reason": finish}
            self.reply({**common, "object": "chat.completion", "choices": [choice], "usage": _USAGE})
            return
        chunk = {**common, "object": "chat.completion.chunk"}
        self.stream([
            (None, {**chunk, "choices": [{"index": 0, "delta": said, "finish_reason": None}]}),
            (None, {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}], "usage": _USAGE}),
            (None, "[DONE]"),
        ])


def _said(made: int, call: dict[str, Any] | None) -> dict[str, Any]:
    if call is None:
        return {"role": "assistant", "content": "done"}
    function = {"name": call["name"], "arguments": json.dumps(call["input"])}
    return {"role": "assistant", "tool_calls": [{"index": 0, "id": f"call_{made:06d}", "type": "function", "function": function}]}
