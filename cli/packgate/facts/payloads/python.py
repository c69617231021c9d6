"""Python code: what it runs, deletes, writes, reads and sends.

The syntax tree is evaluated as far as the text decides it: constants, variables, functions and classes of the code itself,
loops over known collections, both branches of what is not known.
"""

from __future__ import annotations

import ast
import warnings

from packgate.facts.paths import normalise
from packgate.facts.payloads.python_budget import Exhausted
from packgate.facts.payloads.python_calls import FILES, RUNS_ARGV, RUNS_SHELL
from packgate.facts.payloads.python_objects import MISSING, Class, Lib, Scope, derived
from packgate.facts.payloads.python_statements import Statements
from packgate.model.operation import FULL, OPAQUE, PARTIAL
from packgate.model.value import Hole, Text, join, origins_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.nested import Payload
    from packgate.model.value import Value

_MAX_DEPTH = 4
# A longer program is not read; nobody gives one on a command line.
_LONGEST = 65_536
_HOLE_NAME = "packgate_unknown_"


def read_python(code: Value, payload: Payload) -> Value | None:
    """Add what the code does; gives what it prints where that is known. Code that can't be parsed, and code that it makes up,
    is reported."""
    machine = Interpreter(payload, 0)
    done = machine.run_text(code)
    return join(machine.printed) if done and machine.printed is not None else None


def _parse(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class Interpreter(Statements):
    """Runs a program. ``holes`` are the unknown pieces of its text, ``loaded`` the modules of the line that it has imported."""

    __slots__ = ("holes", "loaded")

    def __init__(self, payload: Payload, nested: int) -> None:
        super().__init__(payload, nested)
        self.loaded: set[str] = set()
        self.holes: list[Hole] = []

    def run_text(self, code: Value) -> bool:
        """Run a program; whether it was read to its end."""
        text = self._with_names(code)
        if len(text) > _LONGEST:
            self.payload.opaque("interpreter", PARTIAL)
            return False
        tree = _parse(text)
        if tree is None and any(line.lstrip()[:1] in "!%" for line in text.splitlines() if line.strip()):
            tree = _parse(self._without_magic(text))
        if tree is None:
            known = isinstance(code, str)
            self.payload.opaque("interpreter" if known else "dynamic", PARTIAL)
            return False
        try:
            self.block(tree.body)
            self._run_rest(tree)
        except RecursionError:
            self.payload.opaque("interpreter", OPAQUE)
            return False
        except Exhausted:
            self.payload.opaque("interpreter", PARTIAL)
            return False
        return True

    def _without_magic(self, text: str) -> str:
        """Lines of IPython: those with ``!`` run in a shell."""
        out = []
        for line in text.splitlines():
            stripped = line.lstrip()
            if stripped.startswith("!"):
                self.payload.shell(stripped.lstrip("!"))
            elif stripped.startswith(("%sx ", "%system ")):
                self.payload.shell(stripped.partition(" ")[2])
            elif not stripped.startswith("%"):
                out.append(line)
        return "\n".join(out)

    def _with_names(self, code: Value) -> str:
        """The text with a name in place of every unknown piece; the name stands for that piece, also inside a string."""
        if isinstance(code, str):
            return code
        out = []
        for part in code.parts:
            if isinstance(part, str):
                out.append(part)
            elif isinstance(part, Hole):
                name = f"{_HOLE_NAME}{len(self.holes)}_"
                self.holes.append(part)
                self.scope.variables[name] = Text((part,))
                out.append(name)
            else:
                out.append(part.pattern)
        return "".join(out)

    def value(self, node: ast.expr | None) -> object:
        """The thing that an expression stands for."""
        if self.holes and isinstance(node, ast.Constant) and isinstance(node.value, str) and _HOLE_NAME in node.value:
            pieces: list[Value] = [node.value]
            for index, hole in enumerate(self.holes):
                name = f"{_HOLE_NAME}{index}_"
                pieces = [found for piece in pieces for found in (_cut(piece, name, hole) if isinstance(piece, str) else [piece])]
            return join(pieces)
        return super().value(node)

    def name(self, name: str) -> object:
        """What a name stands for, with the names that ``from os import *`` brings."""
        if self.scope.find(name) is MISSING:
            for module in self.stars:
                dotted = f"{module}.{name}"
                if dotted in FILES or dotted in RUNS_SHELL or dotted in RUNS_ARGV or dotted in ("os.environ", "os.getenv", "pathlib.Path"):
                    return Lib(dotted)
        return super().name(name)

    # --- modules and code --------------------------------------------------------------------------------------------

    def module(self, name: object) -> object:
        """A module that is imported: what the line wrote to its file runs."""
        if not isinstance(name, str):
            return Lib("?")
        payload = self.payload
        if payload.session.files and name not in self.loaded and payload.context.place is None:
            self.loaded.add(name)
            path = normalise(name.replace(".", "/") + ".py", payload.state.cwd)
            code = payload.session.written(path)
            if code is not None:
                return self._written_module(code)
        return Lib(name)

    def _written_module(self, code: Value) -> object:
        outer, self.scope = self.scope, Scope()
        try:
            self.run_code(code, False)
            return Class("module", [], self.scope.variables)
        finally:
            self.scope = outer

    def run_code(self, code: Value, gives: bool) -> object:
        """``exec(code)``; with ``gives`` the value of ``eval(code)``."""
        if isinstance(code, Text) and not any(isinstance(part, str) and part.strip() for part in code.parts):
            self._unread(code)
            return derived([code])
        if self.nested >= _MAX_DEPTH:
            self.payload.opaque("interpreter", PARTIAL)
            return derived([code])
        tree = _parse(self._with_names(code).strip() if gives else self._with_names(code))
        if tree is None:
            self.payload.opaque("dynamic" if isinstance(code, Text) else "interpreter", PARTIAL)
            return derived([code])
        self.nested += 1
        try:
            if gives and len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr):
                return self.value(tree.body[0].value)
            self.block(tree.body)
            return None
        finally:
            self.nested -= 1

    def _unread(self, code: Value) -> None:
        """Code that is not known. That of a file of the project is the project's own."""
        from packgate.facts.paths import REPOSITORY
        from packgate.facts.scripts import place_of

        payload = self.payload
        origins = origins_of(code)
        paths = [normalise(origin.detail, payload.state.cwd) for origin in origins if origin.kind == "file" and origin.detail]
        if paths and len(paths) == len(origins) and all(place_of(path, payload.session) == REPOSITORY for path in paths):
            payload.opaque("project-script", FULL, {"path": tuple(paths)})
        else:
            payload.unreadable(code)

    def _run_rest(self, tree: ast.Module) -> None:
        """Run the functions that the code mentions but never calls itself: something that is not known may call them."""
        if not self.functions:
            return
        named: set[str] = set()
        for each in ast.walk(tree):
            if isinstance(each, ast.Attribute):
                named.add(each.attr)
            elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
                named.add(each.id)
        # Calls of a function that ran were seen; those that are left may run at any time.
        self.uncertain += 1
        for function in list(self.functions):
            node = function.node
            if function.ran or isinstance(node, ast.Lambda):
                continue
            if node.decorator_list or node.name in named or node.name.startswith("__"):
                self.run_function(function, [], {})
        self.uncertain -= 1


def _cut(text: str, name: str, hole: Hole) -> list[Value]:
    out: list[Value] = []
    for index, piece in enumerate(text.split(name)):
        if index:
            out.append(Text((hole,)))
        out.append(piece)
    return out
