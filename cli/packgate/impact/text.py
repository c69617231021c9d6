"""A comparison as plain text."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from packgate.impact.behaviour import DIRECTIONS
from packgate.impact.structural import LOOSENED, TIGHTENED
from packgate.impact.summary import (
    action_line,
    change_line,
    counts,
    examples,
    headline,
    in_part_lines,
    origin,
    relation_line,
    step,
    unreplayable_lines,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.impact.compare import Comparison

_SIGNS = {LOOSENED: "-", TIGHTENED: "+"}


def render_text(comparison: Comparison, limit: int, mask: Callable[[str], str]) -> str:
    """The whole comparison; ``limit``: how many actions of each direction are shown. ``-`` is looser, ``+`` tighter."""
    lines = [f"{comparison.base} → {comparison.head}: {comparison.direction}", headline(comparison)]
    for pack, changes in groupby(comparison.changes, key=lambda change: change.pack):
        lines += ["", f"pack {pack}"]
        for each in changes:
            place = f"  ({each.position})" if each.position is not None else ""
            lines.append(f"  {_SIGNS.get(each.direction, ' ')} {change_line(each)}{place}")
    lines += _conditions(comparison, mask)
    lines += ["", counts(comparison)]
    for direction in DIRECTIONS:
        found = [item for item in comparison.behaviour.differences if item.direction == direction]
        if found:
            lines += ["", f"{direction} ({len(found)})"]
        for item in found[:limit]:
            lines += [f"  {step(item)}: {action_line(item, mask)}", f"    {origin(item)}"]
        if len(found) > limit:
            lines.append(f"  and {len(found) - limit} more (--limit {len(found)} shows all)")
    if comparison.behaviour.refused:
        lines += ["", "actions that can't be decided", *(f"  {mask(each)}" for each in comparison.behaviour.refused)]
    lines += [line for block in (in_part_lines(comparison), unreplayable_lines(comparison)) if block for line in ("", *block)]
    return "\n".join(lines) + "\n"


def _conditions(comparison: Comparison, mask: Callable[[str], str]) -> list[str]:
    if not comparison.relations:
        return []
    shown = examples(comparison, mask)
    return ["", "conditions", *(f"  {relation_line(each, shown.get((each.pack, each.policy)))}" for each in comparison.relations)]
