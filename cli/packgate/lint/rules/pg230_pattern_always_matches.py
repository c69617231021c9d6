"""Reports a pattern that matches everything where that can't be meant: beside other patterns, which are then pointless; alone on a
field that every operation has; under `not`, where nothing is left.

Alone on another field `*` is fine: it says that the field is present.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.conditions import ConditionView
    from packgate.lint.context import LintContext
    from packgate.model.policy import Pattern

# Families some of whose operations have no `operation`.
_WITHOUT = frozenset(("command", "tool-call"))
_REGEXES = frozenset(("", ".*", "^.*$", "^.*", ".*$", "(.*)", "^", "$", "^(.*)$"))


def check(context: LintContext) -> Iterator[Finding]:
    """Patterns for everything."""
    for condition in context.conditions:
        for view in condition.views():
            if not _is_everything(view.pattern, condition.type):
                continue
            text = f"{view.about}: '{view.pattern.text}' matches every {condition.field}"
            if condition.quantifier == "not":
                yield Finding(view.place, f"{text}, so that `not` leaves nothing")
            elif condition.quantifier == "any" and len(condition.patterns) > 1:
                yield Finding(view.place, f"{text}; the patterns beside it are pointless", "remove it, or remove the others")
            elif _is_always_there(condition):
                hint = "remove the condition" if condition.part == "if" else "it excuses everything; remove it, or narrow it"
                yield Finding(view.place, f"{text}, and every operation has one", hint)


def _is_everything(pattern: Pattern, type: str) -> bool:
    if pattern.kind == "regex":
        return pattern.text in _REGEXES
    if pattern.kind != "glob":
        return False
    return pattern.text == "**" or (pattern.text == "*" and type != "branch") or (pattern.text == "**/*" and type == "path")


def _is_always_there(condition: ConditionView) -> bool:
    return condition.field == "operation" and bool(condition.families) and not _WITHOUT & set(condition.families)


RULE = Rule("PG230", "pattern-always-matches", "A pattern for everything that can't be meant", Severity.WARNING, __doc__, check)
