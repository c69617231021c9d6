"""An action in one line, for people."""

from __future__ import annotations

import json
from typing import Any


def one_line(action: dict[str, Any]) -> str:
    """Its surface, and what it would do, in its own words."""
    surface = action.get("surface", "shell")
    if surface == "shell":
        text = str(action.get("command"))
    elif surface == "file":
        text = f"{action.get('operation')} {action.get('path')}"
    elif surface == "mcp":
        text = f"{action.get('server')}.{action.get('tool')} {json.dumps(action.get('arguments') or {}, sort_keys=True)}"
    else:
        text = str(action.get("url") if surface == "web" else action.get("text"))
    return f"{surface}: {' '.join(text.split())}"
