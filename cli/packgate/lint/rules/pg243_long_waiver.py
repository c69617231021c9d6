"""Reports a waiver that holds for more than a year.

In a year the team, the system and the reason have changed. A day that is near makes somebody look at the exception again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.engine.waivers import parse_day
from packgate.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding


def check(context: LintContext) -> Iterator[Finding]:
    """Waivers whose last day is more than a year ahead."""
    today = parse_day(context.today) if context.today is not None else None
    for waiver in context.waivers:
        last = parse_day(waiver.data["expires"])
        if today is not None and last is not None and last > (today[0] + 1, *today[1:]):
            text = f"it holds until {waiver.data['expires']}, more than a year from now"
            yield waiver.finding(text, "expires", hint="choose a nearer day, and look again then")


RULE = Rule("PG243", "long-waiver", "A waiver holds for more than a year", Severity.WARNING, __doc__, check)
