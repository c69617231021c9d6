"""Findings for people: ``file:line:col: error PG101 message``, the line with a mark under it, and a hint."""

from __future__ import annotations

from packgate.diagnostics import Severity
from packgate.report.plain import one_line, spaced, underline, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.diagnostics import Diagnostic
    from packgate.report.report import Report

    Segment = tuple[str, str]

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold blue"}


def render_text(report: Report) -> str:
    """Plain text."""
    return "".join(text for text, _ in _segments(report))


def render_colored(report: Report) -> str:
    """The same text with colours for a terminal."""
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    text = Text()
    for part, style in _segments(report):
        text.append(part, style)
    out = StringIO()
    Console(file=out, force_terminal=True, color_system="standard", highlight=False).print(text, end="", soft_wrap=True)
    return out.getvalue()


def _segments(report: Report) -> Iterator[Segment]:
    for item in report.findings:
        yield from _finding(item)
    if report.findings:
        yield "\n", ""
    worst = min((list(Severity).index(item.severity) for item in report.findings), default=None)
    yield spaced(visible(report.closing)) + "\n", "green" if worst is None else _STYLES[list(Severity)[worst]]


def _finding(item: Diagnostic) -> Iterator[Segment]:
    yield f"{one_line(str(item.position))}: ", "bold"
    yield item.severity.value, _STYLES[item.severity]
    yield f" {item.code} ", "cyan"
    yield one_line(item.message) + "\n", ""
    if item.excerpt is not None and item.excerpt.strip():
        yield from _excerpt(item, item.excerpt)
    if item.hint:
        yield "      = ", "cyan"
        yield one_line(item.hint) + "\n", ""


def _excerpt(item: Diagnostic, excerpt: str) -> Iterator[Segment]:
    position = item.position
    yield f"{position.line:5} | ", "cyan"
    yield spaced(visible(excerpt)).replace("\n", " ") + "\n", ""
    # An escaped character is longer than the original, and the start of a cut line is unknown: no mark then.
    if visible(excerpt) != excerpt or excerpt.endswith("…"):
        return
    one_line_long = position.end_line is None or position.end_line == position.line
    mark = underline(excerpt, position.column, position.end_column if one_line_long else len(excerpt) + 1)
    if mark is not None:
        yield "      | ", "cyan"
        yield mark + "\n", _STYLES[item.severity]
