"""Asks a Rego engine (rego-cpp, by its Python package `regopy`) a list of inputs. Started by `opa` in a sandbox, with a Python that need
not know packgate: reads JSON on standard input, writes JSON.

    python -I rego_run.py SITE_PACKAGES < asked.json
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any


def main() -> int:
    """``{"modules": {name: text}, "data": [JSON text], "query": …, "inputs": […], "tests": ["package/rule"]}`` →
    ``{"version", "answers", "tests"}``: for every input what the query is, or ``{"error": …}``; for every test whether it is true. Without
    input, only the version."""
    sys.path.insert(0, sys.argv[1])
    regopy = import_module("regopy")
    text = sys.stdin.read()
    asked: dict[str, Any] = json.loads(text) if text else {"modules": {}, "data": [], "inputs": [], "tests": []}
    engine = regopy.Interpreter()
    for name, module in asked["modules"].items():
        engine.add_module(name, module)
    for data in asked["data"]:
        engine.add_data_json(data)
    answers = _answers(engine, asked["query"], asked["inputs"]) if asked["inputs"] else []
    tests = _tests(engine, asked["tests"]) if asked["tests"] else []
    json.dump({"version": str(regopy.__version__), "answers": answers, "tests": tests}, sys.stdout)
    return 0


def _answers(engine: Any, query: str, inputs: list[Any]) -> list[Any]:
    """The query is compiled once: asking for it by its text would compile the policies for every input."""
    compiled = engine.build(query)
    found: list[Any] = []
    for each in inputs:
        engine.set_input(each)
        try:
            found.append(_value(engine.query_bundle(compiled)))
        except Exception as error:  # Whatever the engine says: it goes into the report, in place of an answer.
            found.append({"error": f"{type(error).__name__}: {error}"[:300]})
    return found


def _tests(engine: Any, names: list[str]) -> list[bool]:
    engine.set_input({})
    compiled = engine.build(None, names)
    return [_value(engine.query_bundle_entrypoint(compiled, name)) is True for name in names]


def _value(output: Any) -> Any:
    """The value of the only expression; None when it is undefined."""
    text = str(output)
    return None if text == "undefined" else json.loads(text)["expressions"][0]


if __name__ == "__main__":
    sys.exit(main())
