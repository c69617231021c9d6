"""Reports a message of more than 400 characters.

It is shown inside the agent's conversation each time the policy fires, and agents cut long ones. Two or three sentences say why and
what to do instead; the rationale has room for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding

LONGEST = 400


def check(context: LintContext) -> Iterator[Finding]:
    """Messages over the limit."""
    for view in context.policies_and_overrides:
        length = len(view.data.get("message", "").strip())
        if length > LONGEST:
            yield view.finding(
                f"the message has {length} characters; {LONGEST} are the most", "message", on_key=True,
                hint="say why and what to do instead; background belongs into the rationale",
            )


RULE = Rule("PG213", "long-message", "A message is too long", Severity.WARNING, __doc__, check)
