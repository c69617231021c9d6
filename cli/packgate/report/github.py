"""GitHub workflow commands, which become annotations on the changed lines.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from packgate.diagnostics import Severity
from packgate.report.plain import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.diagnostics import Diagnostic
    from packgate.report.report import Report

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render_github(report: Report) -> str:
    """One annotation a line, then the closing line."""
    return "".join(_annotation(item) + "\n" for item in report.findings) + _data(report.closing) + "\n"


def _annotation(item: Diagnostic) -> str:
    position = item.position
    properties = {"file": position.file, "line": str(position.line), "col": str(position.column)}
    if position.end_line is not None:
        properties["endLine"] = str(position.end_line)
        # A column range is only accepted on one line.
        if position.end_line == position.line and position.end_column is not None:
            properties["endColumn"] = str(position.end_column)
    properties["title"] = item.code
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = item.message if not item.hint else f"{item.message}\n{item.hint}"
    return f"::{_COMMANDS[item.severity]} {listed}::{_data(message)}"


def _data(text: str) -> str:
    escaped = visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    # A line that begins with `::` would be a command of its own.
    return escaped.replace("::", ":\u200b:") if escaped.lstrip().startswith("::") else escaped


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
