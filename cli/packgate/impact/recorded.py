"""The actions of recorded events, one by one: for comparisons that show each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.eventlog.record import IMPORTED
from packgate.eventstore.lines import read_lines
from packgate.eventstore.places import files_of
from packgate.impact.sides import Tried
from packgate.impact.simulation.lines import NoEvent, read_event
from packgate.impact.simulation.replay import fields_of, in_part, loss_in, matters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from packgate.engine.gate import Gate
    from packgate.model.action import Action
    from packgate.model.policy import Pack

_RECORDED = ("event", "action", IMPORTED)


class Losses:
    """What the records of actions lack for those who decide them again: ``packs`` and their ``gates``, of both sides."""

    def __init__(self, packs: Iterable[Pack], gates: Sequence[Gate]) -> None:
        self._looked = fields_of(packs)
        self._gates = gates

    def of(self, tried: Tried, action: Action) -> tuple[str | None, tuple[str, ...]]:
        """Why a recorded action can't be decided again, None where it can; and else why not from all that was done (`replay.IN_PART`)."""
        if tried.source not in _RECORDED or not self._gates:
            return None, ()
        loss = loss_in(json.dumps(tried.action).encode(), tried.action)
        if loss is not None and any(matters(gate.analyze(action), action.surface, loss, self._looked) for gate in self._gates):
            return loss, ()
        return None, in_part(action, loss, self._gates[0].analyze(action).coverage)


def read_actions(path: Path) -> list[Tried]:
    """The actions of a file, one JSON line (or row of Parquet) each: of events of version 1 those that were decided or imported, or
    actions as they are.
    What was imported and can't be decided again has no action, but the reason.

    Raises `UserError` with the line for what is neither.
    """
    found: list[Tried] = []
    for file, number, line in ((name, each.number, each.data) for name in files_of([str(path)]) for each in read_lines(name)):
        if not line.strip():
            continue
        try:
            kind, data, action = read_event(line)
        except NoEvent as error:
            hint = "a line is an event, with the keys v, kind, action and decision, or an action"
            raise UserError(f"{file}:{number}: {error}", hint) from None
        if kind == IMPORTED:
            found.append(_imported(data, action, f"{file}:{number}"))
        elif action is not None and kind == "decision":
            found.append(Tried("event", str(data.get("seq") or number), action))
        elif kind == "action" and action is not None:
            found.append(Tried("action", str(number), action))
    return found


def _imported(event: dict[str, Any], action: dict[str, Any] | None, place: str) -> Tried:
    outcome = event.get("outcome")
    if not isinstance(outcome, dict) or not isinstance(outcome.get("id"), str):
        raise UserError(f"{place}: an imported event without an id")
    if action is not None:
        return Tried(IMPORTED, outcome["id"], action)
    reasons = outcome.get("reasons")
    return Tried(IMPORTED, outcome["id"], {}, ", ".join(map(str, reasons)) if isinstance(reasons, list) and reasons else "no action")
