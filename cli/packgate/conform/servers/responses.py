"""The Responses protocol (Codex): `POST …/responses`, streamed."""

from __future__ import annotations

import json
from typing import Any

from packgate.conform.servers.scripted import ScriptedHandler

_CALLS = ("function_call", "custom_tool_call", "local_shell_call")
_USAGE = {"input_tokens": 1, "input_tokens_details": None, "output_tokens": 1, "output_tokens_details": None, "total_tokens": 2}


class Handler(ScriptedHandler):
    """A turn holds one call. A tool that takes free text (`apply_patch`) has it as ``text`` in place of ``input``; one of an
    MCP server is called within its ``namespace``."""

    def answer(self, body: dict[str, Any]) -> None:
        """See `ScriptedHandler`."""
        if not self.path.split("?")[0].endswith("/responses"):
            self.reply({})
            return
        made = sum(item.get("type") in _CALLS for item in body.get("input", []))
        response = {"id": f"resp_{made:06d}"}
        events: list[dict[str, Any]] = [
            {"type": "response.created", "response": response},
            {"type": "response.output_item.done", "output_index": 0, "item": _item(made, self.next_call(made))},
            {"type": "response.completed", "response": {**response, "usage": _USAGE}},
        ]
        self.stream([(event["type"], event) for event in events])


def _item(made: int, call: dict[str, Any] | None) -> dict[str, Any]:
    if call is None:
        return {"type": "message", "id": f"msg_{made:06d}", "role": "assistant", "content": [{"type": "output_text", "text": "done"}]}
    common: dict[str, Any] = {"call_id": f"call_{made:06d}", **{key: call[key] for key in ("name", "namespace") if key in call}}
    if "text" in call:
        return {"type": "custom_tool_call", "id": f"ct_{made:06d}", **common, "input": call["text"]}
    return {"type": "function_call", "id": f"fc_{made:06d}", **common, "arguments": json.dumps(call["input"])}
