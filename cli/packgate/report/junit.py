"""JUnit XML: a test case for everything that was checked, or for every finding when a verb only has findings."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from packgate.diagnostics import Severity
from packgate.report.plain import visible
from packgate.report.report import FAILED, SKIPPED, Check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.diagnostics import Diagnostic
    from packgate.report.report import Report


def render_junit(report: Report) -> str:
    """``<testsuites>`` with a suite for each group. Findings of no check fail in a case of their own; warnings pass with
    their text as output."""
    checks = list(report.checks)
    told = {check.finding for check in checks}
    checks += [_from_finding(item) for item in report.findings if item not in told]
    if not checks:
        checks = [Check(report.closing, "packgate")]
    groups: dict[str, list[Check]] = {}
    for check in checks:
        groups.setdefault(check.group, []).append(check)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites{_counts(checks)}>"]
    for group, members in groups.items():
        lines.append(f"  <testsuite name={_attribute(group)}{_counts(members)}>")
        lines += [line for check in members for line in _case(check)]
        lines.append("  </testsuite>")
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def _from_finding(item: Diagnostic) -> Check:
    status = FAILED if item.severity is Severity.ERROR else "passed"
    return Check(f"{item.code} at {item.position.line}:{item.position.column}", item.position.file, status, finding=item)


def _counts(checks: list[Check]) -> str:
    failed = sum(check.status == FAILED for check in checks)
    skipped = sum(check.status == SKIPPED for check in checks)
    seconds = sum(check.seconds or 0.0 for check in checks)
    return f' tests="{len(checks)}" failures="{failed}" errors="0" skipped="{skipped}" time="{seconds:.3f}"'


def _case(check: Check) -> list[str]:
    time = f' time="{check.seconds:.6f}"' if check.seconds is not None else ""
    opening = f"    <testcase classname={_attribute(check.group)} name={_attribute(check.name)}{time}"
    if check.status == SKIPPED:
        return [opening + ">", f"      <skipped message={_attribute(check.detail)}/>", "    </testcase>"]
    item = check.finding
    if check.status == FAILED:
        message = item.message if item is not None else check.detail
        kind = item.code if item is not None else FAILED
        body = escape(visible(_details(item) if item is not None else check.detail))
        failure = f"      <failure type={_attribute(kind)} message={_attribute(message)}>{body}</failure>"
        return [opening + ">", failure, "    </testcase>"]
    if item is not None:
        return [opening + ">", f"      <system-out>{escape(visible(_details(item)))}</system-out>", "    </testcase>"]
    return [opening + "/>"]


def _details(item: Diagnostic) -> str:
    lines = [f"{item.position}: {item.severity.value} {item.code} {item.message}"]
    lines += [item.excerpt] if item.excerpt else []
    lines += [item.hint] if item.hint else []
    return "\n".join(lines)


def _attribute(text: str) -> str:
    return quoteattr(visible(text).replace("\n", " ").replace("\t", " "))
