"""Policies and waivers, compiled."""

from __future__ import annotations

from packgate.engine.conditions import Check, clause_excuses
from packgate.engine.context import WHERE
from packgate.engine.partly import MUST
from packgate.engine.syntax import PatternError
from packgate.model.value import has_holes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.engine.context import Context
    from packgate.engine.patterns import Compiler
    from packgate.model.operation import Operation
    from packgate.model.policy import Condition, Pack, Policy, Waiver


class Rule:
    """A compiled policy. ``rank`` orders matches: by pack, then by policy id. ``strict`` rules (mode `allow`) count
    only certainty, since they lift a default."""

    __slots__ = ("clauses", "exceptions", "pack", "policy", "rank", "stage", "strict", "waivers", "when", "where")

    def __init__(self, policy: Policy, pack: Pack, fields: Mapping[str, str], compiler: Compiler) -> None:
        self.policy = policy
        self.pack = pack
        self.rank = 0
        self.when = frozenset(policy.when)
        self.strict = policy.outcome.mode == "allow"
        self.clauses = tuple(compile_clause(clause, fields, compiler) for clause in policy.clauses) or ((),)
        self.exceptions = tuple(compile_clause(clause, fields, compiler) for clause in policy.exceptions)
        self.where = compile_where(policy.where, compiler)
        rollout = pack.rollout
        self.stage = rollout.policies.get(policy.id) or rollout.threats.get(policy.threat) or rollout.pack
        self.waivers = tuple(
            CompiledWaiver(waiver, fields, compiler) for waiver in pack.waivers if waiver.policy == policy.id
        )

    def excused(self, operation: Operation, context: Context) -> bool:
        """Whether an exception of the policy covers the operation."""
        return any(clause_excuses(clause, operation, context) for clause in self.exceptions)

    def family(self, operation: Operation) -> str:
        """The family of the operation by which the policy matched."""
        return next((family for family in operation.families if family in self.when), self.policy.when[0])


class CompiledWaiver:
    """A waiver with its conditions compiled."""

    __slots__ = ("checks", "waiver", "where")

    def __init__(self, waiver: Waiver, fields: Mapping[str, str], compiler: Compiler) -> None:
        self.waiver = waiver
        self.checks = compile_clause(waiver.conditions, fields, compiler)
        self.where = compile_where(waiver.where, compiler)

    def covers(self, operation: Operation, context: Context) -> bool:
        """Whether its scope holds of an operation, whatever the day. Unknown text is never covered."""
        for values in operation.fields.values():
            if any(has_holes(value) for value in values):
                return False
        if not all(check.excuses(operation.get(check.field), context) for check in self.checks):
            return False
        return unmet(self.where, context, operation) is None


def compile_clause(
    conditions: tuple[Condition, ...], fields: Mapping[str, str], compiler: Compiler
) -> tuple[Check, ...]:
    """The checks of a mapping of conditions, cheap ones first. Raises `PatternError`."""
    checks = [Check(condition, fields.get(condition.field, "word"), compiler) for condition in conditions]
    checks.sort(key=lambda check: check.cost)
    return tuple(checks)


def compile_where(conditions: tuple[Condition, ...], compiler: Compiler) -> tuple[Check, ...]:
    """The checks of `where`. Raises `PatternError` for a name that the context does not have."""
    checks = []
    for condition in conditions:
        if condition.field not in WHERE:
            raise PatternError(f"where: there is no {condition.field!r}; known are {', '.join(WHERE)}")
        checks.append(Check(condition, WHERE[condition.field][1], compiler))
    return tuple(checks)


def unmet(where: tuple[Check, ...], context: Context, operation: Operation | None = None) -> Check | None:
    """The first condition on the context that does not hold, for an operation where one is given; None when all do."""
    for check in where:
        if check.verdict(context.where_values(check.field, operation), context) != MUST:
            return check
    return None
