"""Reports a pack that denies by default, with no policy of mode `allow`.

It denies every action of every agent that it is assigned to, on the surfaces of the default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Place, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext


def check(context: LintContext) -> Iterator[Finding]:
    """Packs that deny everything."""
    for pack in context.packs:
        if pack.header is None or pack.result.pack is None or "deny" not in pack.default.modes.values():
            continue
        if not pack.default.lifted_by and not any(policy.outcome.mode == "allow" for policy in pack.all_policies):
            yield Finding(
                Place(pack.header, "/default" if "default" in pack.data else "/extends"),
                "the pack denies by default and allows nothing: it denies every action",
                "add policies with `then: allow` for what agents may do",
            )


RULE = Rule("PG254", "deny-without-allow", "A pack denies everything", Severity.WARNING, __doc__, check)
