"""A stub of an MCP server on standard input and output: offers the tools that it is told and never does anything.

    python -I tools.py '{"drop_table": {"destructiveHint": true}, "list_tables": {}}'
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main() -> int:
    """Answer requests, a JSON object a line, until the input ends."""
    tools: dict[str, dict[str, Any]] = json.loads(sys.argv[1])
    for line in sys.stdin:
        request = json.loads(line)
        if "id" in request:
            answer = {"jsonrpc": "2.0", "id": request["id"], "result": _result(request, tools)}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
    return 0


def _result(request: dict[str, Any], tools: dict[str, dict[str, Any]]) -> dict[str, Any]:
    method = request.get("method")
    if method == "initialize":
        version = request.get("params", {}).get("protocolVersion", "2025-06-18")
        return {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": {"name": "stub", "version": "1"}}
    if method == "tools/list":
        schema = {"type": "object", "additionalProperties": True}
        return {
            "tools": [
                {"name": name, "description": f"The tool {name}.", "inputSchema": schema, "annotations": hints}
                for name, hints in sorted(tools.items())
            ]
        }
    if method == "tools/call":
        return {"content": [{"type": "text", "text": "packgate-conform: not run"}]}
    return {}


if __name__ == "__main__":
    sys.exit(main())
