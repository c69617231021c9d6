"""Reports a rationale that says nothing: fewer than 20 characters, or a repetition of the title or the message.

The rationale is what a reviewer reads who wonders whether the policy may go. If it does not say what goes wrong otherwise, nobody will
dare to touch the policy, or nobody will mind losing it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.prose import normal
from packgate.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding

SHORTEST = 20


def check(context: LintContext) -> Iterator[Finding]:
    """Rationales that say nothing."""
    for view in context.policies:
        rationale = view.policy.rationale
        repeated = next((key for key in ("title", "message") if normal(getattr(view.policy, key)) == normal(rationale)), None)
        hint = "say what goes wrong without the policy"
        if repeated is not None:
            yield view.finding(f"the rationale repeats the {repeated}", "rationale", on_key=True, hint=hint)
        elif len(rationale) < SHORTEST:
            yield view.finding("the rationale is too short to say why the policy is there", "rationale", on_key=True, hint=hint)


RULE = Rule("PG216", "empty-rationale", "A rationale says nothing", Severity.WARNING, __doc__, check)
