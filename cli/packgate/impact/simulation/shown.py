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
    return f"{surface}: {''.join(map(_visible, ' '.join(text.split())))}"


def _visible(char: str) -> str:
    """A character as it can be shown: what an agent wrote must not steer a reader's terminal."""
    return char if char.isprintable() else char.encode("unicode_escape").decode()
