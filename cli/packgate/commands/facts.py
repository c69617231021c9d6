"""`packgate facts`: the operations found in a command, without any policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from packgate.commands.shared import BrokenPacks, command_action, context_options, open_gate, pack_option, print_findings, print_text
from packgate.exitcodes import FINDINGS
from packgate.guard.detectors import mask_json
from packgate.guard.known import mask_with, texts
from packgate.model.action import parse_action
from packgate.model.value import show

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.model.operation import Analysis, Operation


@click.command("facts")
@click.argument("text", metavar="COMMAND")
@pack_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What is printed.")
@context_options
def command(text: str, packs: tuple[str, ...], form: str, **context: Any) -> int:
    """List the operations found in a command: families, fields, and what stayed unknown.

    Packs matter for the programs and the words of environments that they add; no policy is judged.

    \b
    Examples:
      packgate facts 'tar czf - src | ssh backup@nas "cat > src.tgz"'
      packgate facts 'git push origin HEAD:main' --format json
      packgate facts 'acmectl app delete web' --pack packs/acme
    """
    action = parse_action(command_action(text, context))
    try:
        analysis = open_gate(packs).analyze(action)
    except BrokenPacks as broken:
        print_findings(broken.findings, err=True)
        return FINDINGS
    hide = mask_with(texts(action.data))
    if form == "json":
        print_text(json.dumps(mask_json(to_json(analysis), hide), indent=2) + "\n")
    else:
        print_text(to_text(text, analysis, hide))
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


def to_text(source: str, analysis: Analysis, hide: Callable[[str], str]) -> str:
    """The analysis for people: an operation a paragraph. ``hide`` masks secrets."""
    lines = [f"coverage: {analysis.coverage}"]
    for number, operation in enumerate(analysis.operations, 1):
        families = ", ".join(operation.families)
        lines.append(f"\n{number}. {families}")
        if operation.span is not None:
            lines.append(f"   in        {_excerpt(hide(source[slice(*operation.span)]))}")
        width = max((len(name) for name in _fields(operation)), default=0)
        for name, values in _fields(operation).items():
            lines.append(f"   {name.ljust(max(width, 9))} {' | '.join(map(hide, values))}")
    if analysis.notes:
        lines.append("\nnotes:")
        lines.extend(f"   {hide(note.text)} ({note.coverage})" for note in analysis.notes)
    return "\n".join(lines) + "\n"


def _fields(operation: Operation) -> dict[str, list[str]]:
    names = {*operation.fields, *(operation.common or {})}
    found = {name: [show(value) for value in operation.get(name)] for name in sorted(names)}
    if operation.via:
        found["via"] = list(operation.via)
    return {name: values for name, values in found.items() if values}


def _excerpt(text: str) -> str:
    flat = text.replace("\n", "\\n")
    return flat if len(flat) <= 100 else flat[:97] + "..."
