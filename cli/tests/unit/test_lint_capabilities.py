"""What lint believes that families can have, held against every operation that the project's cases and corpora yield."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from packgate.catalog.cases import analyze_case, cases_of
from packgate.catalog.load import PROGRAMS, load_builtin
from packgate.engine.gate import build_gate
from packgate.facts.analyze import analyze
from packgate.lint.capabilities import CLOSED_FIELDS, Capabilities, Values, capabilities_of
from packgate.model.action import parse_action
from packgate.model.operation import Operation
from packgate.source.load import load_pack
from packgate.source.vocabulary import builtin_vocabulary
from packgate.testing.cases import collect, in_context
from packgate.testing.corpus import load_corpora

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def capabilities() -> Capabilities:
    return capabilities_of()


def _catalog_operations() -> Iterator[tuple[str, Operation]]:
    catalog = load_builtin()
    documents = [(path.name, yaml.load(path.read_text(), yaml.CSafeLoader)) for path in sorted(Path(PROGRAMS).glob("*.yaml"))]
    for case in cases_of(documents):
        for operation in analyze_case(case, catalog).operations:
            yield case.id, operation


def _pack_operations() -> Iterator[tuple[str, Operation]]:
    for name in ("recommended", "strict"):
        result = load_pack(str(ROOT / "packs" / name))
        assert result.pack is not None
        gate = build_gate([result.pack], builtin_vocabulary())
        for case in collect([result]):
            if case.action is not None:
                for operation in gate.analyze(parse_action(case.action)).operations:
                    yield case.name, operation


def _corpus_operations() -> Iterator[tuple[str, Operation]]:
    cases, _ = load_corpora(ROOT / "testcases")
    for case in cases:
        for operation in analyze(parse_action(case.action), load_builtin(), None).operations:
            yield str(case.action), operation


SURFACES: list[dict[str, Any]] = [
    {"surface": "file", "operation": "read", "path": "a/.env"},
    {"surface": "file", "operation": "write", "path": "x", "content": "text"},
    {"surface": "file", "operation": "delete", "path": "x"},
    {"surface": "mcp", "server": "s", "tool": "drop_table", "arguments": {"database": "prod", "path": "/etc/x"}},
    {"surface": "web", "method": "POST", "url": "https://api.example.org/x", "body": "b"},
    {"surface": "web", "method": "DELETE", "url": "https://prod.example.org/x"},
    {"surface": "prompt", "text": "drop it"},
    {"surface": "output", "text": "it"},
]


def _surface_operations() -> Iterator[tuple[str, Operation]]:
    for data in SURFACES:
        for operation in analyze(parse_action(in_context(data, {})), load_builtin(), None).operations:
            yield str(data), operation


def _admits(values: Values, value: str) -> bool:
    return values.open or value in values.exact or any(fnmatchcase(value, glob) for glob in values.globs)


@pytest.mark.parametrize("source", [_catalog_operations, _pack_operations, _corpus_operations, _surface_operations])
def test_every_operation_is_within_what_lint_believes(capabilities: Capabilities, source: Any) -> None:
    wrong = set()
    count = 0
    for label, operation in source():
        count += 1
        names = {*operation.fields, *(operation.common or {}), *(("via",) if operation.via else ())}
        for family in operation.families:
            capability = capabilities.families.get(family)
            if capability is None:
                wrong.add(f"{label}: the family {family} is not known")
                continue
            wrong.update(f"{label}: {family} has no field {name}" for name in names - capability.fields)
            for field in CLOSED_FIELDS:
                for value in operation.get(field):
                    if isinstance(value, str) and not _admits(capability.values[field], value.lower()):
                        wrong.add(f"{label}: {family} has no {field} {value!r}")
    assert not wrong, "\n".join(sorted(wrong)[:40])
    assert count > 5
