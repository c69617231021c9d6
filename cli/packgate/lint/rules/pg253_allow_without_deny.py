"""Reports a policy of mode `allow` in a pack whose default is not `deny`.

`allow` lifts the default of its pack, never another policy. Where the default allows already, it does nothing, though it reads as if it
made an exception.
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
    """Allow policies that lift nothing."""
    for view in context.policies:
        if view.policy.outcome.mode == "allow" and view.pack.header is not None and view.pack.default != "deny":
            yield view.finding(
                "it allows what is allowed already: the pack does not deny by default", "then", on_key=True,
                hint="for an exception from another policy use its `unless`; for an allow-list set `default: deny` in pack.yaml",
            )


RULE = Rule("PG253", "allow-without-deny", "An allow policy in a pack that allows by default", Severity.ERROR, __doc__, check)
