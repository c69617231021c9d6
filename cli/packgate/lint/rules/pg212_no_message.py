"""Reports a policy that warns or is stricter, and has no message.

The message is what the agent and its user read. Without one the agent only knows that it was stopped; it tries the same thing in
another way instead of doing what it should.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Rule
from packgate.lint.views import PolicyView
from packgate.model.policy import MODE_RANK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding


def check(context: LintContext) -> Iterator[Finding]:
    """Policies that people meet, and overrides that make them met, without a message."""
    for view in context.policies_and_overrides:
        policy = view.policy
        if MODE_RANK[policy.outcome.mode] < MODE_RANK["warn"] or policy.message:
            continue
        if isinstance(view, PolicyView) or "then" in view.data:
            yield view.finding(
                f"it has mode {policy.outcome.mode} and no message", "then", on_key=True,
                hint="add `message:`: why, and what to do instead",
            )


RULE = Rule("PG212", "no-message", "A policy that people meet has no message", Severity.ERROR, __doc__, check)
