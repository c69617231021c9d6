"""A pack whose edits of payment code wait for an approval, and a hook that is asked about them, for tests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.engine.gate import build_gate
from packgate.hook.answer import respond
from packgate.hook.exchange import ACT, Request
from packgate.hook.settings import FAILING, Settings
from packgate.source.workspace import load_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from packgate.engine.gate import Gate
    from packgate.hook.answer import Answer

PACK = """\
version: "1.0.0"
name: guarded
title: What waits
owners: [security]
threats:
  data: {title: Data, description: Data is lost.}
"""
POLICY = """\
  - id: {id}
    title: A policy
    threat: data
    impact: {impact}
    rationale: It is worth a second look.
    when: [{when}]
    {more}
    then: {then}
    message: {message}
    tests:
      must_fire:
        - prompt: Do it.
          command: {fires}
      must_not_fire:
        - prompt: Look first.
          command: git status
"""
POLICIES = "policies:\n" + "".join([
    POLICY.format(id="payment-edit", when="modify-file", more='if: {path: "pay/**"}', then="{mode: require-approval, approver: pay-leads}",
                  fires="touch pay/a", impact="risky", message="Say why."),
    POLICY.format(id="auth-edit", when="modify-file", more='if: {path: "auth/**"}', then="{mode: require-approval, approver: auth-leads}",
                  fires="touch auth/a", impact="risky", message="Say why."),
    POLICY.format(id="undeclared", when="modify-file", more='if: {path: "misc/**"}', then="{mode: require-approval, approver: nobody-here}",
                  fires="touch misc/a", impact="risky", message="Say why."),
    POLICY.format(id="quick-edit", when="modify-file", more='if: {path: "quick/**"}', then="{mode: require-approval, approver: pay-leads, approval_minutes: 5}",
                  fires="touch quick/a", impact="risky", message="Say why."),
    POLICY.format(id="tool", when="tool-call", more="", then="{mode: require-approval, approver: pay-leads}",
                  fires="x", impact="risky", message="Say why.").replace("command: x", "action: {surface: mcp, server: s, tool: t}"),
    POLICY.format(id="drop", when="database-admin", more="if: {operation: DROP*}", then="{mode: block, alert: [security]}",
                  fires="psql -c 'DROP TABLE a'", impact="one-way", message="No."),
    POLICY.format(id="was-denied", when="modify-file", more='if: {path: "pay/**"}\n    where: {approval: denied}', then="warn",
                  fires="touch pay/a\n          context: {approval: denied}", impact="risky", message="It was denied."),
])
CONTEXT = "groups: {pay-leads: [ana, ben], auth-leads: [ben]}\n"


def write_repository(folder: Path) -> Path:
    """The policies, and who may approve."""
    (folder / "packs" / "guarded" / "policies").mkdir(parents=True)
    (folder / "context").mkdir()
    (folder / "packgate.yaml").write_text("version: 1\n")
    (folder / "packs" / "guarded" / "pack.yaml").write_text(PACK)
    (folder / "packs" / "guarded" / "rollout.yaml").write_text("pack: block\n")
    (folder / "packs" / "guarded" / "policies" / "all.yaml").write_text(POLICIES)
    (folder / "context" / "people.yaml").write_text(CONTEXT)
    return folder


def make_gate(folder: Path) -> Gate:
    """The gate of a repository of policies."""
    space = load_workspace(str(folder))
    assert space.ok, space.diagnostics
    return build_gate(space.packs, space.vocabulary, lists=space.lists, surroundings=space.surroundings)


class Asking:
    """An agent that asks the hook, each call as by a process of its own."""

    def __init__(self, state: Path, gate: Gate, user: str = "dev") -> None:
        self.gate = gate
        self.state = state
        self.settings = Settings("/b", dict.fromkeys(FAILING, "closed"), log=str(state / "events.jsonl"), user=user)
        self.calls = 0

    def ask(self, *commands: str, seconds: float = 1000, agent: str = "claude-code", session: str = "s-1") -> Answer:
        """The answer to one tool call of some commands; every call has a name of its own."""
        return self.ask_about(*({"surface": "shell", "command": command} for command in commands), seconds=seconds, agent=agent, session=session)

    def ask_about(self, *actions: dict[str, Any], seconds: float = 1000, agent: str = "claude-code", session: str = "s-1") -> Answer:
        """The answer to one tool call of some actions; every call has a name of its own."""
        self.calls += 1
        request = Request(agent, "PreToolUse", ACT, list(actions), cwd="/srv/app", session=session, tool="Bash", call=f"c{self.calls}")
        answer = respond(request, lambda: self.gate, self.settings, {"HOME": "/home/dev"}, "2026-01-01T00:00:00Z", seconds)
        assert answer.failure is None, answer.failure
        # What followed earlier calls has tests of its own.
        answer.events = [event for event in answer.events if event["kind"] != "outcome"]
        return answer

    def requests(self) -> list[dict[str, Any]]:
        """What the store holds."""
        return [json.loads(path.read_text()) for path in sorted((self.state / "approvals").glob("*.json"))]
