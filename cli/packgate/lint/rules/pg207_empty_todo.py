"""Reports a `todo` that does not say why the case can't pass yet.

A case marked todo may fail without anybody noticing. Its reason is what tells a known gap from one that was given up on.
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
    """Todos of one word."""
    for policy in context.policies:
        for polarity in ("must_fire", "must_not_fire"):
            for index, case in enumerate(policy.cases(polarity)):
                if "todo" in case and len(case["todo"].split()) < 2:
                    yield policy.finding(
                        f"'{case['todo']}' is no reason why the case is left for later", "tests", polarity, index, "todo",
                        hint="say what keeps it from passing: 'needs the values of helm charts'",
                    )


RULE = Rule("PG207", "empty-todo", "A case is left for later without a reason", Severity.WARNING, __doc__, check)
