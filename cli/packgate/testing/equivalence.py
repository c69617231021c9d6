"""Mutants that do the same as the policy: no case can tell them apart, so they do not count.

Two proofs: the automata of the patterns match the same texts (`engine.inclusion`), or the field can only have values of a closed set, on
each of which the conditions agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.engine.context import Context
from packgate.engine.inclusion import included
from packgate.engine.matcher import NOCASE_TYPES, Regular
from packgate.engine.partly import NO
from packgate.engine.patterns import Compiler
from packgate.engine.syntax import PatternError
from packgate.model.action import shell_action
from packgate.testing.pattern_mutants import COMPUTED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from packgate.engine.matcher import Matcher
    from packgate.model.policy import Condition, Pattern
    from packgate.testing.mutant import Mutant

    # All values that a field of an operation of some families can have; None when others are possible.
    KnownValues = Callable[[Sequence[str], str], frozenset[str] | None]

_BUDGET = 4000
# What the analysis says of a path whose place it does not know; no policy names these.
_UNCERTAIN = {"scope": ("unknown", "derived", "none")}


class Equivalence:
    """Compares the condition that a mutant changed with what it was."""

    __slots__ = ("compiler", "context", "types", "values")

    def __init__(self, types: Mapping[str, str], lists: Mapping[str, tuple[str, ...]], values: KnownValues | None) -> None:
        self.types = types
        self.compiler = Compiler(dict(lists), None)
        self.values = values
        self.context = Context(shell_action("true"))

    def same(self, mutant: Mutant) -> bool:
        """Whether the changed condition surely holds of the same operations."""
        before, after = mutant.before, mutant.after
        if before is None or after is None or before.quantifier != after.quantifier or before.quantifier == "all":
            return False
        return self._same_values(mutant, before, after) or self._same_texts(mutant, before, after)

    def example(self, mutant: Mutant) -> str | None:
        """A short text that one condition matches and the other does not, where that is easily found."""
        if mutant.kind != "widen" or mutant.before is None or mutant.new is None:
            return None
        wider = self._regular([mutant.new], mutant.before.field, every=True)
        if wider is None:
            return None
        try:
            return included(wider, self._regular(mutant.before.patterns, mutant.before.field) or [], _BUDGET).witness
        except PatternError:
            return None

    def _same_values(self, mutant: Mutant, before: Condition, after: Condition) -> bool:
        known = self._known(mutant, before.field)
        if known is None:
            return False
        first, second = self._matchers(before.patterns, before.field), self._matchers(after.patterns, before.field)
        return all(self._any(first, value, before.field) == self._any(second, value, before.field) for value in known)

    def _known(self, mutant: Mutant, field: str) -> frozenset[str] | None:
        found = self.values(mutant.policy.when, field) if self.values is not None else None
        if found is None and field in COMPUTED:
            return frozenset((*COMPUTED[field], *_UNCERTAIN.get(field, ())))
        return found

    def _any(self, matchers: list[Matcher], value: str, name: str) -> bool:
        if self.types.get(name, "word") in NOCASE_TYPES:
            value = value.lower()
        return any(matcher.known(value, self.context) != NO for matcher in matchers)

    def _matchers(self, patterns: Sequence[Pattern], name: str) -> list[Matcher]:
        return [matcher for pattern in patterns for matcher in self.compiler.matchers(pattern, self.types.get(name, "word"))]

    def _same_texts(self, mutant: Mutant, before: Condition, after: Condition) -> bool:
        """Whether what went is still matched, and what came was matched before."""
        return self._covered(mutant.old, after) and self._covered(mutant.new, before)

    def _covered(self, pattern: Pattern | None, condition: Condition) -> bool:
        """Whether other patterns match all that ``pattern`` does; no pattern is always covered."""
        if pattern is None:
            return True
        left = self._regular([pattern], condition.field, every=True)
        right = self._regular(condition.patterns, condition.field)
        if not left or not right:
            return False
        try:
            return included(left, right, _BUDGET).holds is True
        except PatternError:
            return False

    def _regular(self, patterns: Sequence[Pattern], name: str, *, every: bool = False) -> list[Regular] | None:
        """The matchers that are automata; None when ``every`` one should be and some is not."""
        found = self._matchers([pattern for pattern in patterns if pattern.kind in ("glob", "regex")], name)
        regular = [matcher for matcher in found if isinstance(matcher, Regular)]
        return None if every and (len(regular) < len(found) or len(found) < len(patterns)) else regular
