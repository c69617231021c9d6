"""Reports exceptions that take back everything that the policy asks for: each alternative of `if` repeats, with the same or with fewer
patterns, what an alternative of `unless` excuses.

Such a policy can't fire, though it reads as if it did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.covering import alternatives, clause_covers
from packgate.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding


def check(context: LintContext) -> Iterator[Finding]:
    """Policies and overrides whose exceptions cover every alternative."""
    for view in context.policies_and_overrides:
        policy = view.policy
        if "unless" in view.data and all(
            any(clause_covers(exception, clause) for exception in policy.exceptions) for clause in alternatives(policy)
        ):
            yield view.finding(
                "`unless` excuses everything that `if` asks for: the policy never fires", "unless", on_key=True,
                hint="name in `unless` only what is special about the exception",
            )


RULE = Rule("PG224", "never-fires", "Exceptions take back everything that a policy asks for", Severity.ERROR, __doc__, check)
