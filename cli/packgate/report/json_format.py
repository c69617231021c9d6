"""Findings as one JSON document; every key is always there."""

from __future__ import annotations

import json

from packgate.diagnostics import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.diagnostics import Diagnostic, Fix
    from packgate.report.report import Check, Report

VERSION = 1


def render_json(report: Report) -> str:
    """``{"version", "summary", "findings", "checks", "scores"}``."""
    document = {
        "version": VERSION,
        "summary": {
            "text": report.closing,
            "errors": report.count(Severity.ERROR),
            "warnings": report.count(Severity.WARNING),
            "infos": report.count(Severity.INFO),
        },
        "findings": [finding_data(item) for item in report.findings],
        "checks": [_check(check) for check in report.checks],
        "scores": report.scores,
    }
    return json.dumps(document, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n"


def finding_data(item: Diagnostic) -> dict[str, Any]:
    """A finding as plain data."""
    position = item.position
    return {
        "code": item.code,
        "severity": item.severity.value,
        "message": item.message,
        "file": position.file,
        "line": position.line,
        "column": position.column,
        "end_line": position.end_line,
        "end_column": position.end_column,
        "excerpt": item.excerpt,
        "hint": item.hint,
        "fix": None if item.fix is None else _fix(item.fix),
    }


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [{"file": edit.file, "start": edit.start, "end": edit.end, "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _check(check: Check) -> dict[str, Any]:
    return {
        "name": check.name,
        "group": check.group,
        "status": check.status,
        "detail": check.detail or None,
        "seconds": check.seconds,
        "finding": None if check.finding is None else finding_data(check.finding),
    }
