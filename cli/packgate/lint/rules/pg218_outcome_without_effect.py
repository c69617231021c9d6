"""Reports a key of `then` that has no effect with its mode: `approver` without `require-approval`, `confirm` without `warn`.

It looks as if somebody had to agree, and nobody is asked.
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
    """Outcomes with an approver that nobody asks, or a confirmation that is never wanted."""
    for view in context.policies_and_overrides:
        then = view.data.get("then")
        if not isinstance(then, dict):
            continue
        mode = then["mode"]
        if "approver" in then and mode != "require-approval":
            yield view.finding(
                f"the approver is never asked: the mode is {mode}", "then", "approver", on_key=True,
                hint="mode: require-approval waits for an approval",
            )
        if "approval_minutes" in then and mode != "require-approval":
            yield view.finding(
                f"`approval_minutes` has no effect: the mode is {mode}", "then", "approval_minutes", on_key=True,
                hint="it is for mode: require-approval",
            )
        if then.get("confirm") and mode != "warn":
            yield view.finding(
                f"`confirm` has no effect: the mode is {mode}", "then", "confirm", on_key=True,
                hint="it is for mode: warn, which otherwise runs the action at once",
            )


RULE = Rule("PG218", "outcome-without-effect", "A key of `then` has no effect with its mode", Severity.WARNING, __doc__, check)
