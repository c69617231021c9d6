"""Logs for tests: real ones, written as the hook and the server write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from packgate.eventlog.chain import Log, append_events
from packgate.eventlog.record import decision_event
from packgate.events.files import open_log
from packgate.events.verify import Claim, Verified, Verifier

TIME = "2026-01-31T12:00:00Z"


def event(number: int, text: str = "git status") -> dict[str, Any]:
    """A decision that is like no other."""
    action = {"id": f"a-{number}", "surface": "shell", "command": f"{text} {number}", "actor": {"session": "s"}}
    return decision_event(action, {"decision": "allow", "decision_id": f"d-{number}", "matches": [], "bundles": []}, TIME, 80)


def write(log: Log, count: int, start: int = 1) -> None:
    """Append events one by one."""
    for number in range(start, start + count):
        append_events(log, [event(number)])


def read(path: Path) -> list[dict[str, Any]]:
    """The events of one file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def verify(path: Path, keys: tuple[Any, ...] = (), claims: tuple[Claim, ...] = ()) -> Verified:
    """The whole log, verified."""
    return Verifier(open_log(str(path)), keys, claims).verify()


def errors(found: Verified) -> list[tuple[str, str, int]]:
    """What is wrong: code, file name and line."""
    return [(each.code, Path(each.position.file).name, each.position.line) for each in found.findings if each.severity.value == "error"]
