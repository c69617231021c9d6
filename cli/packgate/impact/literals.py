"""Conditions as demands on one value of a field, over the machines that match at run time.

The comparison of conditions looks at operations with at most one value for a field. There a condition is a list of demands:
that the value is there, and for each test whether it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.engine.context import WHERE
from packgate.engine.inclusion import union
from packgate.engine.matcher import Regular
from packgate.engine.patterns import Based, Compiler

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from packgate.engine.automaton import Automaton
    from packgate.engine.matcher import Matcher
    from packgate.model.policy import Condition, Pack, Pattern

# Conditions of `where` stand beside those on fields, under a name that no field has.
WHERE_PREFIX = "where "
# Where patterns that start from a folder start, while they are compared.
HOME = "/home/dev"
ROOT = "/home/dev/proj"
_BASES = {"~": HOME, ".": ROOT}
# What the texts of a type look like: paths are absolute and normalised, nothing is empty or holds control characters.
_SHAPES = {"path": r"/|/[^/\x00-\x1f\x7f]([^/\x00-\x1f\x7f]|/[^/\x00-\x1f\x7f])*"}
_ANY_SHAPE = r"[^\x00-\x1f\x7f]+"


@dataclass(frozen=True, slots=True)
class Test:
    """Whether a text matches one of some patterns: those that machines decide (``regular``), and those that only run time can judge
    (``others``: address ranges, detectors, values of the context), which are compared by what they say."""

    patterns: tuple[Pattern, ...]
    type: str
    regular: Mapping[Pattern, Regular]
    others: frozenset[Pattern]

    @property
    def order(self) -> tuple[tuple[str, str], ...]:
        """What tests are sorted by, since sets of them have no order."""
        return tuple((pattern.kind, pattern.text) for pattern in self.patterns)

    def __hash__(self) -> int:
        return hash((self.patterns, self.type))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Test) and (other.patterns, other.type) == (self.patterns, self.type)


@dataclass(frozen=True, slots=True)
class Demand:
    """A condition: all of the tests of ``holds`` and none of ``fails`` hold of the value of a field, and there is one."""

    field: str
    holds: tuple[Test, ...]
    fails: tuple[Test, ...]


class Tests:
    """Makes tests for one pack; equal patterns share their machine, also across packs that share ``made``."""

    def __init__(self, pack: Pack, types: Mapping[str, str], lists: Mapping[str, tuple[str, ...]], made: dict[object, Test]) -> None:
        self._lists = {**lists, **pack.lists}
        self._compiler = Compiler(self._lists)
        self._types = types
        self._made = made

    def demand(self, condition: Condition, where: bool = False) -> Demand:
        """A condition of `if` or `unless`, or of `where`. Raises `PatternError`."""
        type = WHERE[condition.field][1] if where else self._types.get(condition.field, "word")
        name = WHERE_PREFIX + condition.field if where else condition.field
        if condition.quantifier == "all":
            return Demand(name, tuple(self._test((pattern,), type) for pattern in condition.patterns), ())
        test = self._test(condition.patterns, type)
        return Demand(name, (), (test,)) if condition.quantifier == "not" else Demand(name, (test,), ())

    def _test(self, patterns: tuple[Pattern, ...], type: str) -> Test:
        spelled = tuple(dict.fromkeys(each for pattern in patterns for each in self._spelled(pattern)))
        key = (spelled, type)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._make(spelled, type)
        return found

    def _spelled(self, pattern: Pattern) -> list[Pattern]:
        """A list by its entries: two packs may give one name to different lists."""
        if pattern.kind != "list":
            return [pattern]
        return [type(pattern)("glob", entry) for entry in self._lists.get(pattern.text, ())]

    def _make(self, patterns: tuple[Pattern, ...], type: str) -> Test:
        found = {pattern: _regular(self._compiler.matchers(pattern, type)[0]) for pattern in patterns}
        regular = {pattern: matcher for pattern, matcher in found.items() if matcher is not None}
        return Test(patterns, type, regular, frozenset(patterns) - frozenset(regular))


class Machines:
    """Machines for any of some patterns, each made once."""

    __slots__ = ("_made", "_shapes")

    def __init__(self) -> None:
        self._made: dict[tuple[str, tuple[Pattern, ...]], Automaton] = {}
        self._shapes: dict[str, Automaton] = {}

    def of(self, test: Test, without: AbstractSet[Pattern] = frozenset()) -> Automaton | None:
        """The machine of a test's patterns, some left out; None when no pattern that a machine decides is left. Raises `PatternError`."""
        patterns = tuple(pattern for pattern in test.regular if pattern not in without)
        if not patterns:
            return None
        key = (test.type, patterns)
        if key not in self._made:
            self._made[key] = union([test.regular[pattern] for pattern in patterns])
        return self._made[key]

    def shape(self, type: str) -> Automaton:
        """The machine of every text that a value of a type can be."""
        if type not in self._shapes:
            self._shapes[type] = union([Regular(_SHAPES.get(type, _ANY_SHAPE), type, glob=False)])
        return self._shapes[type]


def _regular(matcher: Matcher) -> Regular | None:
    if isinstance(matcher, Based):
        return matcher.at(_BASES[matcher.base])
    return matcher if isinstance(matcher, Regular) else None
