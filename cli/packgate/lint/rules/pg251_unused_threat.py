"""Reports a threat layer that no policy belongs to.

The threat map shows it as a threat that is covered, with nothing under it. Reported only where every pack that could use it is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Place, Rule
from packgate.source.pointer import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext


def check(context: LintContext) -> Iterator[Finding]:
    """Threat layers without policies, in the pack or in one that extends it."""
    if not context.complete:
        return
    used = {policy.threat for pack in context.packs for policy in pack.all_policies}
    for pack in context.packs:
        for name in pack.data.get("threats") or {}:
            if pack.header is not None and name not in used:
                yield Finding(
                    Place(pack.header, pointer("threats", name), on_key=True), f"no policy belongs to the threat layer '{name}'",
                    "write its policies, or remove it",
                )


RULE = Rule("PG251", "unused-threat", "A threat layer without policies", Severity.WARNING, __doc__, check)
