"""Functions and classes that Python code defines: how they are called."""

from __future__ import annotations

import ast

from packgate.facts.payloads.python_budget import Budget
from packgate.facts.payloads.python_objects import Class, Function, Instance, Partial, Scope, Some, derived
from packgate.model.value import Origin, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.nested import Payload
    from packgate.model.value import Value

# Calls inside calls that are followed.
_CALLS = 12
# Calls of one function inside itself.
_RECURSION = 3


class Caller(Budget):
    """Calls functions. ``printed`` is what the program has printed, None once that is not known; ``uncertain`` counts the branches
    and loops around that may not run; ``functions`` are all that were defined."""

    __slots__ = ("active", "calls", "database", "functions", "nested", "payload", "printed", "scope", "uncertain")

    def __init__(self, payload: Payload, nested: int) -> None:
        super().__init__()
        self.payload = payload
        self.nested = nested
        self.scope = Scope()
        self.calls = 0
        self.uncertain = 0
        self.printed: list[Value] | None = []
        self.database: dict[str, tuple[Value, ...]] = {}
        self.active: list[ast.AST] = []
        self.functions: list[Function] = []

    def value(self, node: ast.expr | None) -> object:
        """The thing that an expression stands for."""
        raise NotImplementedError

    def call(self, called: object, arguments: list[object], keywords: dict[str, object]) -> object:
        """Call a thing."""
        raise NotImplementedError

    def bound(self, kind: Class, name: str, receiver: Instance | None) -> object:
        """A member of a class, bound to an object of it."""
        raise NotImplementedError

    def module(self, name: object) -> object:
        """A module that is imported."""
        raise NotImplementedError

    def run_code(self, code: Value, gives: bool) -> object:
        """Run a text as code; its value with ``gives``."""
        raise NotImplementedError

    def instance(self, kind: Class, arguments: list[object], keywords: dict[str, object]) -> object:
        """Make an object of a class."""
        made = Instance(kind)
        start = self.bound(kind, "__init__", made)
        if isinstance(start, Function):
            self.run_function(start, arguments, keywords)
        else:
            names = [name for name, member in kind.members.items() if not isinstance(member, Function)]
            made.attributes.update({**dict(zip(names, arguments, strict=False)), **keywords})
        return made

    def run_callbacks(self, arguments: list[object], keywords: dict[str, object]) -> None:
        """Functions that are handed to something unknown are called there with something."""
        for thing in (*arguments, *keywords.values()):
            if isinstance(thing, (Function, Partial)) and self.calls < _CALLS:
                self.uncertain += 1
                self.call(thing, [], {})
                self.uncertain -= 1

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Function:
        """A function with the values of its defaults."""
        made = Function(node, self.scope)
        self.functions.append(made)
        given = [*node.args.posonlyargs, *node.args.args]
        for argument, default in zip(reversed(given), reversed(node.args.defaults), strict=False):
            made.defaults[argument.arg] = self.value(default)
        for argument, keyword_default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
            if keyword_default is not None:
                made.defaults[argument.arg] = self.value(keyword_default)
        return made

    def run_function(self, function: Function, arguments: list[object], keywords: dict[str, object]) -> object:
        """Run the body of a function with its arguments; unknown where calls go too deep."""
        function.ran = True
        if self.calls >= _CALLS or self.active.count(function.node) >= _RECURSION:
            return derived(arguments)
        scope = self._bind(function, arguments, keywords)
        outer = self.scope
        self.scope = scope
        self.calls += 1
        self.active.append(function.node)
        try:
            return self.body(function.node)
        finally:
            self.scope = outer
            self.calls -= 1
            self.active.pop()

    def body(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> object:
        """What the body of a function returns; statements are the walker's."""
        return self.value(node.body) if isinstance(node, ast.Lambda) else None

    def _bind(self, function: Function, arguments: list[object], keywords: dict[str, object]) -> Scope:
        scope = Scope(function.scope)
        given = function.node.args
        names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
        values = [function.receiver, *arguments] if function.receiver is not None else list(arguments)
        for index, name in enumerate(names):
            if index < len(values):
                item = values[index]
                scope.variables[name] = item.item if isinstance(item, Some) else item
            elif name in keywords:
                scope.variables[name] = keywords[name]
            else:
                scope.variables[name] = function.defaults.get(name, unknown(Origin("argument", name)))
        for argument in given.kwonlyargs:
            name = argument.arg
            scope.variables[name] = keywords.get(name, function.defaults.get(name, unknown(Origin("argument", name))))
        if given.vararg is not None:
            scope.variables[given.vararg.arg] = values[len(names):]
        if given.kwarg is not None:
            scope.variables[given.kwarg.arg] = {name: thing for name, thing in keywords.items() if name not in names}
        return scope
