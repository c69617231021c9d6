"""Conditions of catalog rules."""

from __future__ import annotations

from packgate.facts.source import OptionSource, source_from
from packgate.facts.wildcard import Globs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.facts.call import Call
    from packgate.facts.program import Option
    from packgate.facts.source import Source
    from packgate.model.value import Value


class Test:
    """A source and what must hold of it: ``present``, ``absent``, ``like`` or ``unlike`` some globs."""

    __slots__ = ("globs", "kind", "source")

    def __init__(self, source: Source, kind: str, globs: tuple[str, ...]) -> None:
        self.source = source
        self.kind = kind
        self.globs = Globs(globs)

    def holds(self, call: Call, it: Value | None) -> bool:
        """Whether it holds, or may hold by the known part of a partly known value; a value of which nothing is known is not
        like anything."""
        kind = self.kind
        if kind == "like":
            for value in self.source.values(call, it):
                if self.globs.match(value) if isinstance(value, str) else self.globs.may_match(value):
                    return True
            return False
        if kind == "present":
            return self.source.present(call, it)
        if kind == "absent":
            return not self.source.present(call, it)
        for value in self.source.values(call, it):  # noqa: SIM110 (a generator would cost another call)
            if not isinstance(value, str) or not self.globs.match(value):
                return True
        return False


def _test(source: list[Any], test: list[Any], options: dict[str, Option]) -> Test:
    return Test(source_from(source, options), test[0], tuple(test[1]) if len(test) > 1 else ())


class Clause:
    """Tests that must all hold. ``present`` and ``absent`` are the options that must and must not be given: those that are asked
    for, and those whose value is."""

    __slots__ = ("absent", "needed", "present", "tests")

    def __init__(self, data: list[list[Any]], options: dict[str, Option]) -> None:
        given: dict[str, list[str]] = {"present": [], "absent": []}
        self.tests: list[Test] = []
        for item, test in data:
            source = source_from(item, options)
            if isinstance(source, OptionSource):
                given["absent" if test[0] == "absent" else "present"].append(source.key)
            if not isinstance(source, OptionSource) or test[0] not in given:
                self.tests.append(Test(source, test[0], tuple(test[1]) if len(test) > 1 else ()))
        self.present = frozenset(given["present"])
        self.absent = frozenset(given["absent"])
        # One of those that must be given, which rules most calls out.
        self.needed: str | None = given["present"][0] if given["present"] else None

    def holds(self, call: Call, it: Value | None) -> bool:
        """Whether all its tests hold."""
        options = call.options
        if self.present and not self.present <= options.keys():
            return False
        if options and not self.absent.isdisjoint(options):
            return False
        for test in self.tests:  # noqa: SIM110 (a generator would cost another call)
            if not test.holds(call, it):
                return False
        return True


class Condition:
    """Alternatives."""

    __slots__ = ("clauses",)

    def __init__(self, data: list[list[list[Any]]], options: dict[str, Option]) -> None:
        self.clauses = [Clause(clause, options) for clause in data]

    def holds(self, call: Call, it: Value | None = None) -> bool:
        """Whether one of the alternatives holds."""
        options = call.options
        for clause in self.clauses:  # noqa: SIM110 (as above)
            if (clause.needed is None or clause.needed in options) and clause.holds(call, it):
                return True
        return False
