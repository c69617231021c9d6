"""What a rule is, and what it finds: a place named by file and JSON pointer, never by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from packgate.diagnostics import Diagnostic, Fix, Severity
    from packgate.lint.context import LintContext
    from packgate.source.file import SourceFile


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a file by its JSON pointer (see `packgate.source.pointer`); with ``on_key`` the key in front of it."""

    file: SourceFile
    pointer: str = ""
    on_key: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has to say about a place; the severity is the rule's unless the finding has its own."""

    place: Place
    message: str
    hint: str | None = None
    fix: Fix | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One check. ``name`` is the module's name after its code, with hyphens; ``title`` is the line that lists and SARIF show;
    ``explanation`` the module's docstring: what it does, a blank line, and why. ``fix`` says what `--fix` does, if anything."""

    code: str
    name: str
    title: str
    severity: Severity
    explanation: str
    check: Callable[[LintContext], Iterable[Finding]]
    fix: str = ""


def resolve(finding: Finding, rule: Rule) -> Diagnostic:
    """The diagnostic of a finding: the file knows the line of its place."""
    place = finding.place
    return place.file.diagnostic(
        rule.code, finding.message, place.pointer, on_key=place.on_key, severity=finding.severity or rule.severity,
        hint=finding.hint, fix=finding.fix,
    )


def nothing(_context: LintContext) -> tuple[Finding, ...]:
    """The check of rules whose findings the runner makes itself: those about suppressions, and about rules that crash."""
    return ()
