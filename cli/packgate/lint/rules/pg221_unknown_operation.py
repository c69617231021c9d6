"""Reports an operation, provider or effect that no program of the catalog, and no built-in analysis, yields for the policy's families.

It is most often a typo, or the name that the tool uses where the catalog has one for several tools. The pattern never matches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.possible import is_possible
from packgate.lint.rule import Finding, Rule
from packgate.source.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext


def check(context: LintContext) -> Iterator[Finding]:
    """Values of closed fields that the families never have."""
    from packgate.lint.capabilities import CLOSED_FIELDS

    for condition in context.conditions:
        known = context.capabilities.families if condition.families else {}
        if condition.field not in CLOSED_FIELDS or any(family not in known for family in condition.families) or not known:
            continue
        if condition.part not in ("if", "unless"):
            continue
        values = context.capabilities.values(condition.families, condition.field)
        for view in condition.expanded():
            if not is_possible(view.pattern, values):
                families = " or ".join(condition.families)
                yield Finding(
                    view.place, f"{view.about}: nothing yields the {condition.field} '{view.pattern.text}' for {families}",
                    did_you_mean(view.pattern.text, values.exact),
                )


RULE = Rule(
    "PG221", "unknown-operation", "A condition names an operation, provider or effect that its families never have",
    Severity.WARNING, __doc__, check,
)
