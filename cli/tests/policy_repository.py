"""A real git repository with one small pack, and events as enforcement points record them: decided by the real engine."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

from packgate.engine.assignments import Assignments
from packgate.engine.gate import build_gate
from packgate.model.action import parse_action
from packgate.source.workspace import load_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

DAY = 86_400
# 1 January 2026, 00:00 UTC.
START = 1_767_225_600
ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ana", "GIT_AUTHOR_EMAIL": "ana@example.org",
    "GIT_COMMITTER_NAME": "Ana", "GIT_COMMITTER_EMAIL": "ana@example.org",
}
PACK = """\
version: "1.0.0"
name: demo
title: A demonstration
owners: [security]
threats:
  data: {title: Data, description: Data is lost.}
  history: {title: History, description: Work is lost.}
"""
POLICIES = """\
policies:
  - id: no-drop
    title: Drop a table
    threat: data
    impact: one-way
    rationale: There is no undo.
    when: [database-admin]
    if: {operation: [DROP*, TRUNCATE*]}
    then: block
    risk: 90
    message: Ask the data team.
    tests:
      must_fire:
        - prompt: Drop the users table.
          command: psql -c 'DROP TABLE users'
        - command: psql -c 'TRUNCATE users'
      must_not_fire:
        - prompt: Show me the users.
          command: psql -c 'ALTER TABLE users ADD COLUMN name text'
        - command: psql -c 'SELECT 1'
  - id: no-force
    title: Force push
    threat: history
    impact: one-way
    rationale: Work of others is lost.
    when: [git-action]
    if: {operation: force-push}
    then: block
    risk: 50
    message: Push to a branch of your own.
    tests:
      must_fire:
        - prompt: Force push to main.
          command: git push --force origin main
      must_not_fire:
        - prompt: Push my branch.
          command: git push origin feature/x
"""
ROLLOUT = """\
# How far we are. The platform team decides.
pack: audit

threats:
    data: 'audit'     # measured since January
"""
SETTINGS = """\
version: 1
packs: [demo]
gates:
  warn: {min_days: 3, min_events: 100, max_benign_rate: 0.05}
  block: {min_days: 3, min_events: 100, max_benign_rate: 0.05, min_approvals: 1}
"""


class PolicyRepository:
    """The repository; every commit has a date of its own, given in days since `START`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(exist_ok=True)
        self.git("init", "-q", "-b", "main")
        self.write("packgate.yaml", SETTINGS)
        self.write("packs/demo/pack.yaml", PACK)
        self.write("packs/demo/policies/all.yaml", POLICIES)
        self.write("packs/demo/rollout.yaml", ROLLOUT)
        self.commit("Start", 0)

    def git(self, *arguments: str, day: int = 0) -> str:
        date = f"@{START + day * DAY} +0000"
        environment = {**os.environ, **ENVIRONMENT, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        done = subprocess.run(["git", *arguments], cwd=self.root, env=environment, check=True, capture_output=True, timeout=60)
        return done.stdout.decode()

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def commit(self, message: str, day: int) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message, day=day)

    def events(
        self, path: Path, commands: Iterable[str], days: Iterable[int], *, releases: dict[str, str] | None = None, **actor: Any
    ) -> Path:
        """Decide commands as the packs stand now, on several days, and record them."""
        space = load_workspace(str(self.root))
        assert space.ok, space.diagnostics
        assignments = Assignments(space.assigned, space.lists, space.stage)
        gate = build_gate(space.packs, space.vocabulary, lists=space.lists, assignments=assignments, releases=releases)
        lines = []
        for day in days:
            for command in commands:
                action = {
                    "id": f"{day}-{len(lines)}-{actor.get('user')}", "surface": "shell", "command": command, "cwd": "/srv/app", "home": "/home/dev",
                    "actor": {"agent": "agent", "session": None, "user": None, "groups": [], "team": None, "owner": None, **actor},
                }
                time = stamp(day, len(lines))
                decision = gate.decide_json(parse_action(action), stage=None, now=time)
                lines.append(event(len(lines) + 1, time, "decision", action=action, decision=decision))
        with path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
        return path


def stamp(day: int, second: int = 0) -> str:
    """A time on a day since `START`."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(START + day * DAY + 3600 + second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def event(seq: int, time: str, kind: str, **more: Any) -> dict[str, Any]:
    """An event with every key of the format."""
    return {
        "v": 1, "seq": seq, "time": time, "kind": kind, "action": None, "decision": None, "latency_us": 80, "follows": None, "outcome": None,
        "prev": "sha256:" + "0" * 64, **more,
    }
