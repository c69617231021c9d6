"""A comparison as findings, for annotations on the changed lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Diagnostic, Position, Severity
from packgate.impact.structural import LOOSENED, TIGHTENED
from packgate.impact.summary import action_line, change_line, step

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.impact.compare import Comparison

CODES = {LOOSENED: "PG840", TIGHTENED: "PG841"}
OTHERWISE = "PG842"
TITLES = {
    CODES[LOOSENED]: "A change makes a pack looser",
    CODES[TIGHTENED]: "A change makes a pack tighter",
    OTHERWISE: "A change whose effect is in its conditions or texts",
}


def findings(comparison: Comparison, mask: Callable[[str], str]) -> list[Diagnostic]:
    """A finding for every change: what is looser is a warning. One whose conditions changed tells an action that shows it."""
    shown = {policy: each for each in reversed(comparison.behaviour.differences) for policy in each.because}
    lost = {(each.pack, each.policy) for each in comparison.relations if each.loosened}
    found = []
    for change in comparison.changes:
        looser = change.direction == LOOSENED or (change.conditions and (change.pack, change.subject) in lost)
        direction = LOOSENED if looser else change.direction
        example = shown.get(change.subject)
        hint = f"{step(example)}: {action_line(example, mask)}" if example is not None else None
        severity = Severity.WARNING if looser else Severity.INFO
        place = change.position or Position("packs")
        found.append(Diagnostic(CODES.get(direction, OTHERWISE), f"{change.pack}: {change_line(change)}", place, severity, hint=hint))
    return found
