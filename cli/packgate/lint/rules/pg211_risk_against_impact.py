"""Holds a policy's risk against its impact: one-way is 60 to 100, risky 30 to 90, routine 0 to 60.

The risk orders what reviewers look at first. A one-way door with a low risk is looked at last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding

RANGES = {"one-way": (60, 100), "risky": (30, 90), "routine": (0, 60)}


def check(context: LintContext) -> Iterator[Finding]:
    """Policies whose stated risk lies outside of the range of their impact."""
    for view in context.policies:
        low, high = RANGES[view.policy.impact]
        if "risk" in view.data and not low <= view.policy.risk <= high:
            word = "low" if view.policy.risk < low else "high"
            yield view.finding(
                f"a risk of {view.policy.risk} is {word} for {view.policy.impact} ({low} to {high})", "risk",
                hint="change the risk, or the impact if that is what is wrong",
            )


RULE = Rule("PG211", "risk-against-impact", "A risk is low or high for the impact", Severity.WARNING, __doc__, check)
