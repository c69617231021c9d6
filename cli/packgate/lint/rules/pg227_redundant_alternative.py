"""Reports an alternative of `if` or `unless` that matches nothing which another alternative does not match.

It is left over from an edit, or it lacks the condition that was to make it different; then the policy matches more than was meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.covering import clause_covers
from packgate.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding


def check(context: LintContext) -> Iterator[Finding]:
    """Alternatives that another one covers; of two equal ones the later."""
    for view in context.policies:
        for part, clauses in (("if", view.policy.clauses), ("unless", view.policy.exceptions)):
            for index, clause in enumerate(clauses):
                wider = next(
                    (number for number, other in enumerate(clauses)
                     if number != index and clause_covers(other, clause) and (number < index or not clause_covers(clause, other))),
                    None,
                )
                if wider is not None:
                    line = view.file.position(view.at(part, wider).pointer).line
                    yield view.finding(
                        f"the alternative on line {line} matches everything that this one matches", part, index,
                        hint="remove it, or add the condition that makes it different",
                    )


RULE = Rule("PG227", "redundant-alternative", "An alternative matches nothing of its own", Severity.WARNING, __doc__, check)
