"""Reports a pattern that can't be compiled: a regular expression outside the safe subset (look-around, back-references, nested unbounded
repeats), a malformed address range, a detector that does not exist. A detector whose library is not installed here is a warning: it goes by
the form of a number alone, and finds too much.

The safe subset is what every enforcement point can match in time linear in the text. A pattern outside of it could be made to run for
minutes by whoever writes the command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Place, Rule
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
            yield from _detector(view.place, view.about, pattern.text, detectors)
        if pattern.kind not in ("regex", "cidr") and "{" not in pattern.text:
            continue
        try:
            check_pattern(pattern, view.condition.type)
        except PatternError as error:
            hint = "write it as a glob, or as several patterns" if pattern.kind == "regex" else None
            yield Finding(view.place, f"{view.about}: '{pattern.text}' can't be compiled: {error}", hint)


def _detector(place: Place, about: str, name: str, known: set[str]) -> Iterator[Finding]:
    """What is wrong with the name of a detector, and what is missing for it."""
    from packgate.guard.detectors import unchecked

    try:
        missing = unchecked(name)
    except KeyError:
        yield Finding(place, f"{about}: there is no detector '{name}'", did_you_mean(name, known))
        return
    if missing is not None:
        hint = "install the extra where packs are checked and built, and where hooks are installed"
        yield Finding(place, f"{about}: {missing}", hint, severity=Severity.WARNING)


RULE = Rule("PG231", "invalid-pattern", "A pattern that can't be compiled", Severity.ERROR, __doc__, check)
