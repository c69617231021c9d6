"""A simulation as JSON: every key always, the same bytes for the same events and policies."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from packgate.impact.clusters import CHANGES, OUTCOMES
from packgate.impact.interval import wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.impact.simulation.result import Item, Result

VERSION = 1
# How many names of one kind are listed; how many there are is said.
MOST_NAMES = 1000


def rate(count: int, total: int) -> dict[str, Any]:
    """A share with its 95 % interval; without anything to count nothing is known."""
    low, high = wilson(count, total)
    return {"count": count, "of": total, "share": round(count / total, 6) if total else None, "interval": [round(low, 6), round(high, 6)]}


def as_json(found: Result) -> dict[str, Any]:
    """The result as its schema has it (``schema/simulation.schema.json``): every key, always."""
    total = found.replayed
    return {
        "v": VERSION, "before": found.before, "after": found.after, "files": list(found.files),
        "read": {
            "lines": found.lines, "events": found.kinds, "damaged": found.damaged, "repeated": found.repeated,
            "damages": [{"file": path, "line": line, "reason": reason} for path, line, reason in found.damages],
        },
        "replayed": {
            "events": total, "distinct": found.distinct, "coverage": found.coverage, "in_part": [asdict(each) for each in found.partly],
        },
        "not_replayed": {
            "events": found.unreplayed,
            "reasons": [{"reason": reason, "events": count, "first": first} for reason, (count, first) in found.lost.items()],
            "gaps": found.gaps,
        },
        "outcomes": {
            "before": {each: rate(found.total(0, each), total) for each in OUTCOMES},
            "after": {each: rate(found.total(1, each), total) for each in OUTCOMES},
            "changes": {each: rate(found.changed(each), total) for each in CHANGES},
            "table": [{"before": first, "after": second, "events": count} for (first, second), count in found.outcomes.items()],
        },
        "sessions": {"all": found.sessions[0], "touched": found.sessions[1]},
        "impact": {
            kind: {
                "all": len(rows), "touched": sum(row.touched > 0 for row in rows), "rows": [asdict(row) for row in rows[:MOST_NAMES]],
            }
            for kind, rows in found.tables.items()
        },
        "policies": [asdict(row) for row in found.policies],
        "clusters": [_item(each) for each in found.items],
        "friction": asdict(found.friction),
    }


def _item(each: Item) -> dict[str, Any]:
    cluster = each.cluster
    return {
        "id": cluster.id, "change": cluster.change, "title": cluster.title,
        "because": [{"pack": pack, "policy": policy} for pack, policy in cluster.because],
        "surface": cluster.surface, "program": cluster.program, "family": cluster.family, "operation": cluster.operation,
        "events": each.events, "actions": each.actions, "sessions": each.sessions,
        "users": _names(each.users), "groups": _names(each.groups), "repositories": _names(each.repositories),
        "agents": _names(each.agents),
        "place": each.place, "example": each.example, "before": asdict(each.before), "after": asdict(each.after),
        "conditions": each.conditions,
    }


def _names(names: Sequence[str]) -> dict[str, Any]:
    return {"all": len(names), "names": list(names[:MOST_NAMES])}
