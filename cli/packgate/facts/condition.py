"""Conditions of catalog rules."""

from __future__ import annotations

from packgate.facts.field_value import source_from
from packgate.facts.wildcard import Globs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from packgate.facts.call import Call
    from packgate.facts.program import Option
    from packgate.facts.source import Source
    from packgate.model.value import Value


_NO_GLOBS = Globs(())


class Test:
    """A source and what must hold of it: ``present``, ``absent``, ``like`` or ``unlike`` some globs."""

    __slots__ = ("globs", "kind", "source")

    def __init__(self, source: Source, kind: str, globs: Globs) -> None:
        self.source = source
        self.kind = kind
        self.globs = globs

    def holds(self, call: Call, it: Value | None) -> bool:
        """Whether it holds, or may hold by the known part of a partly known value; a value of which nothing is known is not
        like anything. ``unlike`` fails only where the known part decides it."""
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
        for value in self.source.values(call, it):
            if not (self.globs.match(value) if isinstance(value, str) else self.globs.must_match(value)):
                return True
        return False

    def given(self, options: Collection[str]) -> Test | bool:
        """What is left to ask of calls with these options; whether it holds, where their names tell."""
        source = self.source.given(options)
        if source is None:
            return self.kind == "absent"
        if self.kind in ("present", "absent"):
            # Whether something is present is asked of the source as it is written: a flag among several has no value.
            return self.kind == "present" if self.source.by_name else self
        return self if source is self.source else Test(source, self.kind, self.globs)


class Condition:
    """Alternatives, each of tests that must all hold."""

    __slots__ = ("clauses",)

    def __init__(self, clauses: list[tuple[Test, ...]]) -> None:
        self.clauses = clauses

    def holds(self, call: Call, it: Value | None = None) -> bool:
        """Whether one of the alternatives holds."""
        for clause in self.clauses:
            for test in clause:
                if not test.holds(call, it):
                    break
            else:
                return True
        return False

    def given(self, options: Collection[str]) -> Condition | bool:
        """What is left to ask of calls with these options; whether it holds, when that is nothing."""
        left: list[tuple[Test, ...]] = []
        for clause in self.clauses:
            asked: list[Test] = []
            for test in clause:
                found = test.given(options)
                if found is False:
                    break
                if found is not True:
                    asked.append(found)
            else:
                if not asked:
                    return True
                left.append(tuple(asked))
        if not left:
            return False
        return self if left == self.clauses else Condition(left)


def condition_from(data: list[list[list[Any]]], options: dict[str, Option]) -> Condition:
    """A condition from its compiled form; option names are those of the level it stands in."""
    return Condition([
        tuple([
            Test(source_from(source, options), test[0], Globs(tuple(test[1])) if len(test) > 1 else _NO_GLOBS) for source, test in clause
        ])
        for clause in data
    ])
