"""Sets of operations, as boxes: for every field, what its value must and must not match.

A policy fires on the operations of its clauses, less those of its exceptions. What one set of policies fires on and another
does not is found by taking the boxes of the second away from those of the first, one condition at a time; a box that is left
and not empty has a shortest operation in it, which is the witness.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packgate.engine.inclusion import apart
from packgate.impact.literals import Machines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packgate.engine.automaton import Automaton
    from packgate.impact.literals import Demand, Test
    from packgate.model.policy import Pattern


class OutOfBudget(Exception):
    """The comparison took more steps than it was given."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is known of the value of one field: ``present`` is None while it may be there or not."""

    present: bool | None = None
    holds: frozenset[Test] = frozenset()
    fails: frozenset[Test] = frozenset()

    def narrowed(self, present: bool, holds: Sequence[Test] = (), fails: Sequence[Test] = ()) -> Span | None:
        """This and more; None when the two plainly contradict each other."""
        if self.present is not None and self.present != present:
            return None
        return Span(present, self.holds | frozenset(holds), self.fails | frozenset(fails))


Box = dict[str, Span]
# Combinations of positions beyond which a search over several machines is slow.
_MANY_PLACES = 5_000


@dataclass(frozen=True, slots=True)
class Fires:
    """What a policy fires on: the operations of one of ``clauses`` that none of ``exceptions`` takes out."""

    clauses: tuple[tuple[Demand, ...], ...]
    exceptions: tuple[tuple[Demand, ...], ...]


