"""The direction of imports, read from the source by AST: who may know whom, no cycles, nothing heavy where a decision is made."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "packgate"

# Layer -> the layers that it may import, itself aside. A module directly in the package is a layer of its own name.
ALLOWED: dict[str, set[str]] = {
    "model": set(),
    "diagnostics": set(),
    "errors": set(),
    "exitcodes": set(),
    "clock": {"times"},
    "times": set(),
    "resources": set(),
    "strict_json": {"model"},
    "guard": {"model"},
    "shell": {"model"},
    "facts": {"shell", "model", "catalog"},
    # `source` only for building: what a decision loads of the catalog is `catalog.load`.
    "catalog": {"model", "resources", "facts", "source"},
    "engine": {"facts", "shell", "model", "guard", "catalog"},
    "eventlog": {"model", "guard"},
    # Requests for approval: beside the log, below who asks and who answers.
    "approvals": {"engine", "eventlog", "guard", "model"},
    "hook": {"approvals", "engine", "facts", "shell", "catalog", "model", "guard", "eventlog"},
    "source": {"model", "diagnostics", "resources", "engine", "catalog"},
    "report": {"diagnostics", "model", "guard"},
    # `hook` for what agents can't express: data, which a rule holds the settings' targets against.
    "lint": {"source", "engine", "facts", "shell", "catalog", "model", "diagnostics", "guard", "testing", "resources", "hook"},
    "testing": {"source", "engine", "facts", "shell", "catalog", "model", "diagnostics", "guard", "errors"},
    "gitio": {"errors"},
    # The files that events stand in, whatever their form, here or in object stores: below all that read events.
    "eventstore": {"errors", "eventlog", "times"},
    "impact": {"eventlog", "eventstore", "testing", "source", "engine", "model", "diagnostics", "guard", "errors"},
    # What people said of what a simulation found: evidence for a promotion.
    "review": {"impact", "testing", "source", "engine", "model", "diagnostics", "errors"},
    "release": {"eventlog", "eventstore", "review", "impact", "gitio", "testing", "source", "engine", "model", "diagnostics", "guard", "errors", "lint", "resources", "times"},
    # `lint`: a pack whose lint fails is not built.
    "bundle": {
        "render", "release", "gitio", "lint", "testing", "source", "engine", "facts", "catalog", "model", "diagnostics", "guard", "errors", "resources",
        "times",
    },
    # What an agent's own files say. `hook` only for what its dialects can express. Below `bundle`, which carries and checks rendered files.
    "render": {"hook", "testing", "source", "engine", "facts", "catalog", "model", "diagnostics", "guard", "errors", "resources"},
    # Puts the hook on a machine and looks after it.
    "installation": {
        "render", "hook", "eventlog", "bundle", "source", "testing", "engine", "facts", "shell", "catalog", "model", "diagnostics", "guard", "errors", "resources",
    },
    # A posture for a whole repository, in one commit.
    "level": {
        "installation", "bundle", "impact", "gitio", "testing", "source", "engine", "model", "diagnostics", "errors", "resources",
    },
    # What to change next: from evidence to edits.
    "suggest": {"release", "review", "impact", "gitio", "lint", "testing", "source", "engine", "model", "diagnostics", "guard", "errors", "times"},
    # Drives real agents and engines.
    "conform": {
        "installation", "render", "hook", "bundle", "testing", "source", "engine", "facts", "catalog", "model", "diagnostics", "guard", "errors",
        "resources", "times",
    },
    "trial": {
        "conform", "installation", "testing", "source", "engine", "model", "diagnostics", "errors",
    },
    # From the spool to people; `source` for the settings that declare sinks.
    "alerts": {"eventlog", "source", "guard", "model", "diagnostics", "errors"},
    # `hook` for what a tool call does: importers read calls as its dialects do. `engine` and `facts` for what is normal, `bundle` for private
    # keys.
    "events": {"bundle", "hook", "engine", "facts", "eventlog", "eventstore", "guard", "model", "diagnostics", "errors", "times"},
    # All that is known, on one page: nothing imports it but the verb.
    "overview": {"events", "eventstore", "release", "review", "impact", "gitio", "testing", "source", "engine", "model", "guard", "times"},
    # `level` and `impact` for simulations.
    "serve": {
        "events", "level", "impact", "alerts", "installation", "approvals", "hook", "eventlog", "bundle", "source", "engine", "facts", "catalog", "model",
        "diagnostics", "guard", "errors", "resources", "clock", "times", "strict_json",
    },
    # `hook` for the tables of what agents can express.
    "docs": {"hook", "source", "engine", "facts", "catalog", "model", "diagnostics", "lint", "testing", "resources", "guard", "exitcodes", "errors"},
    "commands": {
        "alerts", "approvals", "events", "eventstore", "source", "engine", "facts", "shell", "catalog", "model", "diagnostics", "lint", "testing", "report", "guard", "docs", "errors",
        "exitcodes", "resources", "clock", "gitio", "impact", "release", "bundle", "times", "eventlog", "hook", "render", "installation", "conform", "serve",
        "trial", "level", "review", "suggest", "overview",
        "strict_json",
    },
    "cli": {"commands", "errors", "exitcodes", "guard", "source"},
    "__main__": {"cli"},
}
LIGHT = ("model", "shell", "facts", "engine", "guard", "eventlog", "approvals", "hook")
# What the layers of a decision may load at run time of the standard library, at the top of a module.
LIGHT_MODULES = {"__future__", "re"}
# What the interpreter has loaded before it runs anything: free, for the hook.
LOADED = {"_imp", "_io", "marshal", "posix", "sys"}
# Modules that are themselves imported only when their language occurs, with what they may load then.
LATE = {f"facts/payloads/python{part}.py": {"ast", "operator", "warnings"} for part in (
    "", "_effects", "_eval", "_files", "_functions", "_methods", "_network", "_operators", "_processes", "_results", "_sdk", "_statements",
)}
CLICK_LAYERS = {"commands", "cli"}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "data" not in path.relative_to(PACKAGE).parts)


def layer_of(dotted: str) -> str:
    parts = dotted.split(".")
    return parts[1] if len(parts) > 1 else "packgate"


def imports(path: Path, *, nested: bool) -> list[tuple[str, int]]:
    """Imported module names with lines; those under TYPE_CHECKING are left out, those inside functions only when nested."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: list[tuple[str, int]] = []

    def visit(body: list[ast.stmt], inside: bool) -> None:
        for node in body:
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                visit(node.orelse, inside)
                continue
            if isinstance(node, ast.Import) and (nested or not inside):
                found.extend((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and (nested or not inside):
                found.append((node.module or "", node.lineno))
            in_function = inside or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            for field in ("body", "orelse", "finalbody"):
                visit(getattr(node, field, []) or [], in_function)
            for handler in getattr(node, "handlers", []) or []:
                visit(handler.body, in_function)

    visit(tree.body, False)
    return found


def dotted_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    mine = layer_of(dotted_name(path))
    for name, line in imports(path, nested=True):
        if not name.startswith("packgate."):
            continue
        theirs = layer_of(name)
        assert theirs == mine or mine == "packgate" or theirs in ALLOWED[mine], f"{path}:{line}: {mine} may not import {theirs}"


def test_no_import_cycles() -> None:
    names = {dotted_name(path): path for path in modules()}
    graph = {name: {target for target, _ in imports(path, nested=False) if target in names} for name, path in names.items()}
    state: dict[str, int] = {}

    def walk(name: str, trail: list[str]) -> None:
        state[name] = 1
        for target in sorted(graph[name]):
            assert state.get(target) != 1, "import cycle: " + " -> ".join([*trail, name, target])
            if target not in state:
                walk(target, [*trail, name])
        state[name] = 2

    for name in sorted(graph):
        if name not in state:
            walk(name, [])


@pytest.mark.parametrize("path", [path for path in modules() if layer_of(dotted_name(path)) in LIGHT], ids=lambda path: path.name)
def test_light_layers_import_little(path: Path) -> None:
    allowed = LIGHT_MODULES | (LOADED if layer_of(dotted_name(path)) == "hook" else set()) | LATE.get(path.relative_to(PACKAGE).as_posix(), set())
    for name, line in imports(path, nested=False):
        assert name.startswith("packgate.") or name in allowed, f"{path}:{line}: {name} at the top of an import-light module"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_click_stays_at_the_edge(path: Path) -> None:
    if layer_of(dotted_name(path)) not in CLICK_LAYERS:
        assert not [name for name, _ in imports(path, nested=True) if name.split(".")[0] == "click"]


def test_late_modules_are_imported_late() -> None:
    for late in LATE:
        dotted = "packgate." + late.removesuffix(".py").replace("/", ".")
        importers = [path for path in modules() if any(name == dotted for name, _ in imports(path, nested=False))]
        assert all(path.relative_to(PACKAGE).as_posix() in LATE for path in importers), importers


def test_what_the_engine_pulls_in() -> None:
    code = "import sys; before = set(sys.modules); import packgate.engine.gate; print('\\n'.join(sorted(set(sys.modules) - before)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    loaded = done.stdout.split()
    outside = {name.split(".")[0] for name in loaded if not name.startswith("packgate")}
    heavy = {"typing", "dataclasses", "json", "yaml", "jsonschema", "click", "rich", "jinja2", "inspect", "pathlib", "subprocess", "asyncio", "git"}
    assert not outside & heavy, sorted(outside & heavy)
    # `re` with its parts is all that an ordinary interpreter has not loaded already.
    assert outside <= {"__future__", "re", "_sre", "enum", "types", "functools", "collections", "operator", "_operator", "itertools", "keyword", "_keyword",
                       "reprlib", "_collections", "_functools", "copyreg"}, sorted(outside)
