"""Findings as Markdown, for pull request comments and job summaries."""

from __future__ import annotations

import re

from packgate.report.plain import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.diagnostics import Diagnostic
    from packgate.report.report import Report

# Characters that Markdown (or the HTML in it) gives a meaning, `@` for mentions among them.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@$])")


def render_markdown(report: Report) -> str:
    """A table of findings, then the closing line."""
    lines = []
    if report.findings:
        lines += ["| Place | Severity | Code | Problem |", "|---|---|---|---|"]
        lines += [_row(item) for item in report.findings]
        lines.append("")
    lines.append(f"**{plain(report.closing)}**")
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", one_line(text)).replace("\\@", "@\u2060").replace("\\<", "&lt;").replace("\\&", "&amp;")


def code(text: str) -> str:
    """Text in a code span of a table cell."""
    clean = one_line(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", clean)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if clean[:1] == "`" or clean[-1:] == "`" else ""
    return f"{fence}{pad}{clean}{pad}{fence}"


def _row(item: Diagnostic) -> str:
    text = plain(item.message)
    if item.excerpt and item.excerpt.strip():
        text += f"<br>{code(item.excerpt.strip())}"
    if item.hint:
        text += f"<br>{plain(item.hint)}"
    return f"| {code(str(item.position))} | {item.severity.value} | {item.code} | {text} |"
