"""Recorded actions, decided: whether a prompt that should make a policy fire did, and what became different since it was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.model.action import parse_action
from packgate.testing.cases import MUST_FIRE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packgate.engine.gate import Gate
    from packgate.trial.recording import Answered

# What became of a prompt.
AS_MEANT, NOT_FIRED, WRONGLY_FIRED, NO_ACTION = "as meant", "did not fire", "fired wrongly", "no action"


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer with the policies that fire on it now. ``changed``: other ones fired when it was recorded."""

    answer: Answered
    fired: list[str]
    outcome: str

    @property
    def changed(self) -> bool:
        """Whether the verdict is another than when it was recorded."""
        return self.fired != self.answer.fired


def fired_on(actions: Iterable[dict[str, Any]], gate: Gate) -> list[str]:
    """The policies that fire on any of some actions, sorted; stages don't matter, as in `test`."""
    found = {match.policy for action in actions for match in gate.decide(parse_action(action)).matches}
    return sorted(found)


def judge(answer: Answered, gate: Gate) -> Judged:
    """What becomes of an answer with the packs as they are."""
    fired = fired_on(answer.actions, gate)
    fires = answer.policy in fired
    if answer.polarity == MUST_FIRE:
        outcome = AS_MEANT if fires else NOT_FIRED if answer.actions else NO_ACTION
    else:
        outcome = WRONGLY_FIRED if fires else AS_MEANT
    return Judged(answer, fired, outcome)
