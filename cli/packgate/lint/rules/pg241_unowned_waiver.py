"""Reports a waiver without an owner.

An exception that belongs to nobody stays for ever: nobody is asked when it expires, and nobody can say whether it is still needed.
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
    """Waivers that belong to nobody."""
    for waiver in context.waivers:
        if not waiver.data.get("owner", "").strip():
            yield waiver.finding("it has no owner", "id", hint="add `owner:`: the team that needs the exception")


RULE = Rule("PG241", "unowned-waiver", "A waiver has no owner", Severity.ERROR, __doc__, check)
