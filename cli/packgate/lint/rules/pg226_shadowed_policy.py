"""Reports a policy that never decides: wherever it fires, a policy of the same pack with a stricter mode fires as well.

The strictest match wins. A shadowed policy has a message that nobody reads and a mode that never counts. One that alerts or redacts is
left out, since side effects are kept whatever wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.covering import policy_covers, same_condition
from packgate.lint.rule import Rule
from packgate.model.policy import MODE_RANK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding


def check(context: LintContext) -> Iterator[Finding]:
    """Policies that a stricter one covers."""
    for pack in context.packs:
        for view in pack.policies:
            policy = view.policy
            if policy.outcome.mode == "allow" or policy.outcome.alert or policy.outcome.redact:
                continue
            for other in pack.all_policies:
                stricter = MODE_RANK[other.outcome.mode] > MODE_RANK[policy.outcome.mode]
                if stricter and policy_covers(other, policy) and same_condition(other) != same_condition(policy):
                    yield view.finding(
                        f"it never decides: '{other.id}' ({other.outcome.mode}) fires wherever it does", "id",
                        hint="remove it, or except its case from the stricter one",
                    )
                    break


RULE = Rule("PG226", "shadowed-policy", "A stricter policy fires wherever this one does", Severity.WARNING, __doc__, check)
