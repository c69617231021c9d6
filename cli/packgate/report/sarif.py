"""SARIF 2.1.0, for code scanning. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""

from __future__ import annotations

import hashlib
import json
import os
from urllib.parse import quote

from packgate import __version__
from packgate.diagnostics import Severity
from packgate.report.plain import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.diagnostics import Diagnostic, Fix, Position
    from packgate.report.report import Report

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render_sarif(report: Report) -> str:
    """A log with one run; columns count code points."""
    used = sorted({item.code for item in report.findings})
    rules = [_rule(code, report.titles.get(code)) for code in used]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "packgate", "semanticVersion": __version__, "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": [_result(item, used.index(item.code)) for item in report.findings],
        }],
    }
    return json.dumps(log, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n"


def _rule(code: str, title: str | None) -> dict[str, Any]:
    return {"id": code, "shortDescription": {"text": title}} if title else {"id": code}


def _result(item: Diagnostic, index: int) -> dict[str, Any]:
    text = item.message if not item.hint else f"{item.message} ({item.hint})"
    location: dict[str, Any] = {"artifactLocation": artifact(item.position.file), "region": _region(item)}
    fingerprint = "\0".join((item.code, item.position.file, item.message, (item.excerpt or "").strip()))
    result: dict[str, Any] = {
        "ruleId": item.code,
        "ruleIndex": index,
        "level": _LEVELS[item.severity],
        "message": {"text": visible(text)},
        "locations": [{"physicalLocation": location}],
        # Without the line number, so that a finding keeps its identity when text above it changes.
        "partialFingerprints": {"packgate/v1": hashlib.sha256(fingerprint.encode("utf-8", "replace")).hexdigest()},
    }
    if item.fix is not None:
        result["fixes"] = [_fix(item.fix)]
    return result


def artifact(path: str) -> dict[str, str]:
    """The location of a file: relative to the checkout, or a file URI."""
    if os.path.isabs(path):
        return {"uri": "file://" + quote(path, errors="replace")}
    return {"uri": quote(path.replace(os.sep, "/"), errors="replace"), "uriBaseId": "%SRCROOT%"}


def _region(item: Diagnostic) -> dict[str, Any]:
    position: Position = item.position
    region: dict[str, Any] = {"startLine": position.line, "startColumn": position.column}
    if position.end_line is not None and position.end_column is not None:
        region["endLine"] = position.end_line
        region["endColumn"] = position.end_column
    if item.excerpt is not None:
        region["snippet"] = {"text": visible(item.excerpt)}
    return region


def _fix(fix: Fix) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        changes.setdefault(edit.file, []).append({
            "deletedRegion": {"charOffset": edit.start, "charLength": edit.end - edit.start},
            "insertedContent": {"text": edit.text},
        })
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {"artifactLocation": artifact(file), "replacements": replacements} for file, replacements in sorted(changes.items())
        ],
    }
