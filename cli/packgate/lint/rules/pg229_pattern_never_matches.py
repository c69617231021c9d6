"""Reports a pattern that no value can match: a path with `..` (paths are normalised), a branch with a blank, a host with a scheme, a
user, a path or a port, an address range on anything but a host, a regular expression that contradicts itself.

The condition reads as if it held for something. It never does; under `not` it always does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.forms import never
from packgate.lint.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.conditions import PatternView
    from packgate.lint.context import LintContext


def check(context: LintContext) -> Iterator[Finding]:
    """Patterns that match nothing."""
    for view in context.patterns:
        reason = _reason(view)
        if reason is not None:
            yield Finding(view.place, f"{view.about}: '{view.pattern.text}' never matches: {reason}")


def _reason(view: PatternView) -> str | None:
    pattern, type = view.pattern, view.condition.type
    if pattern.kind == "glob":
        return never(pattern.text, type)
    if pattern.kind == "cidr" and type != "host":
        return f"an address range is for hosts, and {view.condition.field} is none"
    if pattern.kind == "regex":
        return _contradiction(pattern.text, type)
    return None


def _contradiction(text: str, type: str) -> str | None:
    from packgate.engine.automaton import StateBudget
    from packgate.engine.matcher import Regular
    from packgate.engine.partly import shortest
    from packgate.engine.syntax import PatternError
    from packgate.model.value import Text, unknown

    anything = unknown()
    if not isinstance(anything, Text):
        return None
    try:
        return "its parts contradict each other" if shortest(Regular(text, type, glob=False).machine(), anything) is None else None
    except (PatternError, StateBudget):
        return None  # PG231 says what can't be compiled.


RULE = Rule("PG229", "pattern-never-matches", "A pattern that no value can match", Severity.ERROR, __doc__, check)
