"""Reports a condition on a field that no operation of the policy's families ever has.

An absent field never holds: under `if` the alternative can never match, under `unless` the exception never excuses. Which fields a
family has is read from the catalog, that of the pack included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Rule
from packgate.source.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext

CONSEQUENCE = {"if": "the condition can never hold", "unless": "the exception never excuses"}


def check(context: LintContext) -> Iterator[Finding]:
    """Fields that none of the families has."""
    for condition in context.conditions:
        if condition.part not in CONSEQUENCE or not condition.families:
            continue
        known = context.capabilities.families
        if any(family not in known for family in condition.families):
            continue
        fields = context.capabilities.fields(condition.families)
        if condition.field not in fields:
            families = " or ".join(condition.families)
            near = nearest(condition.field, fields)
            yield Finding(
                condition.place, f"{condition.about}: no operation of {families} has a {condition.field}: {CONSEQUENCE[condition.part]}",
                f"did you mean '{near}'?" if near else f"they have: {', '.join(sorted(fields))}",
            )


RULE = Rule("PG220", "impossible-field", "A condition names a field that its families never have", Severity.ERROR, __doc__, check)
