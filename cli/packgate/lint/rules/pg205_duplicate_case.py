"""Reports a case that repeats an earlier one of the same polarity: the same command or action in the same context. Every value of `each` is
a case; so values without a `{each}` to stand for repeat each other.

The second one tests nothing, and it hides that a polarity has fewer cases than it seems.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.cases import case_keys
from packgate.lint.edits import remove_item
from packgate.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding


def check(context: LintContext) -> Iterator[Finding]:
    """Cases that an earlier one of their polarity equals."""
    for policy in context.policies:
        for polarity in ("must_fire", "must_not_fire"):
            seen: dict[str, int] = {}
            cases = policy.cases(polarity)
            for index, case in enumerate(cases):
                keys = case_keys(case)
                first = min((seen.setdefault(key, index) for key in keys), default=index)
                if first == index and len(set(keys)) == len(keys):
                    continue
                line = policy.file.position(policy.at("tests", polarity, first).pointer).line
                # A prompt or todo of its own is not thrown away.
                same = "each" not in case and all(case.get(key) in (None, cases[first].get(key)) for key in ("prompt", "todo", "mode"))
                fix = remove_item(policy.at("tests", polarity, index), "remove the repeated case") if same else None
                yield policy.finding(f"this case repeats the one on line {line}", "tests", polarity, index, fix=fix)


RULE = Rule(
    "PG205", "duplicate-case", "A case repeats an earlier one", Severity.WARNING, __doc__, check,
    fix="Removes the later case, unless it stands for several or has a prompt, a todo or a mode of its own.",
)
