"""The whole comparison of two sides: structure, behaviour and conditions joined."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.impact.behaviour import MIXED, Behaviour, behaviour
from packgate.impact.formal import SAME, Relation, compare_conditions
from packgate.impact.structural import LOOSENED, NEUTRAL, TIGHTENED, Change, both, structural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packgate.impact.sides import Side, Tried

UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two sides. ``direction``: loosened when anything is looser than it was, else tightened when anything is
    tighter, else neutral or unchanged."""

    base: str
    head: str
    changes: tuple[Change, ...]
    relations: tuple[Relation, ...]
    behaviour: Behaviour

    @property
    def direction(self) -> str:
        """The direction of the whole."""
        if self.loosened:
            return LOOSENED
        if self.tightened:
            return TIGHTENED
        return NEUTRAL if self.changes or self.behaviour.differences else UNCHANGED

    @property
    def loosened(self) -> bool:
        """Whether anything is looser: by a change itself, by a witness, or for an action."""
        return (
            any(each.direction == LOOSENED for each in self.changes) or any(each.loosened for each in self.relations)
            or any(each.direction in (LOOSENED, MIXED) for each in self.behaviour.differences)
        )

    @property
    def tightened(self) -> bool:
        """Whether anything is tighter."""
        return (
            any(each.direction == TIGHTENED for each in self.changes) or any(each.gained is not None for each in self.relations)
            or any(each.direction in (TIGHTENED, MIXED) for each in self.behaviour.differences)
        )

    def count(self, direction: str) -> int:
        """How many actions changed in a direction."""
        return sum(each.direction == direction for each in self.behaviour.differences)


def compare(
    base: Side, head: Side, tried: Sequence[Tried], *, now: str | None = None, tick: Callable[[], None] | None = None
) -> Comparison:
    """Compare two sides that loaded without errors, by the actions that `actions` gives. ``tick`` is called after each of them."""
    changes = structural(base, head)
    relations: list[Relation] = []
    pairs = [(base.packs[name], head.packs[name]) for name in sorted(base.packs.keys() & head.packs.keys())]
    for old, new in pairs:
        own = [each for each in changes if each.pack == new.name]
        changed = {each.subject for each in own if each.conditions}
        # A list can stand in any condition.
        touched = set(new.policies) if any(each.kind == "list" for each in own) else changed
        found = compare_conditions(old, new, [policy for policy in both(old, new) if policy in touched])
        relations += [each for each in found if each.kind != SAME or each.policy in changed]
    return Comparison(base.label, head.label, tuple(changes), tuple(relations), behaviour(pairs, tried, now, tick))


def actions(base: Side, head: Side, events: Sequence[Tried] = ()) -> list[Tried]:
    """The actions of both sides and of the events, each once; what has no action is each its own."""
    found: dict[str, Tried] = {}
    for each in (*head.tried, *base.tried, *events):
        key = json.dumps(each.action, sort_keys=True, default=str) if each.unreplayable is None else each.name
        found.setdefault(key, each)
    return list(found.values())
