"""Reports an override that says what the inherited policy says already.

It looks like a decision that was taken here. When the base changes, it may turn into an error or into a difference nobody meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Rule
from packgate.model.policy import Outcome, Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding


def check(context: LintContext) -> Iterator[Finding]:
    """Overrides after which the policy is what it was."""
    for view in context.overrides:
        if _state(view.policy) == _state(view.base):
            yield view.finding("it changes nothing: the inherited policy says the same", on_key=True, hint="remove it")


def _state(policy: Policy) -> tuple[object, ...]:
    exceptions = [
        [(condition.field, condition.quantifier, condition.patterns) for condition in clause] for clause in policy.exceptions
    ]
    return _outcome(policy.outcome), policy.impact, policy.message, exceptions


def _outcome(outcome: Outcome) -> tuple[object, ...]:
    return outcome.mode, outcome.redact, outcome.alert, outcome.approver, outcome.confirm, outcome.approval_minutes


RULE = Rule("PG260", "override-without-effect", "An override that changes nothing", Severity.WARNING, __doc__, check)
