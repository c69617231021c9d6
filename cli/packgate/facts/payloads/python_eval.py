"""Expressions of Python, evaluated as far as the text decides them."""

from __future__ import annotations

import ast

from packgate.facts.payloads.python_budget import Exhausted
from packgate.facts.payloads.python_effects import call_library
from packgate.facts.payloads.python_functions import Caller
from packgate.facts.payloads.python_methods import call_method, member_of
from packgate.facts.payloads.python_objects import (
    MISSING,
    Class,
    Function,
    Instance,
    Lib,
    Method,
    Missing,
    Partial,
    Scope,
    Some,
    both,
    derived,
    is_known,
    joined,
    text_of,
)
from packgate.facts.payloads.python_operators import binary, compare, is_true, subscript, unary
from packgate.model.value import Origin, Text, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value

# Items of one collection.
_ITEMS = 2_000
_BUILTINS = frozenset(
    "abs all any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir divmod enumerate "
    "eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len "
    "list locals map max memoryview min next object oct open ord pow print property quit range repr reversed round set setattr slice "
    "sorted staticmethod str sum super tuple type vars zip __import__".split()
)


class Evaluator(Caller):
    """Evaluates expressions."""

    __slots__ = ()

    def hold(self, items: list[object]) -> list[object]:
        """A collection, if it is not too large. Raises `Exhausted`."""
        if len(items) > _ITEMS * 10:
            raise Exhausted
        return items

    def show(self, text: Value) -> None:
        """Something is printed."""
        if self.uncertain:
            self.printed = None
        elif self.printed is not None:
            self.printed.append(text)

    # --- expressions -------------------------------------------------------------------------------------------------

    def value(self, node: ast.expr | None) -> object:
        """The thing that an expression stands for; unknown text where it can't be told."""
        self.step()
        if node is None:
            return None
        if isinstance(node, ast.Constant):
            return node.value if not isinstance(node.value, complex) and node.value is not ... else None
        if isinstance(node, ast.Name):
            return self.name(node.id)
        if isinstance(node, ast.Attribute):
            return self.member(self.value(node.value), node.attr)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return self.items(node.elts)
        if isinstance(node, ast.JoinedStr):
            return self._joined([self.value(part) for part in node.values])
        if isinstance(node, ast.FormattedValue):
            return self._formatted(node)
        if isinstance(node, ast.BinOp):
            return binary(node.op, self.value(node.left), self.value(node.right))
        return self._compound(node)

    def _joined(self, parts: list[object]) -> Value:
        """A formatted text. One of many unknown pieces takes as much as many steps."""
        found = joined(parts)
        if isinstance(found, Text):
            self.count_pieces(len(found.parts))
        return found

    def _compound(self, node: ast.expr) -> object:
        if isinstance(node, ast.Dict):
            return self._dict(node)
        if isinstance(node, ast.Subscript):
            return self._subscript(node)
        if isinstance(node, ast.UnaryOp):
            return unary(node.op, self.value(node.operand))
        if isinstance(node, ast.BoolOp):
            return self._bool(node)
        if isinstance(node, ast.Compare):
            return compare(node.ops, [self.value(node.left), *(self.value(item) for item in node.comparators)])
        if isinstance(node, ast.IfExp):
            return self._either(node)
        if isinstance(node, ast.Lambda):
            return self.function(node)
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            return self._comprehension(node)
        if isinstance(node, ast.NamedExpr):
            found = self.value(node.value)
            self.scope.variables[node.target.id] = found
            return found
        if isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom, ast.Starred)):
            return self.value(node.value)
        return unknown(Origin("argument"))

    def name(self, name: str) -> object:
        """What a name stands for."""
        found = self.scope.find(name)
        if not isinstance(found, Missing):
            return found
        if name in _BUILTINS:
            return Lib(name)
        if name in ("__builtins__", "builtins"):
            return Lib("builtins")
        if name == "__name__":
            return "__main__"
        return unknown(Origin("argument", name))

    def member(self, thing: object, name: str) -> object:
        """A member of a thing."""
        if isinstance(thing, Instance):
            if name in thing.attributes:
                return thing.attributes[name]
            return self.bound(thing.kind, name, thing)
        if isinstance(thing, Class):
            return self.bound(thing, name, None)
        return member_of(thing, name, self)

    def bound(self, kind: Class, name: str, receiver: Instance | None) -> object:
        """A member of a class, bound to an object of it."""
        found = kind.members.get(name, MISSING)
        if isinstance(found, Missing):
            for base in kind.bases:
                if isinstance(base, Class):
                    return self.bound(base, name, receiver)
                if isinstance(base, Lib):
                    return member_of(Lib(base.name + "()", base), name, self)
            return Method(receiver, name)
        if isinstance(found, Function) and receiver is not None:
            copied = Function(found.node, found.scope)
            copied.defaults, copied.receiver = found.defaults, receiver
            found.ran = True
            return copied
        return found

    def items(self, nodes: list[ast.expr]) -> list[object]:
        """The things of a list; a starred list is spread."""
        out: list[object] = []
        for node in nodes:
            found = self.value(node)
            if isinstance(node, ast.Starred):
                out.extend(found if isinstance(found, list) else [found if isinstance(found, Some) else Some(found)])
            else:
                out.append(found)
            self.hold(out)
        return out

    def _formatted(self, node: ast.FormattedValue) -> object:
        found = self.value(node.value)
        if node.format_spec is None or not is_known(found):
            return found
        spec = self.value(node.format_spec)
        if isinstance(spec, str) and len(spec) < 5 and isinstance(found, (str, int, float)):
            try:
                return format(found, spec)
            except ValueError:
                return str(found)
        return found

    def _dict(self, node: ast.Dict) -> object:
        out: dict[str, object] = {}
        for key, item in zip(node.keys, node.values, strict=True):
            found = self.value(item)
            if key is None:
                out.update(found if isinstance(found, dict) else {"": found})
                continue
            name = self.value(key)
            out[name if isinstance(name, str) else str(name) if is_known(name) else ""] = found
        return out

    def _subscript(self, node: ast.Subscript) -> object:
        thing = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            bounds = [self.value(bound) for bound in (node.slice.lower, node.slice.upper, node.slice.step)]
            if isinstance(thing, (str, bytes, list)) and all(bound is None or isinstance(bound, int) for bound in bounds):
                return subscript(thing, slice(*bounds))
            return derived([thing])
        key = self.value(node.slice)
        if isinstance(thing, Lib):
            return member_of(thing, "[]", self, key)
        return subscript(thing, key)

    def _bool(self, node: ast.BoolOp) -> object:
        found: object = None
        started = False
        for item in node.values:
            following = self.value(item)
            found = both(found, following) if started and not is_known(found) else following
            started = True
            truth = is_true(following)
            if truth is not None and truth is isinstance(node.op, ast.Or):
                return following if is_known(found) else found
        return found

    def _either(self, node: ast.IfExp) -> object:
        truth = is_true(self.value(node.test))
        if truth is not None:
            return self.value(node.body if truth else node.orelse)
        return both(self.value(node.body), self.value(node.orelse))

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> object:
        outer = self.scope
        self.scope = Scope(outer)
        out: list[object] = []
        pairs: dict[str, object] = {}
        try:
            exact = self._generate(node, 0, out, pairs)
        finally:
            self.scope = outer
        if isinstance(node, ast.DictComp):
            return pairs
        return out if exact else Some(out[0]) if len(out) == 1 else [Some(item) for item in out]

    def _generate(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, index: int, out: list[object], pairs: dict[str, object]
    ) -> bool:
        if index == len(node.generators):
            if isinstance(node, ast.DictComp):
                pairs[str(text_of(self.value(node.key)))] = self.value(node.value)
            else:
                out.append(self.value(node.elt))
            return True
        generator = node.generators[index]
        found, exact = self.iterated(self.value(generator.iter))
        self.uncertain += not exact
        for item in found:
            self.assign(generator.target, item)
            tests = [is_true(self.value(test)) for test in generator.ifs]
            if False in tests:
                continue
            exact = exact and None not in tests
            exact = self._generate(node, index + 1, out, pairs) and exact
        self.uncertain -= not exact and bool(self.uncertain)
        return exact

    # --- collections -------------------------------------------------------------------------------------------------

    def iterated(self, thing: object) -> tuple[list[object], bool]:
        """The items of a collection, and whether they are all of them."""
        if isinstance(thing, (str, bytes, dict)) and len(thing) <= _ITEMS:
            thing, exact = list(thing), not (isinstance(thing, dict) and "" in thing)
        else:
            exact = True
        if isinstance(thing, list):
            if self.many_steps() and len(thing) > 1:
                return [derived([thing])], False
            items = [item.item if isinstance(item, Some) else item for item in thing[:_ITEMS]]
            if len(thing) > _ITEMS:
                return [*items, derived([thing])], False
            return items, exact and not any(isinstance(item, Some) for item in thing)
        if isinstance(thing, Some):
            return [thing.item], False
        if isinstance(thing, Lib) and thing.name == "os.environ":
            # The names of the variables, without their values.
            return [derived([])], False
        return [derived([thing])], False

    def assign(self, target: ast.expr, thing: object) -> None:
        """Bind a target of an assignment."""
        if isinstance(target, ast.Name):
            self.scope.variables[target.id] = thing
        elif isinstance(target, (ast.Tuple, ast.List)):
            known = thing if isinstance(thing, list) else [derived([thing])] * len(target.elts)
            if len(known) < len(target.elts):
                known = [*known, *[derived([thing])] * (len(target.elts) - len(known))]
            for item, part in zip(target.elts, known, strict=False):
                self.assign(item.value if isinstance(item, ast.Starred) else item, part)
        elif isinstance(target, ast.Attribute):
            receiver = self.value(target.value)
            if isinstance(receiver, Instance):
                receiver.attributes[target.attr] = thing
        elif isinstance(target, ast.Subscript):
            self._assign_item(target, thing)

    def _assign_item(self, target: ast.Subscript, thing: object) -> None:
        receiver = self.value(target.value)
        key = self.value(target.slice) if not isinstance(target.slice, ast.Slice) else None
        if isinstance(receiver, dict):
            receiver[key if isinstance(key, str) else str(key) if is_known(key) else ""] = thing
        elif isinstance(receiver, list) and isinstance(key, int) and -len(receiver) <= key < len(receiver):
            receiver[key] = thing
        elif isinstance(receiver, Lib) and receiver.name == "os.environ" and isinstance(key, str):
            self.payload.state.variables[key] = text_of(thing)
            self.payload.state.exported.add(key)

    # --- calls -------------------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> object:
        called = self.value(node.func)
        arguments = self.items(node.args)
        keywords: dict[str, object] = {}
        for keyword in node.keywords:
            found = self.value(keyword.value)
            if keyword.arg is not None:
                keywords[keyword.arg] = found
            elif isinstance(found, dict):
                keywords.update(found)
        return self.call(called, arguments, keywords)

    def call(self, called: object, arguments: list[object], keywords: dict[str, object]) -> object:
        """Call a thing."""
        self.step()
        if isinstance(called, Partial):
            return self.call(called.function, [*called.arguments, *arguments], {**called.keywords, **keywords})
        if isinstance(called, Function):
            return self.run_function(called, arguments, keywords)
        if isinstance(called, Class):
            return self.instance(called, arguments, keywords)
        if isinstance(called, Lib):
            return call_library(called, arguments, keywords, self)
        if isinstance(called, Method):
            return call_method(called, arguments, keywords, self)
        if isinstance(called, Instance):
            return self.call(self.member(called, "__call__"), arguments, keywords)
        self.run_callbacks(arguments, keywords)
        return derived([called, *arguments, *keywords.values()])
