"""Why a policy does or does not match an operation, condition by condition."""

from __future__ import annotations

from packgate.engine.conditions import clause_excuses
from packgate.engine.partly import MUST, NO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.engine.conditions import Check
    from packgate.engine.context import Context
    from packgate.engine.rules import Rule
    from packgate.model.operation import Operation
    from packgate.model.policy import Condition
    from packgate.model.value import Value


class Step:
    """One condition of a policy, judged. ``part`` is ``when``, ``if``, ``unless`` or ``where``; ``number`` the
    alternative that it belongs to; ``verdict`` `NO`, `MAY` or `MUST`; ``values`` what the field holds."""

    __slots__ = ("condition", "field", "number", "part", "values", "verdict")

    def __init__(
        self, part: str, number: int, field: str, condition: Condition | None, verdict: int, values: tuple[Value, ...]
    ) -> None:
        self.part = part
        self.number = number
        self.field = field
        self.condition = condition
        self.verdict = verdict
        self.values = values

    def __repr__(self) -> str:
        return f"Step({self.part!r}, {self.number!r}, {self.field!r}, {self.verdict!r}, {self.values!r})"


def trace(rule: Rule, operation: Operation, context: Context) -> list[Step]:
    """Every condition of a policy with its verdict on an operation, in the order of the policy, without cutting short."""
    families = tuple(family for family in operation.families if family in rule.when)
    steps = [Step("when", 0, "family", None, MUST if families else NO, operation.families)]
    for number, clause in enumerate(rule.clauses):
        for check in clause:
            values = operation.get(check.field)
            verdict = check.verdict(values, context, rule.strict)
            steps.append(Step("if", number, check.field, check.condition, verdict, values))
    for number, clause in enumerate(rule.exceptions):
        for check in clause:
            values = operation.get(check.field)
            verdict = MUST if check.excuses(values, context) else NO
            steps.append(Step("unless", number, check.field, check.condition, verdict, values))
    for check in rule.where:
        values = context.where_values(check.field, operation)
        steps.append(Step("where", 0, check.field, check.condition, check.verdict(values, context), values))
    return steps


def distance(steps: list[Step]) -> int:
    """How many conditions stand between an operation and a match: the fewest over the alternatives of `if`, plus those
    of `where`; a policy of another family is infinitely far (-1)."""
    if steps[0].verdict == NO:
        return -1
    failed: dict[int, int] = {}
    for step in steps:
        if step.part == "if":
            failed[step.number] = failed.get(step.number, 0) + (step.verdict == NO)
    return min(failed.values(), default=0) + sum(1 for step in steps if step.part == "where" and step.verdict != MUST)


def excusing(clauses: tuple[tuple[Check, ...], ...], operation: Operation, context: Context) -> int | None:
    """The number of the first exception that excuses an operation, None when none does."""
    for number, clause in enumerate(clauses):
        if clause_excuses(clause, operation, context):
            return number
    return None
