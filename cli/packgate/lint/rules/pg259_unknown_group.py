"""Reports a group in `where` or in an assignment that the context does not define, when it defines groups.

The condition never holds, so the policy, the waiver or the assignment is for nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Rule
from packgate.source.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext

_GLOB = frozenset("*?[{\\")


def check(context: LintContext) -> Iterator[Finding]:
    """Groups that nobody is in."""
    groups = {name for file in context.groups_from for name in (file.data.get("groups") or {})}
    for condition in context.conditions if groups else ():
        if condition.part not in ("where", "for") or condition.field != "group":
            continue
        for view in condition.views():
            text = view.pattern.text
            if view.pattern.kind == "glob" and not _GLOB & set(text) and text not in groups:
                yield Finding(view.place, f"{view.about}: the context has no group '{text}'", did_you_mean(text, groups))


RULE = Rule("PG259", "unknown-group", "A group that the context does not define", Severity.WARNING, __doc__, check)
