"""Payloads of agents, and the actions that are expected of them in few words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from packgate.hook.dialects import dialect

DATA = Path(__file__).resolve().parents[2] / "testcases" / "payloads"
RECORDED = sorted(path.relative_to(DATA).as_posix() for path in DATA.glob("*/*.json"))
PROJ = "/home/dev/proj"


def recorded(name: str) -> tuple[str, str, Any]:
    data = json.loads((DATA / name).read_text(encoding="utf-8"))
    return name.split("/")[0], data["event"], data["payload"]


def actions(name: str) -> list[dict[str, Any]]:
    agent, event, payload = recorded(name)
    return list(dialect(agent).read(event, payload).actions)


def file(operation: str, path: str, content: str | None = None) -> dict[str, Any]:
    return {"surface": "file", "operation": operation, "path": path, "content": content}


def call(server: str, tool: str, arguments: dict[str, Any], *, reads: bool = False) -> dict[str, Any]:
    return {"surface": "mcp", "server": server, "tool": tool, "arguments": arguments, "annotations": {"readOnlyHint": True} if reads else {}}


def shell(command: str, **more: str) -> dict[str, Any]:
    return {"surface": "shell", "command": command, "shell": "bash", **more}


def web(url: str) -> dict[str, Any]:
    return {"surface": "web", "method": "GET", "url": url, "body": None}


def prompt(text: str) -> dict[str, Any]:
    return {"surface": "prompt", "text": text}


def output(text: str) -> dict[str, Any]:
    return {"surface": "output", "text": text}
