"""What the hostile shapes are made of."""

from __future__ import annotations

import json
from typing import Any

SIZE = 100_000
SHELL = {"surface": "shell", "shell": "bash", "cwd": "/home/dev/proj", "home": "/home/dev"}


class Shape:
    """One hostile line for `decide --jsonl`. ``beyond`` says that it can't be analysed whole: its coverage must then not be full."""

    def __init__(self, name: str, line: bytes, beyond: bool = False) -> None:
        self.name = name
        self.line = line
        self.beyond = beyond


def shape(name: str, action: dict[str, Any], beyond: bool = False) -> Shape:
    """The shape of an action."""
    return Shape(name, json.dumps(action).encode(), beyond)


def command(name: str, text: str, beyond: bool = False, shell: str = "bash") -> Shape:
    """The shape of a command."""
    return shape(name, {**SHELL, "command": text, "shell": shell}, beyond)


def fill(unit: str, head: str = "", tail: str = "", size: int = SIZE) -> str:
    """A unit repeated up to the size, between a head and a tail."""
    return head + unit * max(1, (size - len(head) - len(tail)) // len(unit)) + tail


def nested(opening: str, middle: str, closing: str, levels: int) -> str:
    """A balanced nest, filled up to the size with a comment."""
    text = opening * levels + middle + closing * levels
    return text + "\n#" + "x" * max(0, SIZE - len(text))


def counted(unit: str, head: str = "", tail: str = "", size: int = SIZE) -> str:
    """Like `fill`, with ``@`` of the unit replaced by the number of the repeat, so that no two are equal; ``%`` by the next one."""
    parts: list[str] = []
    left = size - len(head) - len(tail)
    while left > 0:
        parts.append(unit.replace("@", str(len(parts))).replace("%", str(len(parts) + 1)))
        left -= len(parts[-1])
    return head + "".join(parts) + tail
