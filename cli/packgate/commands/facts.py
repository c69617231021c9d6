"""`packgate facts`: the operations found in a command, without any policy."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from packgate.commands.shared import command_action, context_options
from packgate.guard.detectors import mask, mask_json
from packgate.model.action import parse_action
from packgate.model.value import show

if TYPE_CHECKING:
    from packgate.model.operation import Analysis, Operation


@click.command("facts")
@click.argument("text", metavar="COMMAND")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@context_options
def command(text: str, form: str, **context: Any) -> int:
    """List the operations found in a command: families, fields, and what stayed unknown.

    \b
    Examples:
      packgate facts 'tar czf - src | ssh backup@nas "cat > src.tgz"'
      packgate facts 'git push origin HEAD:main' --format json
    """
    from packgate.facts.analyze import analyze
    from packgate.catalog.load import load_builtin

    analysis = analyze(parse_action(command_action(text, context)), load_builtin())
    if form == "json":
        sys.stdout.write(json.dumps(mask_json(to_json(analysis)), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(mask(to_text(text, analysis)))
    return 0


def to_json(analysis: Analysis) -> dict[str, Any]:
    """The analysis as plain data."""
    return {
        "coverage": analysis.coverage,
        "notes": [{"code": note.code, "text": note.text, "coverage": note.coverage, "span": note.span} for note in analysis.notes],
        "operations": [
            {"families": list(operation.families), "fields": _fields(operation), "span": operation.span, "via": list(operation.via)}
            for operation in analysis.operations
        ],
    }


def to_text(source: str, analysis: Analysis) -> str:
    """The analysis for people: an operation a paragraph."""
    lines = [f"coverage: {analysis.coverage}"]
    for number, operation in enumerate(analysis.operations, 1):
        families = ", ".join(operation.families)
        lines.append(f"\n{number}. {families}")
        if operation.span is not None:
            lines.append(f"   in        {_excerpt(source, operation.span)}")
        width = max((len(name) for name in _fields(operation)), default=0)
        for name, values in _fields(operation).items():
            lines.append(f"   {name.ljust(max(width, 9))} {' | '.join(values)}")
    if analysis.notes:
        lines.append("\nnotes:")
        lines.extend(f"   {note.text} ({note.coverage})" for note in analysis.notes)
    return "\n".join(lines) + "\n"


def _fields(operation: Operation) -> dict[str, list[str]]:
    names = {*operation.fields, *(operation.common or {})}
    found = {name: [show(value) for value in operation.get(name)] for name in sorted(names)}
    if operation.via:
        found["via"] = list(operation.via)
    return {name: values for name, values in found.items() if values}


def _excerpt(source: str, span: tuple[int, int]) -> str:
    text = source[span[0] : span[1]].replace("\n", "\\n")
    return text if len(text) <= 100 else text[:97] + "..."
