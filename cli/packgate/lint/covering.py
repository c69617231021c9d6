"""When a condition, a clause or a policy holds wherever another does, as far as that shows without trying values."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packgate.model.policy import Condition, Policy

    Clause = tuple[Condition, ...]


def covers(wide: Condition, narrow: Condition) -> bool:
    """Whether ``wide`` holds of every value of which ``narrow`` does."""
    if wide.field != narrow.field:
        return False
    mine, theirs = set(wide.patterns), set(narrow.patterns)
    if wide.quantifier == "any":
        return theirs <= mine if narrow.quantifier == "any" else narrow.quantifier == "all" and bool(theirs & mine)
    # `all` and `not` get wider with fewer patterns.
    return narrow.quantifier == wide.quantifier and mine <= theirs


def clause_covers(wide: Clause, narrow: Clause) -> bool:
    """Whether a clause holds wherever another does; one without conditions always holds."""
    return all(any(covers(condition, other) for other in narrow) for condition in wide)


def alternatives(policy: Policy) -> tuple[Clause, ...]:
    """The alternatives of `if`; without one there is a single alternative that always holds."""
    return policy.clauses or ((),)


def policy_covers(wide: Policy, narrow: Policy) -> bool:
    """Whether a policy fires wherever another does."""
    return (
        set(narrow.when) <= set(wide.when)
        and clause_covers(wide.where, narrow.where)
        and all(any(clause_covers(mine, theirs) for mine in alternatives(wide)) for theirs in alternatives(narrow))
        and all(any(clause_covers(theirs, mine) for theirs in narrow.exceptions) for mine in wide.exceptions)
    )


def same_condition(policy: Policy) -> tuple[object, ...]:
    """What makes two policies match the same, as a key."""
    return (
        frozenset(policy.when), frozenset(map(_clause_key, alternatives(policy))),
        frozenset(map(_clause_key, policy.exceptions)), _clause_key(policy.where),
    )


def _clause_key(clause: Clause) -> frozenset[tuple[str, str, frozenset[object]]]:
    return frozenset((condition.field, condition.quantifier, frozenset(condition.patterns)) for condition in clause)
