"""Reports a policy without `threat` in a pack that has threat layers.

It is missing from the threat map, and `rollout.yaml` can't promote it with its layer.
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
    """Policies outside of the layers."""
    for view in context.policies:
        layers = view.pack.result.threats if view.pack.header is not None else {}
        if layers and "threat" not in view.data:
            yield view.finding("it belongs to no threat layer", "id", hint=f"add `threat:`, one of: {', '.join(sorted(layers))}")


RULE = Rule("PG252", "no-threat", "A policy belongs to no threat layer", Severity.WARNING, __doc__, check)
