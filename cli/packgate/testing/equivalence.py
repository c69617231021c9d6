"""Mutants that do the same as the policy: no case can tell them apart, so they do not count.

Two proofs: the automata of the patterns match the same texts (`engine.inclusion`), or the field can only have values of a closed set, on
each of which the conditions agree. A glob that was made wider or narrower on a field whose values are words of the catalog is judged by
the catalog's words too, even where the command line may bring others: a case would need a program that nobody knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.engine.context import Context
from packgate.engine.inclusion import included
from packgate.engine.matcher import NOCASE_TYPES, Regular
from packgate.engine.partly import NO
from packgate.engine.patterns import Compiler
from packgate.engine.syntax import PatternError
from packgate.facts.environment import DEFAULT_WORDS
from packgate.model.action import shell_action

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from packgate.engine.matcher import Matcher
    from packgate.model.policy import Condition, Pattern
    from packgate.testing.mutants import Mutant

    # The values that a field of an operation of some families can have; None when any value is possible.
    KnownValues = Callable[[Sequence[str], str], "Known | None"]

# Fields that the analysis computes, with all their values (schema/vocabulary.yaml).
COMPUTED = {
    "environment": frozenset(DEFAULT_WORDS),
    "network": frozenset({"public", "private", "loopback", "metadata"}),
    "clause": frozenset({"where", "none"}),
    "effect": frozenset({"read", "write", "delete", "execute", "send", "grant"}),
    "scope": frozenset({"repository", "home", "temporary", "system", "toolchain", "other"}),
    "action-type": frozenset({"read", "write", "destructive"}),
}
_BUDGET = 4000


class Known:
    """Values that a field can have; ``complete`` when there are no others."""

    __slots__ = ("complete", "values")

    def __init__(self, values: frozenset[str], *, complete: bool) -> None:
        self.values = values
        self.complete = complete


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
        if before is None or after is None or before.quantifier == "all":
            return False
        return self._same_values(mutant, before, after) or self._same_texts(before, after)

    def example(self, mutant: Mutant) -> str | None:
        """A short text that one condition matches and the other does not, where that is easily found."""
        if mutant.kind != "widen" or mutant.before is None or mutant.after is None:
            return None
        first, second = self._regular(mutant.before), self._regular(mutant.after)
        if first is None or second is None:
            return None
        try:
            return included(second, first, _BUDGET).witness
        except PatternError:
            return None

    def _same_values(self, mutant: Mutant, before: Condition, after: Condition) -> bool:
        computed = COMPUTED.get(before.field)
        if computed is not None:
            known: Known | None = Known(computed, complete=True)
        else:
            known = self.values(mutant.policy.when, before.field) if self.values is not None else None
        if known is None or not (known.complete or mutant.kind in ("widen", "narrow")):
            return False
        first, second = self._matchers(before.patterns, before.field), self._matchers(after.patterns, before.field)
        return all(self._any(first, value, before.field) == self._any(second, value, before.field) for value in known.values)

    def _any(self, matchers: list[Matcher], value: str, name: str) -> bool:
        if self.types.get(name, "word") in NOCASE_TYPES:
            value = value.lower()
        return any(matcher.known(value, self.context) != NO for matcher in matchers)

    def _matchers(self, patterns: Sequence[Pattern], name: str) -> list[Matcher]:
        return [matcher for pattern in patterns for matcher in self.compiler.matchers(pattern, self.types.get(name, "word"))]

    def _same_texts(self, before: Condition, after: Condition) -> bool:
        first, second = self._regular(before), self._regular(after)
        if first is None or second is None or not second:
            return False
        try:
            return included(first, second, _BUDGET).holds is True and included(second, first, _BUDGET).holds is True
        except PatternError:
            return False

    def _regular(self, condition: Condition) -> list[Regular] | None:
        """The matchers, when all of them are automata."""
        if any(pattern.kind not in ("glob", "regex") for pattern in condition.patterns):
            return None
        found = self._matchers(condition.patterns, condition.field)
        regular = [matcher for matcher in found if isinstance(matcher, Regular)]
        return regular if len(regular) == len(found) else None
