"""Reports two policies with the same families, conditions, exceptions and context.

Both fire always together, the stricter one decides, and who changes one of them will not think of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.covering import same_condition
from packgate.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding
    from packgate.lint.views import PolicyView


def check(context: LintContext) -> Iterator[Finding]:
    """Policies that match what an earlier one of their pack matches."""
    for pack in context.packs:
        seen: dict[tuple[object, ...], PolicyView] = {}
        for view in pack.policies:
            first = seen.setdefault(same_condition(view.policy), view)
            if first is not view:
                position = first.file.position(first.at("id").pointer)
                yield view.finding(
                    f"it matches exactly what '{first.policy.id}' ({position}) matches", "id",
                    hint="make them one, or make their conditions differ",
                )


RULE = Rule("PG225", "identical-policies", "Two policies match the same", Severity.WARNING, __doc__, check)
