"""Logs with everything that events can say, for tests of what is made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from packgate.eventlog.chain import Log, append_events
from packgate.eventlog.record import decision_event

DIGEST = "sha256:" + "a" * 64
COMMANDS = ("git status", "git push origin main", "rm -rf build", "printf 'ä\\u0000é'", "kubectl get pods")


def decision(number: int) -> dict[str, Any]:
    """A decision on one of five commands, by three users in two repositories on four days: every fifth is denied, every fifth is warned."""
    kind = number % 5
    verdict, mode = (("deny", "block"), ("alert", "warn"), ("allow", "audit"), ("allow", None), ("allow", None))[kind]
    match = {"pack": "team", "policy": f"policy-{kind}", "mode": mode or "audit", "effective": mode or "audit", "capped_by": None,
             "waived": number % 10 == 2, "family": "git-action", "fields": {"operation": ["push"]}, "span": [0, 3], "via": []}
    action = {
        "id": f"a-{number}", "surface": "shell", "command": COMMANDS[kind], "environment": "production" if kind == 0 else None,
        "actor": {"agent": ("codex", "claude-code")[number % 2], "session": f"s-{number // 7}", "user": f"user{number % 3}", "team": "core",
                  "groups": ["developers", f"g{number % 2}"]},
        "repo": {"name": f"acme/r{number % 2}", "root": "/w/r", "branch": "main", "default_branch": "main"},
    }
    said = {
        "decision_id": f"d-{number}", "action_id": f"a-{number}", "decision": verdict, "mode": mode, "would": "block" if kind < 2 else mode,
        "policy_ids": [] if mode is None else [match["policy"]], "reason": f"reason {kind}", "risk_score": 10 * kind,
        "analysis": {"coverage": ("full", "partial")[kind == 4], "notes": [], "may_match": []},
        "matches": [] if mode is None else [match],
        "bundles": [{"pack": "team", "version": "1.0.0", "stage": "block", "revision": 1, "digest": DIGEST}],
    }
    return decision_event(action, said, f"2026-01-{28 + number * 4 // 60:02}T{number % 24:02}:00:00Z", 50 + number)


def outcome(number: int) -> dict[str, Any]:
    """What followed the warning of a decision."""
    said = {"followed": "next", "said": "warn", "agent": "codex", "session": f"s-{number // 7}", "call": "c", "acknowledged": None, "ran": False,
            "next": f"d-{number + 1}", "decision": "allow", "mode": None, "repeated": number % 10 == 1}
    return {"v": 1, "seq": None, "time": f"2026-01-{28 + number * 4 // 60:02}T23:59:59Z", "kind": "outcome", "action": None, "decision": None,
            "latency_us": None, "follows": f"d-{number}", "outcome": said, "prev": None}


def write_log(path: Path, count: int = 60, rotate: int = 20_000) -> list[Path]:
    """A chained log of so many decisions (at most 60) with what followed warnings; its files, the oldest first."""
    from packgate.eventlog.segments import segments

    log = Log(str(path), rotate=rotate)
    for number in range(count):
        append_events(log, [decision(number), *([outcome(number)] if number % 5 == 1 else [])])
    return [*(Path(each) for _, each in segments(str(path))), path]


def lines(paths: list[Path]) -> list[bytes]:
    """The lines of text files, without their ends."""
    return [line for path in paths for line in path.read_bytes().split(b"\n")[:-1]]


def events(paths: list[Path]) -> list[dict[str, Any]]:
    """The events of files that are whole."""
    return [json.loads(line) for line in lines(paths)]
