"""The lowering report: by policy, what a target does natively, what only the hook enforces and why, and what would have been too wide."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.render.answers import DENY
from packgate.render.target import BEST_EFFORT, ENGINE
from packgate.render.targets import find_target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.render.plan import Left, Plan, PolicyPlan
    from packgate.render.rendered import Rendered

FORMATS = ("text", "json", "markdown")
_SHOWN = 3


def report(rendered: Mapping[str, Rendered], form: str) -> str:
    """The report of all targets in one of `FORMATS`."""
    if form == "json":
        return json.dumps({name: as_data(each) for name, each in rendered.items()}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    write = _markdown if form == "markdown" else _text
    return "\n".join(write(each) for each in rendered.values())


def as_data(rendered: Rendered) -> dict[str, Any]:
    """The report of a target as plain data."""
    plan = rendered.plan
    target = find_target(plan.target)
    return {
        "title": target.TITLE, "support": target.SUPPORT, "files": {name: target.PLACES.get(name) for name in rendered.files},
        "notes": list(target.NOTES), "policies": [_policy(each) for each in plan.policies],
    }


def _policy(each: PolicyPlan) -> dict[str, Any]:
    return {
        "pack": each.standing.pack, "policy": each.standing.policy.id, "mode": each.standing.policy.outcome.mode,
        "effective": each.standing.effective, "hook_only": each.left or None,
        "native": [{"decision": rule.answer, "patterns": list(rule.patterns)} for rule in each.rules],
        "too_wide": [_too_wide(left) for left in each.widening],
        "lowered": [{"event": lost.event, "wanted": lost.wanted, "carried_out": lost.carried, "why": lost.note} for lost in each.lowered],
    }


def _too_wide(left: Left) -> dict[str, Any]:
    return {"patterns": list(left.patterns), "would_stop": list(left.examples), "asks": left.asked}


def _head(plan: Plan) -> tuple[str, str]:
    target = find_target(plan.target)
    counts = {answer: sum(rule.answer == answer for rule in plan.rules) for answer in (DENY, "ask")}
    if target.SUPPORT == ENGINE:
        told = sum(not each.left for each in plan.policies)
        return f"{plan.target} ({target.TITLE}, {target.SUPPORT})", f"{told} of {len(plan.policies)} policies are evaluated by the engine"
    native = f"{counts[DENY]} native rules deny, {counts['ask']} ask; {len(plan.left)} were too wide"
    support = f"{target.SUPPORT}: the format is the vendor's documentation" if target.SUPPORT == BEST_EFFORT else target.SUPPORT
    return f"{plan.target} ({target.TITLE}, {support})", native


def _text(rendered: Rendered) -> str:
    target = find_target(rendered.plan.target)
    lines = list(_head(rendered.plan))
    engine = target.SUPPORT == ENGINE
    lines += [f"  {name}  ->  {target.PLACES.get(name, '')}" for name in rendered.files]
    width = max((len(each.standing.policy.id) for each in rendered.plan.policies), default=0)
    for each in rendered.plan.policies:
        lines.append(f"  {each.standing.policy.id:{width}}  {each.standing.effective or 'none':16}  {_said(each, engine)}")
        lines += [f"  {'':{width}}  {'':16}  {text}" for text in (*_lowered(each), *map(_wide, each.widening))]
    lines += [f"  note: {note}" for note in target.NOTES]
    return "\n".join(lines) + "\n"


def _said(each: PolicyPlan, engine: bool = False) -> str:
    if each.left:
        return f"{'packgate' if engine else 'hook'} only: {each.left}"
    if engine:
        return "evaluated by the engine"
    shown = ", ".join(rule.patterns[0] for rule in each.rules[:_SHOWN])
    more = f" and {len(each.rules) - _SHOWN} more" if len(each.rules) > _SHOWN else ""
    return f"hook and native: {shown}{more}"


def _wide(left: Left) -> str:
    verb = "asks, though it would stop" if left.asked else "not rendered, would stop"
    return f"{left.patterns[0]} {verb}: {left.examples[0]}"


def _lowered(each: PolicyPlan) -> list[str]:
    """What the agent does instead of what the policy asks for, a line for each way."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for lost in each.lowered:
        grouped.setdefault((lost.wanted, lost.carried, lost.note), []).append(lost.event)
    return [f"{wanted} becomes {carried} ({', '.join(events)}): {note}" for (wanted, carried, note), events in grouped.items()]


def _markdown(rendered: Rendered) -> str:
    title, native = _head(rendered.plan)
    lines = [f"### {title}", "", f"{native}.", "", "| policy | in effect | enforced by |", "|---|---|---|"]
    engine = find_target(rendered.plan.target).SUPPORT == ENGINE
    lines += [_row(each, engine) for each in rendered.plan.policies]
    wide = rendered.plan.left
    if wide:
        lines += ["", "Too wide to be native:", ""]
        lines += [f"- {_cell(', '.join(left.policies))}: {_cell(_wide(left))}" for left in wide]
    return "\n".join(lines) + "\n"


def _row(each: PolicyPlan, engine: bool) -> str:
    text = "; ".join([_said(each, engine), *_lowered(each)])
    return f"| `{each.standing.policy.id}` | {each.standing.effective or 'none'} | {_cell(text)} |"


def _cell(text: str) -> str:
    """Text in a table's cell; stars and brackets of patterns are no Markdown."""
    return "".join(f"\\{char}" if char in "|*_`[]<>" else char for char in text)
