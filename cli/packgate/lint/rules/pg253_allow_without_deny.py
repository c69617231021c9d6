"""Reports a policy of mode `allow` that has no default to lift.

`allow` lifts the default of its pack, and those of packs that name its pack in `lifted_by`, never another policy. Where they allow
already, it does nothing, though it reads as if it made an exception.
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
    lifting = {name for pack in context.packs if pack.default.modes for name in pack.default.lifted_by}
    for view in context.policies:
        if view.policy.outcome.mode != "allow" or view.pack.header is None or view.pack.default.modes or view.pack.name in lifting:
            continue
        yield view.finding(
            "it allows what is allowed already: no default is there to be lifted", "then", on_key=True,
            hint="for an exception from another policy use its `unless`; for an allow-list set `default: deny` in pack.yaml",
        )


RULE = Rule("PG253", "allow-without-deny", "An allow policy where nothing is denied by default", Severity.ERROR, __doc__, check)
