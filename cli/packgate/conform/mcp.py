"""The stub MCP servers of a run, as agents are told of them."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tools.py")


def stub_servers(actions: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """By name: command and arguments of a server that offers every tool which the actions call on it."""
    tools: dict[str, dict[str, Any]] = {}
    for action in actions:
        if action["surface"] == "mcp":
            tools.setdefault(action["server"], {})[action["tool"]] = action.get("annotations") or {}
    python = os.path.realpath(sys.executable)
    return {
        server: {"command": python, "args": ["-I", "-S", _SCRIPT, json.dumps(offered, sort_keys=True)]}
        for server, offered in sorted(tools.items())
    }
