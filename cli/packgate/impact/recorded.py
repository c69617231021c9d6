"""The actions of recorded events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from packgate.errors import UserError
from packgate.impact.sides import Tried

if TYPE_CHECKING:
    from pathlib import Path


def read_events(path: Path) -> list[Tried]:
    """The actions of a file of events, one JSON line each; other kinds of events than decisions are passed over.

    Raises `UserError` with the line for what is no event.
    """
    found: list[Tried] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: can't be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            event = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UserError(f"{path}:{number}: not JSON: {error}") from error
        if not isinstance(event, dict) or event.get("v") != 1 or "kind" not in event:
            raise UserError(f"{path}:{number}: not an event of version 1", "an event has the keys v, kind, action and decision")
        if event["kind"] == "decision":
            if not isinstance(event.get("action"), dict):
                raise UserError(f"{path}:{number}: a decision without an action")
            found.append(Tried("event", str(event.get("seq", number)), event["action"]))
    return found
