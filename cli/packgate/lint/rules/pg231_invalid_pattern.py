"""Reports a pattern that can't be compiled: a regular expression outside the safe subset (look-around, back-references, nested unbounded
repeats), a malformed address range, a detector that does not exist.

The safe subset is what every enforcement point can match in time linear in the text. A pattern outside of it could be made to run for
minutes by whoever writes the command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Rule
from packgate.source.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext


def check(context: LintContext) -> Iterator[Finding]:
    """Patterns that the engine refuses."""
    from packgate.engine.patterns import check_pattern
    from packgate.engine.syntax import PatternError
    from packgate.guard.detectors import DETECTORS

    detectors = {detector.id for detector in DETECTORS}
    for view in context.patterns:
        pattern = view.pattern
        if pattern.kind == "detector" and pattern.text not in detectors:
            yield Finding(view.place, f"{view.about}: there is no detector '{pattern.text}'", did_you_mean(pattern.text, detectors))
        if pattern.kind not in ("regex", "cidr") and "{" not in pattern.text:
            continue
        try:
            check_pattern(pattern, view.condition.type)
        except PatternError as error:
            hint = "write it as a glob, or as several patterns" if pattern.kind == "regex" else None
            yield Finding(view.place, f"{view.about}: '{pattern.text}' can't be compiled: {error}", hint)


RULE = Rule("PG231", "invalid-pattern", "A pattern that can't be compiled", Severity.ERROR, __doc__, check)
