"""Imported events as evidence, where packgate.yaml asks for it: nobody decided them, so the policies that are promoted do.

They count where they can be decided as exactly as if a hook had seen them; what lacks a part that could matter does not.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.engine.assignments import Assignments
from packgate.impact.simulation.replay import CUT, FAILED, MALFORMED, MASKED, fields_of, loss_in, matters
from packgate.model.action import ActionError, parse_action

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.impact.sides import Side
    from packgate.release.promotion import Place

COUNT = "count"
PARTIAL, NOT_HELD = "replayed only in part", "of people for whom the pack does not hold"
# What an importer says of texts that are not there any more; whether any policy looks at them is found out here.
_TEXTS = ("cut", "redacted")
# Distinct actions whose matches are kept.
_MOST_KEPT = 20_000


def counts_imported(settings: Mapping[str, Any] | None) -> bool:
    """Whether packgate.yaml (its data) lets imported events count."""
    return ((settings or {}).get("gates") or {}).get("imported") == COUNT


class Replay:
    """Decides imported events with one pack, as it is promoted. ``now``: the time that waivers are held against."""

    def __init__(self, side: Side, place: Place, now: str) -> None:
        space = side.space
        self._gate = place.pack.gate
        self._now = now
        self._pack = place.pack.name
        self._looked = fields_of([place.pack.pack])
        self._assignments = Assignments(space.assigned, space.lists, space.stage)
        self._kept: dict[str, list[dict[str, Any]] | str] = {}

    def __call__(self, event: Mapping[str, Any]) -> list[dict[str, Any]] | str:
        """The matches of its action, as a recorded decision has them; or why it is no evidence."""
        outcome = event["outcome"]
        reasons = outcome.get("reasons")
        if outcome.get("replay") != "full" and not (isinstance(reasons, list) and reasons and all(map(_is_text, reasons))):
            return PARTIAL
        data = {key: value for key, value in event["action"].items() if key not in ("id", "time")}
        text = json.dumps(data, sort_keys=True)
        found = self._kept.get(text)
        if found is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            found = self._kept[text] = self._decide(text, data)
        return found

    def _decide(self, text: str, data: dict[str, Any]) -> list[dict[str, Any]] | str:
        try:
            action = parse_action(data)
        except ActionError:
            return MALFORMED
        if self._assignments.resolve([self._pack], action).get(self._pack, "") is None:
            return NOT_HELD
        loss = loss_in(text.encode(), data)
        try:
            if loss is not None and matters(self._gate.analyze(self._gate.complete(action)), action.surface, loss, self._looked):
                return {MASKED: "with a masked secret that a policy looks at", CUT: "with a cut text that a policy looks at"}[loss]
            decision = self._gate.decide(action, now=self._now)
        except Exception:
            # A defect of packgate is no evidence for anything.
            return FAILED
        return [
            {"pack": match.pack, "policy": match.policy, "mode": match.mode, "effective": match.effective, "waived": match.waived}
            for match in decision.matches
        ]


def _is_text(reason: object) -> bool:
    return isinstance(reason, str) and reason.partition(":")[0] in _TEXTS
