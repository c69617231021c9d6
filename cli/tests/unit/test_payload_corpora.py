"""The corpora of code in commands: harmless code is read to its end, and code that hides what it does is said."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from facts_helper import analysis

from packgate.model.operation import FULL

CORPORA = Path(__file__).resolve().parents[3] / "testcases"
NAMES = ("code-python", "code-scripts", "code-sql", "code-tools")


@cache
def cases(polarity: str, name: str) -> list[dict[str, Any]]:
    """The cases of a corpus."""
    text = (CORPORA / polarity / f"{name}.yaml").read_text(encoding="utf-8")
    loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return [{"command": case} if isinstance(case, str) else case for case in loaded["cases"]]


@pytest.mark.parametrize("name", NAMES)
def test_harmless_code_is_read_to_its_end(name: str) -> None:
    partly = []
    for case in cases("benign", f"{name}-harmless"):
        result = analysis(case["command"])
        hidden = any("opaque-execution" in operation.families and "project-script" not in operation.get("operation")
                     for operation in result.operations)
        if result.coverage != FULL or hidden:
            partly.append(case["command"])
    assert not partly


@pytest.mark.parametrize("name", NAMES)
def test_code_that_cannot_be_read_is_never_silent(name: str) -> None:
    silent = [
        case["command"] for case in cases("attack", name)
        if case["fires"] == ["opaque-execution"] and analysis(case["command"]).coverage == FULL
    ]
    assert not silent


@pytest.mark.parametrize("name", NAMES)
def test_both_polarities_are_there(name: str) -> None:
    assert len(cases("attack", name)) > len(cases("benign", f"{name}-harmless")) > 50


@pytest.mark.parametrize("command", [
    "node -e " + repr("[1,2].forEach(a=>" * 2000), "node -e " + repr("(" * 20_000), "php -r " + repr("a." * 10_000), "lua -e " + repr("[" * 20_000),
    "psql -c " + repr("q(" * 10_000), "perl -e " + repr("for(a of [1,2]){" * 1500), "python3 -c " + repr("[" * 20_000),
    "python3 -c 'def f(n): return f(n-1) + f(n-2)\nf(9)'", "python3 -c 'while 1:\n while 1:\n  while 1: x = 1'",
], ids=lambda command: command[:24])
def test_hostile_code_is_bounded(command: str) -> None:
    started = time.process_time()
    analysis(command)
    assert time.process_time() - started < 5
