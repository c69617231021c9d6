"""A simulation, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.impact.simulation.replay import IN_PART
from packgate.impact.simulation.shown import one_line

if TYPE_CHECKING:
    from packgate.level.simulating import Outcome, Simulation

_MARKS = {"tightened": "+", "loosened": "-", "neutral": "~"}


def as_json(found: Simulation) -> dict[str, Any]:
    """Everything that a simulation found; of actions those that would be decided otherwise."""
    return {
        "level": found.level, "before": found.before, "default": found.default,
        "files": [{"path": path, "change": kind} for path, kind in found.files],
        "changes": [
            {"pack": each.pack, "policy": each.subject or None, "kind": each.kind, "direction": each.direction, "sentence": each.sentence}
            for each in found.changes
        ],
        "policies": [{"id": name, "mode": mode, "title": title} for name, mode, title in found.policies],
        "counts": found.counts(),
        "stopped": [_outcome(each) for each in found.stopped],
        "freed": [_outcome(each) for each in found.freed],
        "gaps": len(found.gaps),
        "refused": list(found.refused),
        "not_replayable": dict(found.unreplayable), "in_part": dict(found.in_part),
    }


def _outcome(each: Outcome) -> dict[str, Any]:
    return {
        "source": each.tried.source, "name": each.tried.name, "action": each.tried.action,
        "before": {"decision": each.before.decision, "mode": each.before.mode, "policies": list(each.before.policies)},
        "after": {
            "decision": each.after.decision, "mode": each.after.mode, "policies": list(each.after.policies), "reason": each.after.reason,
        },
    }


def as_text(found: Simulation, limit: int) -> str:
    """The simulation; of each kind and source ``limit`` actions."""
    was = f" in place of {found.before}" if found.before not in (None, found.level) else ""
    lines = [f"level {found.level}{was}: nothing was changed", "", f"files ({len(found.files)}):"]
    lines += [f"  {kind:7}{path}" for path, kind in found.files]
    lines += ["", "changes:"]
    for change in found.changes:
        subject = f"{change.pack}/{change.subject}" if change.subject else change.pack
        lines.append(f"  {_MARKS[change.direction]} {subject}: {change.sentence}")
    lines += ["", f"policies of {found.level}, default {found.default}:"]
    lines += [f"  {mode:17}{name:26}{title}" for name, mode, title in found.policies] or ["  none"]
    lines += ["", f"{'actions of':12}{'all':>7}{'stopped now':>13}{'would be':>10}{'warned':>8}{'recorded':>10}{'gaps':>7}"]
    for source, row in found.counts().items():
        lines.append(f"{source:12}{row['actions']:>7}{row['stopped_now']:>13}{row['stopped']:>10}{row['warned']:>8}{row['recorded']:>10}{row['gaps']:>7}")
    for title, outcomes in (("would be stopped, and run now", found.stopped), ("would run, and are stopped now", found.freed)):
        lines += _listed(title, outcomes, limit)
    lines += [f"could not be read: {each}" for each in found.refused]
    if found.in_part:
        lines += ["", "recorded, and decided from a part of what was done"]
        lines += [f"  {count:>6}  {reason}: {IN_PART[reason]}" for reason, count in found.in_part.items()]
    if found.unreplayable:
        lines += ["", f"recorded, and not replayable: counted in no column ({sum(found.unreplayable.values())})"]
        lines += [f"  {count:>6}  {reason}" for reason, count in found.unreplayable.items()]
    lines += ["", f"to apply it: packgate level apply {found.level}"]
    return "\n".join(lines) + "\n"


def _listed(title: str, outcomes: list[Outcome], limit: int) -> list[str]:
    lines = []
    for source in sorted({each.tried.source for each in outcomes}):
        mine = [each for each in outcomes if each.tried.source == source]
        lines += ["", f"{title} ({source}: {len(mine)}):"]
        for each in mine[:limit]:
            why = each.after.reason if each.after.decision != "allow" else each.before.reason
            lines += [f"  {one_line(each.tried.action)}", f"      {why}"]
        if len(mine) > limit:
            lines.append(f"  and {len(mine) - limit} more; --limit shows more")
    return lines
