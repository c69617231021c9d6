"""Reports `*prod*` (or prd, live, production) on a name, where the field `environment` reads names better.

`*prod*` matches product-catalog, reproduce and non-prod; `*live*` matches delivery. `environment: production` goes by whole tokens, knows
negations, and looks at every place that names the target: context, profile, namespace, host, variable file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext

_PRODUCTION = re.compile(r"\*+(prod|prd|live|production)\*+", re.IGNORECASE)
NAMES = frozenset(("target", "host", "database", "service", "user", "image", "argument", "place", "path", "url"))


def check(context: LintContext) -> Iterator[Finding]:
    """Globs for production names in conditions of `if`."""
    for condition in context.conditions:
        if condition.part != "if" or condition.field not in NAMES or condition.quantifier == "not":
            continue
        for view in condition.views():
            if view.pattern.kind == "glob" and _PRODUCTION.fullmatch(view.pattern.text):
                yield Finding(
                    view.place, f"{view.about}: '{view.pattern.text}' matches other words, too: product-catalog, reproduce, delivery",
                    "use `environment: production`",
                )


RULE = Rule("PG233", "production-glob", "A glob where `environment: production` is meant", Severity.WARNING, __doc__, check)
