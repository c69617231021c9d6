"""Reports a file that decides who is stopped (waivers.yaml, rollout.yaml, assignments.yaml) that CODEOWNERS does not cover.

Where there is a CODEOWNERS file, reviews follow it. A file that it leaves out can be changed without those who answer for the pack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Place, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext


def check(context: LintContext) -> Iterator[Finding]:
    """Files without a code owner, where others have one."""
    codeowners = context.codeowners
    if codeowners is None:
        return
    files = [context.assignments]
    for result in context.results:
        files += [result.rollout, result.waivers]
    for file in files:
        if file is not None and not codeowners.owners(file.path):
            yield Finding(
                Place(file, f"/{next(iter(file.data), '')}", on_key=True), "CODEOWNERS names nobody for this file",
                "`packgate codeowners` writes the lines from the packs' owners",
            )


RULE = Rule("PG246", "unowned-rollout", "A file that decides who is stopped has no code owner", Severity.WARNING, __doc__, check)
