"""Reports a policy that has no `must_fire` case.

A policy that nobody has ever seen fire may be one that can't: a field that is never set or a pattern with a typo looks like a
policy that holds, until the day it is needed.
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
    """Policies without a case that must fire."""
    for policy in context.policies:
        if not policy.cases("must_fire"):
            yield policy.finding(
                "it has no case that must fire", "id", hint="add commands that it is for under tests: must_fire, one with a prompt"
            )


RULE = Rule("PG201", "no-firing-case", "A policy has no case that must fire", Severity.ERROR, __doc__, check)
