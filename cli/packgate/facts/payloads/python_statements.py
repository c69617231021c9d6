"""Statements of Python: assignments, definitions, branches and loops."""

from __future__ import annotations

import ast

from packgate.facts.payloads.python_eval import Evaluator
from packgate.facts.payloads.python_objects import MISSING, Class, Function, Lib, Scope, both
from packgate.facts.payloads.python_operators import binary, is_true
from packgate.model.value import unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.nested import Payload

_ROUNDS = 2
# What a block ends with.
_FALLS = ""
_RETURN = "return"
_BREAK = "break"
_CONTINUE = "continue"


class Statements(Evaluator):
    """Runs statements. ``returned`` holds what the functions that run have returned so far, ``stars`` the modules whose names
    were all imported."""

    __slots__ = ("returned", "stars")

    def __init__(self, payload: Payload, nested: int) -> None:
        super().__init__(payload, nested)
        self.returned: list[list[object]] = []
        self.stars: list[str] = []

    def body(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> object:
        """Run the body of a function; what it returns."""
        if isinstance(node, ast.Lambda):
            return self.value(node.body)
        self.returned.append([])
        try:
            self.block(node.body)
        finally:
            found = self.returned.pop()
        result: object = found[0] if found else None
        for other in found[1:]:
            result = both(result, other)
        return result

    def block(self, nodes: list[ast.stmt]) -> str:
        """Run statements; how the block ends."""
        for node in nodes:
            self.step()
            end = self._statement(node)
            if end:
                return end
        return _FALLS

    def _statement(self, node: ast.stmt) -> str:
        if isinstance(node, ast.Expr):
            self.value(node.value)
        elif isinstance(node, ast.Assign):
            found = self.value(node.value)
            for target in node.targets:
                self.assign(target, found)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self._define(node)
        elif isinstance(node, ast.If):
            return self._if(node)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            return self._for(node)
        elif isinstance(node, ast.While):
            return self._while(node)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            return self._with(node)
        elif isinstance(node, ast.Try):
            return self._try(node)
        else:
            return self._small(node)
        return _FALLS

    def _small(self, node: ast.stmt) -> str:
        if isinstance(node, ast.Return):
            if self.returned:
                found = self.value(node.value)
                self.returned[-1].append(found)
            return _RETURN
        if isinstance(node, ast.Break):
            return _BREAK
        if isinstance(node, ast.Continue):
            return _CONTINUE
        if isinstance(node, ast.AnnAssign):
            self.assign(node.target, self.value(node.value) if node.value is not None else unknown())
        elif isinstance(node, ast.AugAssign):
            left = self.value(node.target)
            self.assign(node.target, binary(node.op, left, self.value(node.value)))
        elif isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, ast.Raise):
            self.value(node.exc)
        elif isinstance(node, ast.Assert):
            self.value(node.test)
            self.value(node.msg)
        elif isinstance(node, ast.Match):
            return self._match(node)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            self._share(node.names)
        return _FALLS

    def _share(self, names: list[str]) -> None:
        """``global x``: what is set here is read outside; this takes the outer value along."""
        for name in names:
            found = self.scope.find(name)
            if found is not MISSING:
                self.scope.variables[name] = found

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                full, first = alias.name, alias.name.partition(".")[0]
                found = self.module(full)
                self.scope.variables[alias.asname or first] = found if alias.asname or not isinstance(found, Lib) else Lib(first)
            return
        module = self.module("." * node.level + (node.module or "") if node.level else node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(module.name if isinstance(module, Lib) else "")
            else:
                self.scope.variables[alias.asname or alias.name] = self.member(module, alias.name)

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.value(decorator)
        self.scope.variables[node.name] = self.function(node)

    def _class(self, node: ast.ClassDef) -> None:
        bases = [self.value(base) for base in node.bases]
        outer, self.scope = self.scope, Scope(self.scope)
        try:
            self.block(node.body)
            members = self.scope.variables
        finally:
            self.scope = outer
        for member in members.values():
            if isinstance(member, Function):
                member.scope = outer
        self.scope.variables[node.name] = Class(node.name, bases, members)

    # --- control -----------------------------------------------------------------------------------------------------

    def _if(self, node: ast.If) -> str:
        truth = is_true(self.value(node.test))
        if truth is not None:
            return self.block(node.body if truth else node.orelse)
        return self._branches([node.body, node.orelse])

    def _branches(self, branches: list[list[ast.stmt]]) -> str:
        """Run every branch from the same state, and join what they leave."""
        scope = self.scope
        before = dict(scope.variables)
        merged: dict[str, object] | None = None
        ends = []
        self.uncertain += 1
        for branch in branches:
            self.count_names(len(before))
            scope.variables = dict(before)
            end = self.block(branch)
            ends.append(end)
            if end in (_RETURN,) and merged is not None:
                continue
            merged = scope.variables if merged is None or (ends[0] == _RETURN and len(ends) == 2) else _join(merged, scope.variables)
        self.uncertain -= 1
        scope.variables = merged if merged is not None else before
        return ends[0] if all(end == ends[0] for end in ends) else _FALLS

    def _for(self, node: ast.For | ast.AsyncFor) -> str:
        items, exact = self.iterated(self.value(node.iter))
        self.uncertain += not exact
        end = _FALLS
        for item in items:
            self.assign(node.target, item)
            end = self.block(node.body)
            if end in (_BREAK, _RETURN):
                break
        self.uncertain -= not exact
        if end == _RETURN and exact:
            return end
        return self.block(node.orelse) if end != _BREAK else _FALLS

    def _while(self, node: ast.While) -> str:
        for _ in range(_ROUNDS):
            truth = is_true(self.value(node.test))
            if truth is False:
                break
            self.uncertain += 1
            end = self.block(node.body)
            self.uncertain -= 1
            if end in (_BREAK, _RETURN):
                break
        else:
            if self.printed:
                self.printed = None
        return self.block(node.orelse)

    def _with(self, node: ast.With | ast.AsyncWith) -> str:
        for item in node.items:
            found = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, found)
        return self.block(node.body)

    def _try(self, node: ast.Try) -> str:
        end = self.block(node.body)
        before = dict(self.scope.variables)
        self.count_names(len(before))
        self.uncertain += 1
        for handler in node.handlers:
            if handler.name is not None:
                self.scope.variables[handler.name] = unknown()
            self.block(handler.body)
        self.scope.variables = _join(before, self.scope.variables)
        self.uncertain -= 1
        if end == _FALLS:
            end = self.block(node.orelse)
        return self.block(node.finalbody) or end

    def _match(self, node: ast.Match) -> str:
        self.value(node.subject)
        for case in node.cases:
            for pattern in ast.walk(case.pattern):
                if isinstance(pattern, (ast.MatchAs, ast.MatchStar)) and pattern.name is not None:
                    self.scope.variables[pattern.name] = unknown()
        return self._branches([case.body for case in node.cases] + [[]])


def _join(one: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    """The names after two branches."""
    return {name: both(one.get(name, MISSING), other.get(name, MISSING)) for name in [*one, *(key for key in other if key not in one)]}
