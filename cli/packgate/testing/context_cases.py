"""The tests that context files carry: what is known of an action, held against what it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.diagnostics import Diagnostic
from packgate.engine.context import Context
from packgate.guard.known import mask_with, texts
from packgate.model.action import ActionError, parse_action
from packgate.model.value import show
from packgate.testing import codes
from packgate.testing.cases import case_action, show_action
from packgate.testing.outcome import ContextOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packgate.engine.gate import Gate
    from packgate.model.action import Action
    from packgate.model.operation import Operation
    from packgate.source.file import SourceFile


def run_context_cases(files: Iterable[SourceFile], gate: Gate) -> list[ContextOutcome]:
    """Every test of the context files, in order. ``gate``: of any pack, with what the context says."""
    found = []
    for file in files:
        for index, case in enumerate(file.data.get("tests") or ()):
            finding = _failure(file, f"/tests/{index}", case, gate)
            found.append(ContextOutcome(f"context/tests/{index + 1}", file.path, finding))
    return found


def _failure(file: SourceFile, place: str, case: dict[str, Any], gate: Gate) -> Diagnostic | None:
    data = case_action(case) or {}
    try:
        action = gate.complete(parse_action(data))
    except ActionError as error:
        return file.diagnostic(codes.BAD_ACTION, f"the action can't be decided: {error}", place)
    wrong = [*_wrong(case.get("expect") or {}, _known(action, gate)), *_wrong(case.get("fields") or {}, _fields(action, gate))]
    if not wrong:
        return None
    hide = mask_with(texts(data))
    return file.diagnostic(codes.CONTEXT_CASE, hide(f"{show_action(data)}: {'; '.join(wrong)}"), place)


def _wrong(expected: dict[str, Any], found: dict[str, list[str]]) -> list[str]:
    wrong = []
    for name, value in expected.items():
        wanted = sorted([value] if isinstance(value, str) else value)
        if wanted != sorted(found[name]):
            wrong.append(f"{name} is {', '.join(found[name]) or 'not known'}, not {', '.join(wanted) or 'nothing'}")
    return wrong


def _known(action: Action, gate: Gate) -> dict[str, list[str]]:
    """What `where` compares for the operations on paths; for all where there are none, so that the repository is what counts."""
    context = Context(action, gate.engine.surroundings)
    operations = gate.analyze(action).operations
    compared: list[Operation | None] = [*(each for each in operations if each.get("path"))] or [*operations] or [None]
    return {
        name: list(dict.fromkeys(value for each in compared for value in context.where_values(name, each)))
        for name in ("owner", "team", "group", "environment", "data_classification")
    }


def _fields(action: Action, gate: Gate) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {"environment": {}, "network": {}}
    for operation in gate.analyze(action).operations:
        for name, values in found.items():
            values.update(dict.fromkeys(show(value) for value in operation.get(name)))
    return {name: list(values) for name, values in found.items()}
