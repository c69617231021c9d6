"""Reports a waiver with neither `if` nor `where`.

It waives the policy for everybody and everything: the policy is switched off, in a place where nobody looks for that.
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
    """Waivers that hold for every action."""
    for waiver in context.waivers:
        if not waiver.data.get("if") and not waiver.data.get("where"):
            yield waiver.finding(
                f"it waives '{waiver.data['policy']}' for everybody and everything", "id",
                hint="say what it is for under `if`, or for whom under `where`",
            )


RULE = Rule("PG244", "unscoped-waiver", "A waiver has no scope", Severity.WARNING, __doc__, check)
