"""Elements of a list that may stand for several or for none: a glob is as many arguments as there are files, unknown text that
was not quoted as many as it has words, and what only one of several branches adds may not be there. How many elements there are,
and which is at what place behind them, is then unknown."""

from __future__ import annotations

from packgate.model.value import DIGITS, Glob, Hole, Origin, Text, has_globs, origins_of, unknown
from packgate.shell.partial import either

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value


class Loose(Text):
    """A field with unknown text that was not quoted: the shell splits it into any number of them."""

    __slots__ = ()


def is_elastic(value: Value) -> bool:
    """Whether an element may stand for several, or for none."""
    if isinstance(value, Loose):
        return True
    if not isinstance(value, Text):
        return False
    absent = True
    for part in value.parts:
        if isinstance(part, Glob):
            return True
        absent = absent and isinstance(part, Hole) and "" in part.choices
    return absent


def first_elastic(values: list[Value]) -> int:
    """The place of the first such element; behind the last when there is none."""
    for place, value in enumerate(values):
        if is_elastic(value):
            return place
    return len(values)


def count(values: list[Value], name: str) -> Value:
    """How many elements a list of a name has."""
    if first_elastic(values) < len(values):
        return unknown(Origin("variable", name), chars=DIGITS)
    return str(len(values))


def at(values: list[Value], place: int) -> Value | None:
    """The element at a place, which may be negative; None when there is none."""
    first = first_elastic(values)
    if first == len(values) or 0 <= place < first:
        return values[place] if -len(values) <= place < len(values) else None
    found = values[first]
    if place == first and isinstance(found, Text) and (isinstance(found.parts[0], str) or has_globs(found) or first == len(values) - 1):
        return found
    return _any_of(values[first:])


def _any_of(values: list[Value]) -> Value:
    """Some element, of which only the origins are known."""
    return unknown(*(origin for value in values for origin in origins_of(value)), Origin("argument"))


def shifted(values: list[Value], number: int) -> list[Value]:
    """What is left when the first elements are dropped: what may be several may still be there, and what follows may be dropped."""
    first = first_elastic(values[:number])
    if first >= number:
        return values[number:]
    # Of what may be none, another takes the place among those that are dropped.
    unsure = [value.parts for value in values[:number] if isinstance(value, Text) and is_elastic(value)]
    none = sum(all(isinstance(part, Hole) for part in parts) for parts in unsure)
    between: list[Value] = [Loose((Hole((*origins_of(value), Origin("argument"))),)) for value in values[first + 1 : number + none]]
    return [values[first], *between, *values[number + none :]]


def merged(mine: list[Value], theirs: list[Value]) -> list[Value]:
    """A list that is one of two."""
    if mine == theirs:
        return mine
    short, long = (mine, theirs) if len(mine) <= len(theirs) else (theirs, mine)
    both = [either([a, b]) for a, b in zip(short, long, strict=False)]
    return both + [either([value, ""]) for value in long[len(short) :]]
