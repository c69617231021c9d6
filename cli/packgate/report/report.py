"""What a verb has to say, before it has a format."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from packgate.diagnostics import Diagnostic, Edit, Fix, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

PASSED = "passed"
FAILED = "failed"
SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked, such as a test case; formats that list what passed (JUnit) need it.

    ``group`` is the file or policy it belongs to, ``detail`` why it was skipped, ``finding`` why it failed.
    """

    name: str
    group: str
    status: str = PASSED
    detail: str = ""
    finding: Diagnostic | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Findings in their order, with what stands around them.

    ``summary`` is the closing line of text (default: the count of findings); ``titles`` are the short descriptions of the
    codes; ``checks`` everything that was looked at, if the verb knows; ``scores`` counts as plain data, for the formats that
    programs read.
    """

    findings: tuple[Diagnostic, ...] = ()
    summary: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    scores: Mapping[str, Any] | None = None

    def count(self, severity: Severity) -> int:
        """How many findings have a severity."""
        return sum(item.severity is severity for item in self.findings)

    @property
    def closing(self) -> str:
        """The last line of the text: the summary, else how many problems there are."""
        return self.summary or counted(self)


def make_report(
    findings: Iterable[Diagnostic], *, summary: str = "", titles: Mapping[str, str] | None = None,
    checks: Iterable[Check] = (), scores: Mapping[str, Any] | None = None,
) -> Report:
    """A report with the findings in the order of every report: by place, code, text; repeats dropped."""
    ordered = sorted(set(findings), key=Diagnostic.sort_key)
    return Report(tuple(ordered), summary, titles or {}, tuple(checks), scores)


def counted(report: Report) -> str:
    """``2 errors, 1 warning``, or that there is nothing."""
    counts = [(report.count(severity), severity.value) for severity in Severity]
    words = [f"{count} {name}{'s' if count > 1 and name != 'info' else ''}" for count, name in counts if count]
    return ", ".join(words) if words else "no problems found"


def masked(report: Report, mask: Callable[[str], str]) -> Report:
    """The report with every text that came from a file passed through ``mask``, which hides secrets."""

    def hide(item: Diagnostic) -> Diagnostic:
        return replace(
            item, message=mask(item.message), excerpt=item.excerpt and mask(item.excerpt), hint=item.hint and mask(item.hint),
            fix=item.fix and Fix(
                item.fix.title,
                tuple(Edit(edit.file, edit.start, edit.end, mask(edit.text)) for edit in item.fix.edits), item.fix.safe,
            ),
        )

    checks = tuple(
        replace(check, name=mask(check.name), detail=mask(check.detail), finding=check.finding and hide(check.finding))
        for check in report.checks
    )
    return replace(report, findings=tuple(hide(item) for item in report.findings), checks=checks)
