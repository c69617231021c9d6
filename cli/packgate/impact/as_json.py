"""A comparison as JSON, for other programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.impact.behaviour import DIRECTIONS
from packgate.impact.summary import headline
from packgate.testing.cases import show_action

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.impact.behaviour import Difference, Verdict
    from packgate.impact.compare import Comparison
    from packgate.impact.formal import Relation, Witness
    from packgate.impact.structural import Change


def render_json(comparison: Comparison, mask: Callable[[str], str]) -> str:
    """The whole comparison: every key is always there, null where it has no value."""
    behaviour = comparison.behaviour
    found = {
        "base": comparison.base,
        "head": comparison.head,
        "direction": comparison.direction,
        "sentence": headline(comparison),
        "changes": [_change(each) for each in comparison.changes],
        "conditions": [_relation(each) for each in comparison.relations],
        "actions": {
            "decided": dict(sorted(behaviour.decided.items())),
            "counts": {direction: comparison.count(direction) for direction in DIRECTIONS},
            "refused": [mask(each) for each in behaviour.refused],
            "not_replayable": dict(behaviour.unreplayable),
            "in_part": dict(behaviour.in_part),
            "differences": [_difference(each, mask) for each in behaviour.differences],
        },
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _change(change: Change) -> dict[str, Any]:
    place = change.position
    return {
        "pack": change.pack, "policy": change.subject or None, "kind": change.kind, "direction": change.direction,
        "sentence": change.sentence, "file": place.file if place else None, "line": place.line if place else None,
    }


def _relation(relation: Relation) -> dict[str, Any]:
    return {
        "pack": relation.pack, "policy": relation.policy, "family": relation.family, "fires_on": relation.kind,
        "gained": _witness(relation.gained), "lost": _witness(relation.lost),
    }


def _witness(witness: Witness | None) -> dict[str, Any] | None:
    return None if witness is None else {"family": witness.family, "fields": witness.fields, "where": witness.where}


def _difference(difference: Difference, mask: Callable[[str], str]) -> dict[str, Any]:
    return {
        "pack": difference.pack, "direction": difference.direction, "source": difference.tried.source, "name": difference.tried.name,
        "action": mask(show_action(difference.tried.action)), "policies": list(difference.because),
        "before": _verdict(difference.before), "after": _verdict(difference.after),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {"mode": verdict.mode, "would": verdict.would, "decision": verdict.decision}
