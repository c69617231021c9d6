"""Reports a policy that has no `must_not_fire` case.

What a policy must leave alone is half of what it says. Without a near miss nobody notices when a wider pattern starts to stop
everyday work, and a policy that stops everyday work is soon switched off.
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
    """Policies without a case that must not fire."""
    for policy in context.policies:
        if not policy.cases("must_not_fire"):
            yield policy.finding(
                "it has no case that must not fire", "id",
                hint="add commands that look alike but are fine under tests: must_not_fire, one with a prompt",
            )


RULE = Rule("PG202", "no-near-miss", "A policy has no case that must not fire", Severity.ERROR, __doc__, check)
