"""Conditions on the values of a field, with the three verdicts `NO`, `MAY` and `MUST`.

``docs/must-and-may.md`` has the truth table; the tests read it from there.
"""

from __future__ import annotations

from packgate.engine.matcher import NOCASE_TYPES
from packgate.engine.partly import MAY, MUST, NO, expand, lowered
from packgate.engine.patterns import Detector, Folded, FromContext
from packgate.engine.shapes import Exact
from packgate.engine.sieve import Sieves, judge_known
from packgate.model.value import has_holes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.engine.context import Context
    from packgate.engine.matcher import Matcher
    from packgate.engine.patterns import Compiler
    from packgate.model.operation import Operation
    from packgate.model.policy import Condition
    from packgate.model.value import Text, Value


_ASKS_CONTEXT = 2
_READS_TEXTS = 3
_MOST_REMEMBERED = 500


class Check:
    """A compiled condition. ``groups`` are its patterns in order, each the matchers that any of may match."""

    __slots__ = (
        "_remembered", "condition", "cost", "detectors", "field", "fold", "groups", "known", "matchers", "quantifier", "sieve", "type",
    )

    def __init__(self, condition: Condition, type: str, compiler: Compiler) -> None:
        self.condition = condition
        self.field = condition.field
        self.quantifier = condition.quantifier
        self.type = type
        self.fold = type in NOCASE_TYPES
        self.groups = tuple(compiler.matchers(pattern, type) for pattern in condition.patterns)
        if self.fold and any(isinstance(matcher, Detector) for group in self.groups for matcher in group):
            # Letter case is part of most secrets, also of those in a URL.
            self.fold = False
            self.groups = tuple([each if isinstance(each, Detector) else Folded(each) for each in group] for group in self.groups)
        self.matchers: list[Matcher] = [matcher for group in self.groups for matcher in group]
        self.known = Sieves(self.matchers)
        # What one known value is judged by where any of the patterns will do and none depends on the context.
        self.sieve = self.known.single if self.quantifier == "any" else None
        self.cost = max((_cost(matcher) for matcher in self.matchers), default=0)
        # The detectors and sets that find what the condition is about.
        self.detectors: tuple[str, ...] = ()
        if self.cost == _READS_TEXTS and self.quantifier != "not":
            self.detectors = tuple(pattern.text for pattern in condition.patterns if pattern.kind == "detector")
        # Verdicts on partly known texts: `*` and `$X` come again and again, and every pattern has to be asked about them.
        self._remembered: dict[tuple[object, ...], int] | None = {} if self.cost < _ASKS_CONTEXT else None

    def verdict(self, values: tuple[Value, ...], context: Context, strict: bool = False) -> int:
        """Whether the condition holds of a field's values; an absent field never does. ``strict`` counts a shell glob
        over file names only as what every file must fulfil."""
        best = NO
        if self.quantifier == "any":
            for value in values:
                found = self.judge(value, context, strict)
                if found == MUST:
                    return MUST
                best = max(best, found)
            return best
        if self.quantifier == "not":
            return max((self.outside(value, context, strict) for value in values), default=NO)
        if not values:
            return NO
        return min(
            (max(self._group(group, value, context, strict) for value in values) for group in self.groups), default=NO
        )

    def excuses(self, values: tuple[Value, ...], context: Context) -> bool:
        """Whether the condition, in an exception, holds of every value and with certainty."""
        if not values:
            return False
        if self.quantifier == "not":
            return all(self.judge(value, context, True) == NO for value in values)
        if any(self.judge(value, context, True) != MUST for value in values):
            return False
        return self.quantifier == "any" or self.verdict(values, context, True) == MUST

    def judge(self, value: Value, context: Context, strict: bool) -> int:
        """Whether a value matches some pattern."""
        if self.fold:
            value = lowered(value)
        if not isinstance(value, str):
            return self._unknown(value, context, strict)
        return self.known.judge(value, context)

    def outside(self, value: Value, context: Context, strict: bool) -> int:
        """Whether a value matches none of the patterns."""
        found = self.judge(value, context, True)
        if not strict and found == MAY and not isinstance(value, str) and not has_holes(value):
            # Some file that the glob names may be outside; one is enough.
            return MUST
        return MUST - found

    def matching(self, values: tuple[Value, ...], context: Context, strict: bool) -> list[Value]:
        """Of the values of a field of which the condition holds, those that make it hold."""
        if len(values) == 1:
            return list(values)
        if self.quantifier == "not":
            return [value for value in values if self.outside(value, context, strict) != NO]
        return [value for value in values if self.judge(value, context, strict) != NO]

    def _group(self, group: list[Matcher], value: Value, context: Context, strict: bool) -> int:
        if self.fold:
            value = lowered(value)
        if isinstance(value, str):
            return judge_known(group, value, context)
        return self._partly(group, value, context, strict)

    def _unknown(self, text: Text, context: Context, strict: bool) -> int:
        folders = context.folders
        # Without a folder that a pattern starts from, the context has to be told of it each time.
        if self._remembered is None or None in folders:
            return self._partly(self.matchers, text, context, strict)
        key = (text, folders, strict)
        found = self._remembered.get(key)
        if found is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[key] = self._partly(self.matchers, text, context, strict)
        return found

    def _partly(self, matchers: list[Matcher], text: Text, context: Context, strict: bool) -> int:
        strings = expand(text)
        if strings is not None:
            found = [judge_known(matchers, string, context) for string in strings]
            return MUST if min(found) == MUST else MAY if max(found) > NO else NO
        best = NO
        for matcher in matchers:
            verdict = matcher.certain(text, context) if strict else matcher.fires(text, context)
            if verdict == MUST:
                return MUST
            if verdict > best:
                best = verdict
        return best


def _cost(matcher: Matcher) -> int:
    """How late a check should come: detectors read whole texts, and what needs the context may say that it is
    missing, which is of interest only when all else holds."""
    if isinstance(matcher, Exact):
        return 0
    return _READS_TEXTS if isinstance(matcher, Detector) else _ASKS_CONTEXT if isinstance(matcher, FromContext) else 1


def clause_verdict(checks: tuple[Check, ...], operation: Operation, context: Context, strict: bool = False) -> int:
    """Whether all checks hold of an operation: certainly when all do."""
    worst = MUST
    fields = operation.fields
    for check in checks:
        values = fields.get(check.field) or operation.get(check.field)
        sieve = check.sieve
        if not values:
            return NO
        if sieve is not None and len(values) == 1 and isinstance(values[0], str):
            # Most conditions: one known value, and patterns of which any will do.
            text = values[0].lower() if check.fold else values[0]
            if sieve.whole:
                found = MUST if text in sieve.exact else NO
            else:
                found = sieve.judge(text, context)
        else:
            found = check.verdict(values, context, strict)
        if found < worst:
            if found == NO:
                return NO
            worst = found
    return worst


def clause_excuses(checks: tuple[Check, ...], operation: Operation, context: Context) -> bool:
    """Whether one mapping of `unless` excuses an operation; an empty one never does."""
    return bool(checks) and all(check.excuses(operation.get(check.field), context) for check in checks)
