"""What the conditions of changed policies say: whether the new ones fire on more, on less, on the same, or on other operations.

Compared are operations with at most one value for a field, in a fixed context; within that, "the same" is a proof, and every
witness was decided by the engine on both sides. Where steps run out, or a pattern that only run time can judge decides, the answer
is "unknown".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.engine.compiled import compile_packs
from packgate.engine.context import WHERE
from packgate.engine.decide import decide
from packgate.engine.syntax import PatternError
from packgate.guard.detectors import detects
from packgate.impact.literals import HOME, ROOT, WHERE_PREFIX, Tests
from packgate.impact.regions import Fires, OutOfBudget, Search
from packgate.model.action import parse_action
from packgate.model.operation import Analysis, Operation
from packgate.model.policy import Outcome, Pack, Policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.impact.literals import Test
    from packgate.impact.sides import PackSide

SAME, MORE, LESS, OTHER, UNKNOWN = "same", "more", "less", "other", "unknown"
# Places of machines and boxes for one direction: about a quarter of a second at most.
BUDGET = 3_000


@dataclass(frozen=True, slots=True)
class Witness:
    """An operation: its family, the values of its fields, and those of the context that `where` compares."""

    family: str
    fields: dict[str, str]
    where: dict[str, str]

    def __str__(self) -> str:
        shown = [f"{name}: {value}" for name, value in self.fields.items()]
        shown += [f"where {name}: {value}" for name, value in self.where.items()]
        return f"{self.family} {{{', '.join(shown)}}}" if shown else f"{self.family} with nothing more"


@dataclass(frozen=True, slots=True)
class Relation:
    """How what a policy fires on changed, for one family. ``gained`` and ``lost`` are shortest witnesses of each direction."""

    pack: str
    policy: str
    family: str
    kind: str
    gained: Witness | None = None
    lost: Witness | None = None

    @property
    def loosened(self) -> bool:
        """Whether it surely fires on something less."""
        return self.lost is not None


def compare_conditions(base: PackSide, head: PackSide, policies: Sequence[str], budget: int = BUDGET) -> list[Relation]:
    """The relations of policies that both sides of a pack have, a family at a time; those that are the same are left out
    only where nothing was changed. Raises nothing: what can't be compared is "unknown"."""
    made: dict[object, Test] = {}
    found: list[Relation] = []
    for policy in policies:
        old, new = base.policies[policy], head.policies[policy]
        pair = _Pair(base, head, made, budget)
        found += [pair.relation(policy, family) for family in sorted({*old.when, *new.when})]
    return found


class _Pair:
    """One policy before and after."""

    def __init__(self, base: PackSide, head: PackSide, made: dict[object, Test], budget: int) -> None:
        self.base = base
        self.head = head
        self.made = made
        self.budget = budget
        self._known: dict[tuple[bool, bool], list[dict[str, str | None]] | OutOfBudget | PatternError] = {}

    def relation(self, policy: str, family: str) -> Relation:
        old, new = self.base.policies[policy], self.head.policies[policy]
        gained, sure_gained = self._direction(new, self.head, old, self.base, family)
        lost, sure_lost = self._direction(old, self.base, new, self.head, family)
        known = sure_gained and sure_lost
        if gained is not None and lost is not None:
            kind = OTHER
        elif not known:
            kind = UNKNOWN
        else:
            kind = MORE if gained is not None else LESS if lost is not None else SAME
        return Relation(self.head.name, policy, family, kind, gained, lost)

    def _direction(self, left: Policy, its: PackSide, right: Policy, others: PackSide, family: str) -> tuple[Witness | None, bool]:
        """A verified operation on which the left fires and the right does not; with whether it is known that there is one or none."""
        if family not in left.when:
            return None, True
        unsure = False
        shortest: Witness | None = None
        try:
            for values in self._left_over(left, its, right if family in right.when else None, others):
                witness = _witness(family, values)
                if fires(left, its, witness) and not fires(right, others, witness):
                    shortest = min((each for each in (shortest, witness) if each is not None), key=_length)
                else:
                    unsure = True
        except (OutOfBudget, PatternError):
            return None, False
        return shortest, shortest is not None or not unsure

    def _left_over(self, left: Policy, its: PackSide, right: Policy | None, others: PackSide) -> list[dict[str, str | None]]:
        """Operations on which the left fires and the right does not, whatever their family; worked out once. Raises what
        `Search.difference` raises."""
        key = (its is self.head, right is None)
        if key not in self._known:
            try:
                second = [] if right is None else [self._fires(right, others)]
                self._known[key] = list(Search(self.budget).difference([self._fires(left, its)], second))
            except (OutOfBudget, PatternError) as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, Exception):
            raise found
        return found

    def _fires(self, policy: Policy, side: PackSide) -> Fires:
        tests = Tests(side.pack, side.types, side.lists, self.made)
        where = tuple(tests.demand(condition, where=True) for condition in policy.where)
        clauses = tuple((*where, *(tests.demand(each) for each in clause)) for clause in policy.clauses or ((),))
        exceptions = tuple(tuple(tests.demand(each) for each in clause) for clause in policy.exceptions if clause)
        return Fires(clauses, exceptions)


def fires(policy: Policy, side: PackSide, witness: Witness) -> bool:
    """Whether the engine says that a policy fires on an operation, whatever its mode and stage."""
    alone = Policy(policy.id, policy.pack, policy.when, Outcome("audit"), policy.clauses, policy.exceptions, policy.where)
    pack = Pack(side.name, side.pack.version, (alone,), lists=side.pack.lists)
    engine = compile_packs([pack], side.types, lists=side.lists, detectors=detects)
    operation = Operation((witness.family,), {name: (value,) for name, value in witness.fields.items()})
    decision = decide(parse_action(_action(witness.where)), Analysis([operation], []), engine, stage="block")
    return bool(decision.matches)


def _witness(family: str, values: Mapping[str, str | None]) -> Witness:
    present = {name: value for name, value in values.items() if value is not None}
    fields = {name: value for name, value in present.items() if not name.startswith(WHERE_PREFIX)}
    return Witness(family, fields, {name.removeprefix(WHERE_PREFIX): present[name] for name in present if name not in fields})


def _length(witness: Witness) -> tuple[int, str]:
    return len(str(witness)), str(witness)


def _action(where: Mapping[str, str]) -> dict[str, Any]:
    """An action in which the context says what ``where`` gives, and nothing else."""
    action: dict[str, Any] = {"surface": "shell", "command": "true", "cwd": ROOT, "home": HOME, "repo": {"root": ROOT}}
    for name, value in where.items():
        path = WHERE[name][0].split(".")
        node = action
        for key in path[:-1]:
            node = node.setdefault(key, {})
        node[path[-1]] = [value] if path[-1] in ("groups", "permissions", "risk_signals") else value
    return action
