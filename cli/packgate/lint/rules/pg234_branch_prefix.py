"""Reports a branch pattern that starts with `refs/heads/`, or with the name of a remote (`origin/main`).

The field `branch` holds the name alone, without `refs/heads/` and without the remote, which has a field of its own. Such a pattern never
matches what it names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.edits import replace_text
from packgate.lint.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext

HEADS = ("refs/heads/", "heads/")
REMOTES = ("refs/remotes/origin/", "refs/remotes/upstream/", "origin/")


def check(context: LintContext) -> Iterator[Finding]:
    """Branch patterns with a prefix that branches don't have."""
    for view in context.patterns:
        text = view.pattern.text
        if view.condition.type != "branch" or view.pattern.kind != "glob":
            continue
        for prefix in HEADS + REMOTES:
            if text.startswith(prefix) and len(text) > len(prefix):
                name = text.removeprefix(prefix)
                # What a remote's name means is plain, but leaving it out makes the pattern hold for every remote.
                fix = replace_text(view.place, name, f"write {name}", safe=prefix in HEADS)
                yield Finding(
                    view.place, f"{view.about}: '{text}' names no branch: branches are named without {prefix}", f"write '{name}'", fix
                )
                break


RULE = Rule(
    "PG234", "branch-prefix", "A branch pattern has a prefix that branches don't have", Severity.ERROR, __doc__, check,
    fix="Removes refs/heads/.",
)
