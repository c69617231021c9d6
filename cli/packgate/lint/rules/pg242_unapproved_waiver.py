"""Reports a waiver without an approver, or whose approver is its owner.

An exception from a rule is agreed on by two: those who need it, and those who own the rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding


def check(context: LintContext) -> Iterator[Finding]:
    """Waivers that nobody else agreed to."""
    for waiver in context.waivers:
        approver = waiver.data.get("approver", "").strip()
        if not approver:
            yield waiver.finding("nobody has approved it", "id", hint="add `approver:`: who owns the policy")
        elif approver.casefold() == waiver.data.get("owner", "").strip().casefold():
            yield waiver.finding(
                f"its owner, {approver}, approved it", "approver", hint="have it approved by those who own the policy"
            )


RULE = Rule("PG242", "unapproved-waiver", "A waiver was approved by nobody, or by its owner", Severity.ERROR, __doc__, check)
