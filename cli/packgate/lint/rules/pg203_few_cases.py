"""Reports a polarity with fewer than three cases that run offline (a command, an action, or a text for a policy on `text`).

One case shows that a policy can fire; three tell apart what it is about: another spelling, another tool, another target. A prompt
beside nothing needs a real agent and does not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Rule
from packgate.testing.variants import variants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding

ENOUGH = 3


def check(context: LintContext) -> Iterator[Finding]:
    """Polarities with one or two cases."""
    for policy in context.policies:
        for polarity in ("must_fire", "must_not_fire"):
            cases = [variant for case in policy.cases(polarity) for variant in variants(case)]
            running = [case for case in cases if "command" in case or "action" in case or "text" in policy.policy.when]
            if cases and len(running) < ENOUGH:
                count = "no case" if not running else "1 case" if len(running) == 1 else f"{len(running)} cases"
                yield policy.finding(
                    f"{count} that {'runs' if len(running) < 2 else 'run'} offline under {polarity}", "tests", polarity, on_key=True,
                    hint=f"{ENOUGH} tell apart what it is about: another spelling, another tool, another target",
                )


RULE = Rule("PG203", "few-cases", "A policy has fewer than three cases of a polarity", Severity.WARNING, __doc__, check)
