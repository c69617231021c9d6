"""Reports a message that says nothing: fewer than 40 characters, or a repetition of the title or the rationale.

"Not allowed." tells the agent nothing that the decision did not say already. A message says why, and what to do instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.prose import normal
from packgate.lint.rule import Rule
from packgate.model.policy import MODE_RANK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding

SHORTEST = 40


def check(context: LintContext) -> Iterator[Finding]:
    """Messages of policies that warn or are stricter, and that say nothing."""
    for view in context.policies_and_overrides:
        message = view.data.get("message", "").strip()
        if not message or MODE_RANK[view.policy.outcome.mode] < MODE_RANK["warn"]:
            continue
        repeated = next((key for key in ("title", "rationale") if normal(getattr(view.policy, key)) == normal(message)), None)
        hint = "say why, and what to do instead"
        if repeated is not None:
            yield view.finding(f"the message repeats the {repeated}", "message", on_key=True, hint=hint)
        elif len(message) < SHORTEST:
            yield view.finding("the message is too short to say why and what to do instead", "message", on_key=True, hint=hint)


RULE = Rule("PG214", "empty-message", "A message says nothing", Severity.WARNING, __doc__, check)
