"""A narrower policy: an exception that lets false positives through, and nothing else that is known."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.review.case import case_of, has_case, with_case
from packgate.review.trying import decided, gate_of, pack_named, tried
from packgate.source.append import flow
from packgate.source.yaml import parse_yaml
from packgate.testing.cases import collect
from packgate.testing.outcome import FAILED
from packgate.testing.runner import run_case

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from packgate.model.operation import Operation
    from packgate.source.cache import ValidationCache
    from packgate.source.workspace import Workspace

# What an exception can be about, the narrowest first: each names one thing. A program, a kind of service, a remote such as origin would
# take all that is done with it out of the policy, for one example that nobody wanted stopped: then a waiver is for that example alone.
FIELDS = (
    ("branch",), ("path",), ("table",), ("database",), ("target",), ("host",), ("image",), ("package",), ("url",), ("variable",),
    ("server", "tool"), ("user",), ("environment",),
)
# An exception for these would take away what the policy is for.
_NEVER = {"environment": frozenset(("production",))}
# More values than these are a list of what was seen, not a reason.
_MOST_VALUES = 5
_SPECIAL = re.compile(r"[*?\[\]{}\\]")
_SILENT = "must_not_fire"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The change of a policy's file: its ``path`` in the repository, the ``fields`` of the exception and the same as text."""

    path: str
    fields: dict[str, list[str]]
    exception: str
    apply: Callable[[str | None], str]


def narrowed(
    root: Path, space: Workspace, name: str, wrong: Sequence[dict[str, Any]], right: Sequence[dict[str, Any]], now: str,
    cache: ValidationCache | None = None,
) -> Narrowed | None:
    """An exception of one field (of a tool call: its server and tool) for a policy (``pack/policy``) with which it is silent on all of
    ``wrong``, and fires on all of ``right`` and on all of its cases that must fire; None where there is none. The examples become cases
    that must not fire. Tried on a copy."""
    pack, _, policy = name.partition("/")
    source = pack_named(space, pack, str(root)).policies.get(policy)
    if source is None or source.override is not None or "unless" in source.data:
        return None
    path = os.path.relpath(source.file.path, root)
    if path.startswith(os.pardir):
        return None
    gate = gate_of(space)
    operations = [
        match.operation for example in wrong for match in decided(gate, dict(example), now).matches
        if (match.pack, match.policy) == (pack, policy)
    ]
    for names in FIELDS:
        fields = {name: _values(operations, name) for name in names}
        if not all(fields.values()):
            continue
        apply = _edit(source.place, fields, wrong, path)
        try:
            text = apply(Path(source.file.path).read_text(encoding="utf-8"))
            with tried(root, {root / path: text}, cache) as copy:
                if _holds(copy, pack, policy, wrong, right, now):
                    return Narrowed(path, fields, flow(fields), apply)
        except UserError:
            continue
    return None


def _values(operations: Sequence[Operation], field: str) -> list[str]:
    """The values of a field in all operations; none where one of them lacks it, or where they are only partly known, or too many."""
    found: set[str] = set()
    for operation in operations:
        values = operation.get(field)
        if not values or not all(isinstance(value, str) and value for value in values):
            return []
        found.update(_SPECIAL.sub(lambda special: f"[{special.group()}]", str(value)) for value in values)
    return sorted(found) if len(found) <= _MOST_VALUES and found.isdisjoint(_NEVER.get(field, ())) else []


def _holds(
    space: Workspace, pack: str, policy: str, wrong: Sequence[Mapping[str, Any]], right: Sequence[Mapping[str, Any]], now: str,
) -> bool:
    """Whether the narrowed policy says what it should, its cases included."""
    gate = gate_of(space)
    for examples, fires in ((wrong, False), (right, True)):
        for example in examples:
            decision = decided(gate, dict(example), now)
            live = any((match.pack, match.policy) == (pack, policy) and not match.waived for match in decision.matches)
            if live is not fires or (not fires and policy in decision.may_match):
                return False
    result = next(each for each in space.results if each.pack is not None and each.pack.name == pack)
    cases = [case for case in collect([result]) if case.policy == policy]
    return not any(run_case(case, gate).status == FAILED for case in cases)


def _edit(place: str, exception: dict[str, list[str]], wrong: Sequence[dict[str, Any]], shown: str) -> Callable[[str | None], str]:
    def apply(before: str | None) -> str:
        text = with_exception(before or "", place, exception, shown)
        for example in wrong:
            case = case_of(example)
            data = parse_yaml(text, shown).data["policies"][int(place.rpartition("/")[2])]
            if not has_case((data.get("tests") or {}).get(_SILENT) or [], case):
                text = with_case(text, place, _SILENT, case, shown)
        return text

    return apply


def with_exception(text: str, place: str, exception: dict[str, list[str]], shown: str) -> str:
    """The text of a policies file with ``unless`` added to a policy, before its ``then``. ``place``: the policy's pointer.

    Raises `UserError` where that can't be done without changing more.
    """
    document = parse_yaml(text, shown)
    key = document.keys.get(f"{place}/then")
    index = int(place.rpartition("/")[2])
    if document.diagnostics or key is None or "unless" in document.data["policies"][index]:
        raise UserError(f"{shown}: no exception can be added at {place}", "narrow the policy by hand")
    start = int(key.start_mark.index)
    newline = "\r\n" if "\r\n" in text else "\n"
    said = {name: values[0] if len(values) == 1 else values for name, values in exception.items()}
    edited = f"{text[:start]}unless: {flow(said)}{newline}{' ' * int(key.start_mark.column)}{text[start:]}"
    again = parse_yaml(edited, shown)
    expected = document.data
    expected["policies"][index]["unless"] = said
    if again.diagnostics or again.data != expected:
        raise UserError(f"{shown}: no exception can be added at {place} without changing more", "narrow the policy by hand")
    return edited
