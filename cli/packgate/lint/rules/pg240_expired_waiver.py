"""Reports a waiver whose last day has passed (the day is inclusive, in UTC).

It waives nothing any more. Remove it, so that nobody takes it for an exception that holds; or have it approved again, with a new day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.engine.waivers import is_expired, parse_day
from packgate.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding


def check(context: LintContext) -> Iterator[Finding]:
    """Waivers that are over. A malformed day is the loader's to report."""
    for waiver in context.waivers:
        expires = waiver.data["expires"]
        if context.today is not None and parse_day(expires) is not None and is_expired(expires, context.today):
            yield waiver.finding(f"it expired on {expires}", "expires", hint="remove it, or have it approved again")


RULE = Rule("PG240", "expired-waiver", "A waiver has expired", Severity.WARNING, __doc__, check)
