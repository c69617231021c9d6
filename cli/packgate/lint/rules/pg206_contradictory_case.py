"""Reports a case that stands under `must_fire` and under `must_not_fire`.

One of the two must fail, whatever the policy says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.cases import case_keys
from packgate.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding


def check(context: LintContext) -> Iterator[Finding]:
    """Near misses that must fire, too."""
    for policy in context.policies:
        firing = {key: index for index, case in reversed(list(enumerate(policy.cases("must_fire")))) for key in case_keys(case)}
        for index, case in enumerate(policy.cases("must_not_fire")):
            other = next((firing[key] for key in case_keys(case) if key in firing), None)
            if other is not None:
                line = policy.file.position(policy.at("tests", "must_fire", other).pointer).line
                yield policy.finding(
                    f"this case must fire and must not fire: it stands on line {line}, too", "tests", "must_not_fire", index,
                    hint="remove one; a different `context` makes them different cases",
                )


RULE = Rule("PG206", "contradictory-case", "A case must fire and must not fire", Severity.ERROR, __doc__, check)
