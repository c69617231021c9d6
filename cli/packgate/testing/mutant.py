"""One change of a policy, and how a policy gets other conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.model.policy import Condition, Policy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from packgate.model.policy import Pattern

    Clause = tuple[Condition, ...]
    Clauses = tuple[Clause, ...]

KINDS = ("family", "alternative", "condition", "exception", "pattern", "widen", "narrow", "value", "quantifier", "mode")
PARTS = ("if", "unless", "where")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed policy. ``what`` says what changed, ``hint`` which case would notice; ``place`` is the path of the change inside the
    policy (part, number of the alternative, field). Where patterns changed, ``before`` and ``after`` are the condition, ``old`` the
    pattern that went and ``new`` the one that came."""

    policy: Policy
    kind: str
    what: str
    hint: str
    place: tuple[str | int, ...]
    before: Condition | None = None
    after: Condition | None = None
    old: Pattern | None = None
    new: Pattern | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A condition in its policy: in which part, in which alternative, at which place there; ``condition`` has its lists written out."""

    policy: Policy
    part: str
    number: int
    index: int
    condition: Condition

    @property
    def field(self) -> str:
        """The field that the condition asks."""
        return self.condition.field

    @property
    def place(self) -> tuple[str | int, ...]:
        """The path inside the policy."""
        return (self.part, self.number, self.field)

    def changed(self, patterns: tuple[Pattern, ...], quantifier: str | None = None) -> tuple[Policy, Condition]:
        """The policy with other patterns, or another quantifier, at this spot, and the new condition."""
        after = Condition(self.field, patterns, quantifier or self.condition.quantifier)
        clause = clauses_of(self.policy, self.part)[self.number]
        return with_clause(self.policy, self.part, self.number, (*clause[:self.index], after, *clause[self.index + 1:])), after


def clauses_of(policy: Policy, part: str) -> Clauses:
    """The alternatives of a part; `where` has one, or none."""
    if part == "where":
        return (policy.where,) if policy.where else ()
    return policy.clauses if part == "if" else policy.exceptions


def with_values(policy: Policy, values: Mapping[str, Any]) -> Policy:
    """The policy with other values of some slots."""
    # Not `__slots__`, which a compiled class has not.
    return Policy(**{name: values.get(name, getattr(policy, name)) for name in dir(policy) if not name.startswith("_")})


def with_clauses(policy: Policy, part: str, clauses: Clauses) -> Policy:
    """The policy with other alternatives of a part."""
    if part == "where":
        return with_values(policy, {"where": clauses[0] if clauses else ()})
    return with_values(policy, {"clauses" if part == "if" else "exceptions": clauses})


def with_clause(policy: Policy, part: str, number: int, clause: Clause) -> Policy:
    """The policy with one alternative of a part replaced; a lone one that asks nothing is none."""
    clauses = clauses_of(policy, part)
    clauses = (*clauses[:number], clause, *clauses[number + 1:])
    return with_clauses(policy, part, () if part == "if" and clauses == ((),) else clauses)
