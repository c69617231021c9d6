"""Renderers of findings: one module per format; they see only the model and diagnostics."""

from __future__ import annotations

import importlib
from dataclasses import replace

from packgate.report.report import Check, Report, make_report, masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TextIO

    from packgate.diagnostics import Diagnostic

__all__ = ["FORMATS", "Check", "Report", "make_report", "render", "write"]

# Format -> module and function; a module is imported when its format is asked for.
_RENDERERS = {
    "text": ("packgate.report.text", "render_text"),
    "json": ("packgate.report.json_format", "render_json"),
    "sarif": ("packgate.report.sarif", "render_sarif"),
    "junit": ("packgate.report.junit", "render_junit"),
    "github": ("packgate.report.github", "render_github"),
    "markdown": ("packgate.report.markdown", "render_markdown"),
}
FORMATS = tuple(_RENDERERS)
# Formats that list what passed; the others leave the checks of a report out.
_WITH_CHECKS = ("junit", "json")


def render(
    findings: Report | Iterable[Diagnostic], format: str = "text", *, color: bool = False,
    titles: Mapping[str, str] | None = None, mask: Callable[[str], str] | None = None,
) -> str:
    """Findings (or a whole `Report`) in one of `FORMATS`, ending in a line end.

    ``color`` applies to text only. ``mask`` hides secrets in everything that came from a file. Raises `ValueError` for an
    unknown format.
    """
    if format not in _RENDERERS:
        raise ValueError(f"unknown format {format!r}: expected one of {', '.join(FORMATS)}")
    report = findings if isinstance(findings, Report) else make_report(findings, titles=titles)
    if mask is not None:
        report = masked(report if format in _WITH_CHECKS else replace(report, checks=()), mask)
    module, name = _RENDERERS[format]
    if format == "text" and color:
        name = "render_colored"
    renderer: Callable[[Report], str] = getattr(importlib.import_module(module), name)
    return renderer(report)


def write(
    findings: Report | Iterable[Diagnostic], format: str, stream: TextIO, *, environ: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None, mask: Callable[[str], str] | None = None,
) -> None:
    """Render to a stream; text has colours only on a terminal, and not where ``NO_COLOR`` or a dumb terminal is set."""
    settings = environ or {}
    color = stream.isatty() and not settings.get("NO_COLOR") and settings.get("TERM") != "dumb"
    text = render(findings, format, color=color, titles=titles, mask=mask)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
