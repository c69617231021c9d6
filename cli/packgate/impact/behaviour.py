"""What the change does to actions: the verdict on each before and after, sorted by direction and put down to the policies that changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packgate.engine.decide import decide
from packgate.impact.recorded import Losses
from packgate.impact.structural import LOOSENED, TIGHTENED
from packgate.model.action import ActionError, parse_action
from packgate.model.decision import DECISIONS
from packgate.model.policy import MODE_RANK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from packgate.engine.gate import Gate
    from packgate.impact.sides import PackSide, Tried
    from packgate.model.action import Action
    from packgate.model.operation import Analysis

MESSAGE, MIXED = "message only", "mixed"
DIRECTIONS = (LOOSENED, MIXED, TIGHTENED, MESSAGE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What matters of a decision. ``mode`` is under the pack's own stages, ``would`` at stage block; ``policies`` are those that
    matched, each with its mode; ``effects`` are alerts and redactions."""

    mode: str | None
    would: str | None
    decision: str
    policies: frozenset[tuple[str, str, str, bool]]
    message: str
    effects: frozenset[str]

    @property
    def strictness(self) -> tuple[int, int, int]:
        """What can rise or fall."""
        return MODE_RANK[self.mode or "allow"], MODE_RANK[self.would or "allow"], DECISIONS.index(self.decision)


@dataclass(frozen=True, slots=True)
class Difference:
    """An action whose verdict changed in a pack. ``because``: the policies whose match changed."""

    pack: str
    tried: Tried
    before: Verdict
    after: Verdict
    direction: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """All differences, strictest news first, with how many actions were decided and how many could not be; ``unreplayable``: by reason, how
    many recorded ones can't be decided again at all; ``in_part``: by what their records lack, how many were decided from less than was
    done."""

    differences: tuple[Difference, ...]
    decided: dict[str, int]
    refused: tuple[str, ...]
    unreplayable: dict[str, int] = field(default_factory=dict)
    in_part: dict[str, int] = field(default_factory=dict)


def behaviour(
    pairs: Sequence[tuple[PackSide, PackSide]], tried: Iterable[Tried], now: str | None = None, tick: Callable[[], None] | None = None
) -> Behaviour:
    """Decide every action with both states of every pack. ``now``: the time that waivers are held against; ``tick`` is called
    after each action."""
    found: list[Difference] = []
    decided: dict[str, int] = {}
    refused: list[str] = []
    unreplayable: Counter[str] = Counter()
    in_part: Counter[str] = Counter()
    losses = Losses([side.pack for pair in pairs for side in pair], [side.gate for pair in pairs for side in pair])
    compared = [_Pair(base, head, now) for base, head in pairs]
    for each in tried:
        if tick is not None:
            tick()
        if each.unreplayable is not None:
            unreplayable[each.unreplayable] += 1
            continue
        try:
            action = parse_action(each.action)
        except ActionError as error:
            refused.append(f"{each.name}: {error}")
            continue
        lost, partly = losses.of(each, action)
        if lost is not None:
            unreplayable[lost] += 1
            continue
        in_part.update(partly)
        decided[each.source] = decided.get(each.source, 0) + 1
        found += [difference for pair in compared if (difference := pair.difference(each, action)) is not None]
    found.sort(key=lambda item: (DIRECTIONS.index(item.direction), item.pack, item.because, item.tried.source, item.tried.name))
    return Behaviour(tuple(found), decided, tuple(refused), dict(sorted(unreplayable.items())), dict(sorted(in_part.items())))


class _Pair:
    """Two states of a pack."""

    def __init__(self, base: PackSide, head: PackSide, now: str | None) -> None:
        self.base = base
        self.head = head
        self.now = now
        # What an action does is worked out once where both states read it alike.
        self.alike = (base.pack.catalog, base.pack.environments, base.types) == (head.pack.catalog, head.pack.environments, head.types)

    def difference(self, tried: Tried, action: Action) -> Difference | None:
        """How the verdict on an action changed; None when it did not."""
        analysis = self.base.gate.analyze(action)
        before = self._verdict(self.base.gate, action, analysis)
        after = self._verdict(self.head.gate, action, analysis if self.alike else self.head.gate.analyze(action))
        if before == after:
            return None
        because = tuple(sorted({policy for policy, *_ in before.policies ^ after.policies}))
        return Difference(self.head.name, tried, before, after, _direction(before, after), because)

    def _verdict(self, gate: Gate, action: Action, analysis: Analysis) -> Verdict:
        decision = decide(action, analysis, gate.engine, now=self.now)
        matches = frozenset((each.policy, each.mode, each.effective, each.waived) for each in decision.matches)
        effects = frozenset((*decision.alerts, *(f"redact {each}" for each in decision.redactions)))
        return Verdict(decision.mode, decision.would, decision.decision, matches, decision.message, effects)


def _direction(before: Verdict, after: Verdict) -> str:
    steps = [new - old for old, new in zip(before.strictness, after.strictness, strict=True)]
    up = max(steps) > 0 or bool(after.effects - before.effects)
    down = min(steps) < 0 or bool(before.effects - after.effects)
    if up and down:
        return MIXED
    return TIGHTENED if up else LOOSENED if down else MESSAGE
