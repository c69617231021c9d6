"""Conditions of catalog rules."""

from __future__ import annotations

from packgate.facts.source import source_from
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
        if self.kind == "present":
            return self.source.present(call, it)
        if self.kind == "absent":
            return not self.source.present(call, it)
        values = self.source.values(call, it)
        if self.kind == "like":
            if len(values) < 2:
                return bool(values) and self.globs.may_match(values[0])
            return any(self.globs.may_match(value) for value in values)
        return any(not isinstance(value, str) or not self.globs.match(value) for value in values)


def _test(source: list[Any], test: list[Any], options: dict[str, Option]) -> Test:
    return Test(source_from(source, options), test[0], tuple(test[1]) if len(test) > 1 else ())


class Condition:
    """Alternatives; each a list of tests that must all hold, the cheapest first."""

    __slots__ = ("clauses",)

    def __init__(self, data: list[list[list[Any]]], options: dict[str, Option]) -> None:
        self.clauses = [
            sorted((_test(source, test, options) for source, test in clause), key=lambda test: test.source.cost)
            for clause in data
        ]

    def holds(self, call: Call, it: Value | None = None) -> bool:
        """Whether one of the alternatives holds."""
        for clause in self.clauses:
            for test in clause:
                if not test.holds(call, it):
                    break
            else:
                return True
        return False
