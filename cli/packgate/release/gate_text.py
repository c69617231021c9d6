"""A planned promotion for people: text and Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.engine.stages import STAGE_RANK

if TYPE_CHECKING:
    from packgate.release.promotion import Promotion

_MARKS = {"met": "met", "not met": "NOT MET", "unknown": "UNKNOWN"}


def as_text(plan: Promotion, every: bool) -> str:
    """The headline, and the gates: every one, or those that keep it from passing."""
    lines = [plan.headline]
    if plan.subject.since is not None:
        lines.append(f"  at {plan.subject.stage} since {plan.subject.since}")
    if plan.subject.kind == "pack" and STAGE_RANK[plan.subject.ceiling] < STAGE_RANK[plan.to]:
        lines.append(f"  rollout.yaml keeps the pack as a whole at {plan.subject.ceiling}: only what it names goes further")
    if plan.skips:
        lines.append(f"  skips a stage: {plan.override}" if plan.override else "  skips a stage, which needs --override \"reason\"")
    shown = [gate for gate in plan.gates if every or not gate.met]
    names = max((len(gate.name) for gate in shown), default=0)
    lines += [f"  {_MARKS[gate.state]:8}{gate.name:{names}}  {gate.sentence} (required: {gate.required})" for gate in shown]
    met = sum(gate.met for gate in plan.gates)
    if plan.gates:
        lines.append(f"  {met} of {len(plan.gates)} gates are met")
    return "\n".join(lines) + "\n"


def as_markdown(plan: Promotion) -> str:
    """The same as a table, every gate: for a pull request."""
    lines = [f"### {plan.headline[0].upper()}{plan.headline[1:]}", ""]
    if plan.skips:
        lines += [f"Skips a stage: {plan.override or '**no reason is given**'}", ""]
    lines += ["| gate | state | required | observed |", "|---|---|---|---|"]
    for gate in plan.gates:
        state = gate.state if gate.met else f"**{gate.state}**"
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in (gate.name, state, gate.required, gate.observed)) + " |")
    return "\n".join(lines) + "\n"
