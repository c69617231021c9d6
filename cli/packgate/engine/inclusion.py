"""Whether everything that some patterns match is matched by others too, with a shortest text that shows it where not.

An antichain search over the machines of `automaton`: pairs of one position of the left and the set of positions of the
right that the same text leads to. A pair needs no visit when the same position was visited with fewer positions of the
right, so the right side is never made deterministic as a whole.
"""

from __future__ import annotations

from packgate.engine.automaton import Automaton
from packgate.engine.charset import ALL
from packgate.engine.syntax import Alt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.engine.matcher import Regular

# Pairs to visit before the answer is "unknown".
PAIRS = 20_000


class Inclusion:
    """``holds``: True, False, or None when the budget did not suffice; ``witness``: when it is False, a shortest text
    that the left matches and the right does not."""

    __slots__ = ("holds", "visited", "witness")

    def __init__(self, holds: bool | None, witness: str | None, visited: int) -> None:
        self.holds = holds
        self.witness = witness
        self.visited = visited

    def __repr__(self) -> str:
        return f"Inclusion({self.holds!r}, {self.witness!r}, {self.visited!r})"


def union(matchers: Sequence[Regular]) -> Automaton:
    """One machine for any of several patterns; of none, it matches nothing. Raises `PatternError`."""
    return Automaton(Alt([matcher.tree() for matcher in matchers]))


def included(left: Sequence[Regular], right: Sequence[Regular], budget: int = PAIRS) -> Inclusion:
    """Whether every text that one of ``left`` matches is matched by one of ``right``. Patterns of one field type;
    for types that ignore letter case, texts are in lower case. Raises `PatternError`."""
    return machine_included(union(left), union(right), budget)


def machine_included(left: Automaton, right: Automaton, budget: int = PAIRS) -> Inclusion:
    """`included` for machines."""
    chars = _alphabet(left, right)
    # By position of the left: sets of positions of the right that were visited with it.
    seen: dict[int, list[int]] = {0: [1]}
    queue: list[tuple[int, int, str]] = [(0, 1, "")]
    visited = 0
    while queue:
        later: list[tuple[int, int, str]] = []
        for position, others, word in queue:
            visited += 1
            if visited > budget:
                return Inclusion(None, None, visited)
            if left.last >> position & 1 and not others & right.last:
                return Inclusion(False, word, visited)
            following = right.after(others)
            for char in chars:
                reached = left.follow[position] & left.positions(char)
                if not reached:
                    continue
                rest = following & right.positions(char)
                while reached:
                    low = reached & -reached
                    reached ^= low
                    each = low.bit_length() - 1
                    if _is_new(seen.setdefault(each, []), rest):
                        later.append((each, rest, word + char))
        queue = later
    return Inclusion(True, None, visited)


def overlap(left: Sequence[Regular], right: Sequence[Regular], budget: int = PAIRS) -> Inclusion:
    """Whether no text is matched by both sides (``holds``), with a shortest common text where one is. Raises
    `PatternError`."""
    first, second = union(left), union(right)
    chars = _alphabet(first, second)
    seen = {(0, 0)}
    queue: list[tuple[int, int, str]] = [(0, 0, "")]
    visited = 0
    while queue:
        later: list[tuple[int, int, str]] = []
        for one, other, word in queue:
            visited += 1
            if visited > budget:
                return Inclusion(None, None, visited)
            if first.last >> one & 1 and second.last >> other & 1:
                return Inclusion(False, word, visited)
            for char in chars:
                ones = _bits(first.follow[one] & first.positions(char))
                for pair in [(a, b) for a in ones for b in _bits(second.follow[other] & second.positions(char))]:
                    if pair not in seen:
                        seen.add(pair)
                        later.append((*pair, word + char))
        queue = later
    return Inclusion(True, None, visited)


def _is_new(known: list[int], others: int) -> bool:
    """Whether no visited set is contained in this one; then it is remembered, and those that contain it are dropped."""
    for each in known:
        if each & others == each:
            return False
    known[:] = [each for each in known if each & others != others]
    known.append(others)
    return True


def _alphabet(left: Automaton, right: Automaton) -> tuple[str, ...]:
    """A character for every way in which the two sides together treat one."""
    chars: dict[tuple[int, int], str] = {}
    for char in sorted({*left.cells(ALL), *right.cells(ALL), *left.edges(), *right.edges()}, key=_readable):
        chars.setdefault((left.positions(char), right.positions(char)), char)
    return tuple(chars.values())


def _readable(char: str) -> tuple[bool, bool, str]:
    return (not ("a" <= char <= "z" or "0" <= char <= "9"), not (" " < char < "\x7f"), char)


def _bits(mask: int) -> list[int]:
    out = []
    while mask:
        low = mask & -mask
        out.append(low.bit_length() - 1)
        mask ^= low
    return out
