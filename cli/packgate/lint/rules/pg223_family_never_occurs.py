"""Reports a family of `when` that nothing yields: no program of the catalog, none of the pack's own, no surface.

A pack that defines a family has to bring programs that yield it. Until then the policy waits for something that can't happen.
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
    """Families without a source. Those that the vocabulary lacks are the loader's to report."""
    for view in context.policies:
        if view.pack.result.catalogs and view.pack.result.pack is None:
            continue
        for index, family in enumerate(view.policy.when):
            if family in view.pack.vocabulary.families and family not in context.capabilities.families:
                yield view.finding(
                    f"nothing yields {family}", "when", index, hint="describe the programs that do in the pack's catalog/*.yaml"
                )


RULE = Rule("PG223", "family-never-occurs", "A policy waits for a family that nothing yields", Severity.WARNING, __doc__, check)
