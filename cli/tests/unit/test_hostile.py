"""A fixed part of the hostile lines of `benchmarks/hostile.py`: what is not read is said. How long it takes is the benchmark's."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from packgate.commands.decide import Decider
from packgate.commands.shared import open_gate

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "benchmarks"))
try:
    from hostile_shapes import shapes
    from hostile_text import Shape
finally:
    sys.path.remove(str(ROOT / "benchmarks"))

BEYOND = (
    "open subshells", "open command substitutions", "open array", "subshells in subshells", "parameters in parameters",
    "base64 in base64", "ssh in ssh", "a range of a hundred million", "a product of braces", "a variable that doubles, to the end",
    "text that is replaced by itself", "a list that is split", "letters as separators", "arithmetic that names itself", "a fork bomb",
    "aliases that double", "functions that call themselves twice", "text that runs itself", "a compressed bomb", "zsh: flags",
    "powershell: parentheses", "line: open lists", "line: a key twice", "line: longer than the limit", "line: bytes that are no UTF-8",
)  # fmt: skip
# Not said to be beyond in advance, but they reach a limit.
LIMITED = (
    "xargs over words", "stars and question marks", "copies over the network", "SQL of different tables", "sed that doubles",
    "Python lists that double", "Python assignments that double", "compressed again and again", "tee",
    "line: groups of no text", "Python branches over many names", "formatted Python texts in a row", "Python commands, on standard input", "places",
)  # fmt: skip
READ = (
    "quoted eval in eval", "negated conditions", "an endless loop", "mcp: deep arguments", "mcp: many arguments", "file: drives (write)",
    "web: brackets", "output: 'http://a:' in a row", "line: an id", "line: a number beyond all",
)  # fmt: skip


@pytest.fixture(scope="module")
def decider() -> Decider:
    return Decider(open_gate(("strict",)), "block", "2026-01-31T12:00:00Z")


@pytest.fixture(scope="module")
def made() -> list[Shape]:
    return shapes()


@pytest.fixture(scope="module")
def lines(made: list[Shape]) -> dict[str, bytes]:
    return {shape.name: shape.line for shape in made}


def coverage(decider: Decider, line: bytes) -> str:
    out = io.StringIO()
    decider.stream(io.BytesIO(line), out)
    assert not decider.failed
    (answer,) = out.getvalue().splitlines()
    return str(json.loads(answer)["analysis"]["coverage"])


def test_there_are_many_shapes_with_names_of_their_own(made: list[Shape]) -> None:
    assert len({shape.name for shape in made}) == len(made) > 600
    assert {shape.name for shape in made if shape.beyond}.issuperset(BEYOND)


@pytest.mark.parametrize("name", [*BEYOND, *LIMITED])
def test_what_is_not_read_is_said(decider: Decider, lines: dict[str, bytes], name: str) -> None:
    assert coverage(decider, lines[name]) != "full"


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_read(decider: Decider, lines: dict[str, bytes], name: str) -> None:
    assert coverage(decider, lines[name]) == "full"


def test_a_key_of_an_action_that_stands_twice_is_named(decider: Decider, lines: dict[str, bytes]) -> None:
    assert "'command' stands twice" in json.loads(decider.decide_line(1, lines["line: a key twice"]))["reason"]
