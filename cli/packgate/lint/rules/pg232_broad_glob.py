"""Reports a glob that looks for fewer than three characters anywhere in a value (`*db*` in a target, `*a*` in a path).

Two characters occur in nearly everything; the policy will fire on work that it was never about.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext

FEWEST = 3
# A slash ties the text to the beginning or the end of a path's component.
_AROUND = re.compile(r"\*+([^*?\[\]{}/]+)\*+")


def check(context: LintContext) -> Iterator[Finding]:
    """Globs with very few literal characters between two stars. Under `unless` and `not` a wide glob makes the policy narrow."""
    for view in context.patterns:
        condition = view.condition
        if view.pattern.kind != "glob" or condition.part not in ("if", "unless") or condition.type == "text":
            continue
        match = _AROUND.fullmatch(view.pattern.text)
        if match is not None and len(match[1]) < FEWEST and any(char.isalnum() for char in match[1]):
            effect = "excuses" if condition.part == "unless" else "matches"
            yield Finding(
                view.place, f"{view.about}: '{view.pattern.text}' {effect} nearly every {condition.field}",
                "name the whole word, or what stands around it: 'db-*', '*-db'",
            )


RULE = Rule("PG232", "broad-glob", "A glob that matches nearly everything", Severity.WARNING, __doc__, check)
