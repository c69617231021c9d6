"""Reports a polarity whose cases have no prompt.

A prompt is what a person would type to see the policy fire, or not fire, with a real agent. `packgate trial` runs it, and the examples
page shows it; without one the policy can't be demonstrated.
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
    """Polarities with cases, none of which has a prompt."""
    for policy in context.policies:
        for polarity in ("must_fire", "must_not_fire"):
            cases = policy.cases(polarity)
            if cases and not any("prompt" in case for case in cases):
                yield policy.finding(
                    f"no case under {polarity} has a prompt", "tests", polarity, on_key=True,
                    hint="add `prompt:` to one: what a person would ask an agent for",
                )


RULE = Rule("PG204", "no-prompt", "A policy has no prompt of a polarity", Severity.ERROR, __doc__, check)
