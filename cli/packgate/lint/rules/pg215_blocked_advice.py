"""Decides the commands that a message suggests (in backticks, quotes or parentheses) with the pack itself, and reports one that fires
with mode warn or stricter.

An agent that is stopped does what the message tells it. If that is stopped, too, it is in a circle, and the next thing it tries is its
own invention. What a sentence says not to do is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.prose import suggested_commands
from packgate.lint.rule import Finding, Place, Rule
from packgate.model.policy import MODE_RANK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.engine.gate import Gate
    from packgate.lint.context import LintContext
    from packgate.lint.views import PackView
    from packgate.model.policy import Policy


def check(context: LintContext) -> Iterator[Finding]:
    """Suggestions that fire, in the messages of a pack's policies, inherited ones included."""
    for pack in context.packs:
        gate = context.gate(pack) if any(policy.message for policy in pack.all_policies) else None
        for policy in pack.all_policies if gate is not None else ():
            for command in suggested_commands(policy.message, lambda words, aside, gate=gate: _is_command(gate, words, aside)):  # type: ignore[misc]
                assert gate is not None
                loud = _loud(gate, command)
                if loud is not None:
                    text = f"policy '{policy.id}': the message suggests '{command}', which fires {loud}"
                    yield Finding(_place(pack, policy), text, "suggest something that the pack lets pass")


def _is_command(gate: Gate, words: list[str], aside: bool) -> bool:
    program = gate.catalog.program(words[0]) if words else None
    if program is None or not aside:
        return program is not None
    # In parentheses ordinary prose is as likely: 'install' and 'kill' are programs, too.
    return len(words) > 1 and (words[1].startswith("-") or bool(program.root.has_children and program.root.follow(words[1])))


def _loud(gate: Gate, command: str) -> str | None:
    """The policy that a command fires loudly."""
    from packgate.model.action import parse_action
    from packgate.testing.cases import in_context

    decision = gate.decide(parse_action(in_context({"surface": "shell", "command": command}, {})))
    loud = [match for match in decision.matches if MODE_RANK[match.mode] >= MODE_RANK["warn"] and not match.waived]
    return f"'{loud[0].policy}' ({loud[0].mode})" if loud else None


def _place(pack: PackView, policy: Policy) -> Place:
    """Where the message can be changed: in the policy, in the override, else where the pack inherits it."""
    own = next((view for view in pack.policies if view.policy.id == policy.id), None)
    if own is not None:
        return own.at("message", on_key=True)
    assert pack.header is not None
    changed = "message" in (pack.data.get("override") or {}).get(policy.id, {})
    return Place(pack.header, f"/override/{policy.id}/message" if changed else "/extends", on_key=changed)


RULE = Rule("PG215", "blocked-advice", "A message suggests what the pack itself stops", Severity.ERROR, __doc__, check)