@dataclass(slots=True)
class Search:
    """Finds boxes that are not empty. ``budget``: places of machines that may be visited, and boxes that may be made, together."""

    budget: int
    _texts: dict[tuple[frozenset[Test], frozenset[Test], bool], str | None] = field(default_factory=dict)
    _machines: Machines = field(default_factory=Machines)

    def difference(self, left: Sequence[Fires], right: Sequence[Fires]) -> Iterator[dict[str, str | None]]:
        """Operations that the left fires on and the right does not, one for each box that is left.

        Each comes as the values of fields; None: absent, or left open where a pattern that only run time can judge plays a part, so
        whoever asks has to try it. Raises `OutOfBudget`.
        """
        for fires in left:
            for clause in fires.clauses:
                start = self._within({}, clause)
                if start is not None:
                    yield from self._left_over(start, fires.exceptions, right)

    def _left_over(
        self, box: Box, excused: tuple[tuple[Demand, ...], ...], right: Sequence[Fires]
    ) -> Iterator[dict[str, str | None]]:
        boxes = [box]
        # An exception that both sides have makes no difference.
        others = [Fires(fires.clauses, tuple(each for each in fires.exceptions if each not in excused)) for fires in right]
        for fires in [*others, Fires(excused, ())]:
            boxes = [rest for each in boxes for rest in self._without(each, fires)]
        for each in boxes:
            found = self._witness(each)
            if found is not None:
                yield found

    def _without(self, box: Box, fires: Fires) -> Iterator[Box]:
        """A box without what a policy fires on: outside all of its clauses, or inside one of its exceptions."""
        for exception in fires.exceptions:
            inside = self._within(box, exception)
            if inside is not None and exception:
                yield inside
        boxes = [box]
        # A clause that the box was made from leaves nothing of it: it comes first.
        for clause in sorted(fires.clauses, key=lambda clause: self._within_all(box, clause), reverse=True):
            boxes = [rest for each in boxes for rest in self._outside(each, clause)]
        yield from boxes

    def _within_all(self, box: Box, clause: tuple[Demand, ...]) -> bool:
        """Whether a box plainly lies inside a clause: it has all of its demands."""
        spans = [(box.get(demand.field, Span()), demand) for demand in clause]
        return all(span.holds.issuperset(demand.holds) and span.fails.issuperset(demand.fails) for span, demand in spans)

    def _outside(self, box: Box, clause: tuple[Demand, ...]) -> Iterator[Box]:
        """The parts of a box where a clause does not hold: up to some demand all hold, and that one does not."""
        before: Box | None = box
        for demand in clause:
            if before is None:
                return
            for failing in _negated(demand):
                yield from self._kept(before, demand.field, failing)
            before = self._within(before, (demand,))

    def _kept(self, box: Box, name: str, change: tuple[bool, tuple[Test, ...], tuple[Test, ...]]) -> Iterator[Box]:
        span = box.get(name, Span()).narrowed(*change)
        if span is not None and self._text(span) is not None:
            yield {**box, name: span}

    def _within(self, box: Box, clause: tuple[Demand, ...]) -> Box | None:
        """The part of a box where a clause holds; None when there is none."""
        found = dict(box)
        for demand in clause:
            span = found.get(demand.field, Span()).narrowed(True, demand.holds, demand.fails)
            if span is None or self._text(span) is None:
                return None
            found[demand.field] = span
        return found

    def _witness(self, box: Box) -> dict[str, str | None] | None:
        values: dict[str, str | None] = {}
        for name, span in sorted(box.items()):
            found = self._text(span, shaped=True)
            if found is None:
                return None
            values[name] = found or None
        return values

    def _text(self, span: Span, shaped: bool = False) -> str | None:
        """A shortest text of a span, None when there is none; empty for no value, or one that is left open. ``shaped``: only one that
        a value of the field's type can be, which takes longer to find."""
        self._spend(1)
        if not span.present:
            return None if span.holds else ""
        key = (span.holds, span.fails, shaped)
        if key not in self._texts:
            self._texts[key] = self._search(span, shaped)
        return self._texts[key]

    def _search(self, span: Span, shaped: bool) -> str | None:
        # What a refused test matches can't be how an accepted one matches.
        refused = frozenset(pattern for test in span.fails for pattern in test.patterns)
        if any(refused.issuperset(test.patterns) for test in span.holds):
            return None
        if len(span.holds) == 1 and not span.fails and not shaped:
            return ""
        machines = [self._machines.of(test, refused) for test in _ordered(span.holds)]
        accepting = [machine for machine in machines if machine is not None]
        if len(accepting) == len(machines):
            shared = self._shared(span, accepting, refused)
            found = self._apart(span, shared, shaped) if shared else None
            if found is None:
                found = self._apart(span, accepting, shaped)
            if found is not None:
                return found
        # A value that only run time can judge may still be in it.
        return "" if any(test.others - refused for test in span.holds) else None

    def _shared(self, span: Span, accepting: list[Automaton], refused: frozenset[Pattern]) -> list[Automaton]:
        """One machine for the patterns that all accepting tests share, where the machines of all together would be slow to search; what
        it matches, they all match."""
        places = 1
        for each in accepting:
            places *= len(each.follow)
        if len(accepting) < 2 or places < _MANY_PLACES:
            return []
        first, *others = _ordered(span.holds)
        shared = frozenset(first.patterns).intersection(*(test.patterns for test in others)) - refused
        machine = self._machines.of(first, frozenset(first.patterns) - shared)
        return [machine] if machine is not None else []

    def _apart(self, span: Span, accepting: list[Automaton], shaped: bool) -> str | None:
        type = next((test.type for test in (*span.holds, *span.fails)), "word")
        refusing = [machine for machine in map(self._machines.of, _ordered(span.fails)) if machine is not None]
        if shaped or not accepting:
            accepting = [self._machines.shape(type), *accepting]
        result = apart(accepting, refusing, max(self.budget, 1))
        self._spend(result.visited)
        if result.holds is None:
            raise OutOfBudget
        return result.witness

    def _spend(self, steps: int) -> None:
        self.budget -= steps
        if self.budget < 0:
            raise OutOfBudget


def _ordered(tests: frozenset[Test]) -> list[Test]:
    return sorted(tests, key=lambda test: test.order)


def _negated(demand: Demand) -> Iterator[tuple[bool, tuple[Test, ...], tuple[Test, ...]]]:
    """The ways in which a demand does not hold, the value being there first."""
    for test in demand.holds:
        yield True, (), (test,)
    for test in demand.fails:
        yield True, (test,), ()
    yield False, (), ()
