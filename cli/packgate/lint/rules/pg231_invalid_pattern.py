"""Reports a pattern that can't be compiled: a regular expression outside the safe subset (look-around, back-references, nested unbounded
repeats), a malformed address range, a detector that does not exist, or whose library is not installed.

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
    from packgate.guard.detectors import names

    detectors = set(names())
    for view in context.patterns:
        pattern = view.pattern
        if pattern.kind == "detector":
            wrong = _unusable(pattern.text, detectors)
            if wrong is not None:
                yield Finding(view.place, f"{view.about}: {wrong[0]}", wrong[1])
        if pattern.kind not in ("regex", "cidr") and "{" not in pattern.text:
            continue
        try:
            check_pattern(pattern, view.condition.type)
        except PatternError as error:
            hint = "write it as a glob, or as several patterns" if pattern.kind == "regex" else None
            yield Finding(view.place, f"{view.about}: '{pattern.text}' can't be compiled: {error}", hint)


def _unusable(name: str, known: set[str]) -> tuple[str, str | None] | None:
    """Why a detector can't be named, with a hint; None when it can."""
    from packgate.guard.detectors import unchecked

    try:
        missing = unchecked(name)
    except KeyError:
        return f"there is no detector '{name}'", did_you_mean(name, known)
    return None if missing is None else (str(missing), "install the extra where packs are checked and built, and where they decide")


RULE = Rule("PG231", "invalid-pattern", "A pattern that can't be compiled", Severity.ERROR, __doc__, check)
