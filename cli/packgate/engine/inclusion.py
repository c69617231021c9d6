"""Whether everything that some patterns match is matched by others too, with a shortest text that shows it where not.

Two searches over the machines of `automaton`, both for a shortest text. The first takes one state in every machine. Where that is too
many, the second takes one position in each machine of the left, and the sets of positions of the right that the same text leads to; a place
needs no visit when the same positions were visited with fewer positions of the right (an antichain).
"""

from __future__ import annotations

from packgate.engine.automaton import DEAD, START, Automaton, StateBudget
from packgate.engine.charset import ALL
from packgate.engine.syntax import Alt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.engine.matcher import Regular

    Positions = tuple[int, ...]

# Places to visit before the answer is "unknown".
PAIRS = 20_000
# Characters tried, positions looked at and places reached, for each place of the budget.
STEPS = 64
# Places that one character may lead to.
_MOST_REACHED = 500


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
    return apart([union(left)], [union(right)], budget)


def overlap(left: Sequence[Regular], right: Sequence[Regular], budget: int = PAIRS) -> Inclusion:
    """Whether no text is matched by both sides (``holds``), with a shortest common text where one is. Raises
    `PatternError`."""
    return apart([union(left), union(right)], [], budget)


def apart(all_of: Sequence[Automaton], none_of: Sequence[Automaton], budget: int = PAIRS) -> Inclusion:
    """Whether no text is matched by every machine of ``all_of`` (at least one) and by none of ``none_of``; a shortest one
    where there is such a text."""
    # Each is quick where the other is not, and often at once: first a short try of one.
    for search, share in ((_apart_by_positions, budget // 10), (_apart_by_states, budget), (_apart_by_positions, budget)):
        try:
            found = search(all_of, none_of, share)
        except StateBudget:
            continue
        if found.holds is not None:
            return found
    return Inclusion(None, None, budget)


def _apart_by_states(all_of: Sequence[Automaton], none_of: Sequence[Automaton], budget: int) -> Inclusion:
    """`apart` by one state in every machine: the quicker way where texts lead to few states. Raises `StateBudget`."""
    machines = [*all_of, *none_of]
    chars = _alphabet(machines)
    start = (START,) * len(machines)
    seen = {start}
    queue = [(start, "")]
    visited = steps = 0
    while queue:
        later: list[tuple[Positions, str]] = []
        for states, word in queue:
            visited += 1
            # A new state costs as much as it has positions.
            steps += len(chars) + sum([each.positions_of(state).bit_count() for each, state in zip(machines, states, strict=True)])
            if visited > budget or steps > budget * STEPS:
                return Inclusion(None, None, visited)
            accepted = [each.accepting[state] for each, state in zip(machines, states, strict=True)]
            if all(accepted[: len(all_of)]) and not any(accepted[len(all_of) :]):
                return Inclusion(False, word, visited)
            for char in chars:
                following = tuple([each.step(state, char) for each, state in zip(machines, states, strict=True)])
                if DEAD not in following[: len(all_of)] and following not in seen:
                    seen.add(following)
                    later.append((following, word + char))
        queue = later
    return Inclusion(True, None, visited)


def _apart_by_positions(all_of: Sequence[Automaton], none_of: Sequence[Automaton], budget: int) -> Inclusion:
    """`apart` by positions on the left and states on the right, kept as an antichain: it also ends where the left has far too many
    states. Raises `StateBudget`."""
    moves = [(char, [each.positions(char) for each in all_of]) for char in _alphabet([*all_of, *none_of])]
    sizes = [len(each.follow) for each in none_of]
    start = (0,) * len(all_of)
    # By positions of the left: sets of positions of the right that were visited with them.
    seen: dict[Positions, list[int]] = {start: []}
    queue: list[tuple[Positions, Positions, str]] = [(start, (START,) * len(none_of), "")]
    visited = steps = 0
    while queue:
        later: list[tuple[Positions, Positions, str]] = []
        for places, states, word in queue:
            visited += 1
            if visited > budget or steps > budget * STEPS:
                return Inclusion(None, None, visited)
            if _ends(all_of, places) and not any(each.accepting[state] for each, state in zip(none_of, states, strict=True)):
                return Inclusion(False, word, visited)
            steps += len(moves)
            for char, accepted in moves:
                reached = _reached(all_of, places, accepted)
                if reached:
                    steps += len(reached)
                    following = tuple([each.step(state, char) for each, state in zip(none_of, states, strict=True)])
                    others = _packed(none_of, following, sizes)
                    later.extend([(each, following, word + char) for each in reached if _is_new(seen.setdefault(each, []), others)])
        queue = later
    return Inclusion(True, None, visited)


def _ends(machines: Sequence[Automaton], places: Positions) -> bool:
    """Whether a text that leads to these positions is matched by every machine."""
    return all(each.last >> place & 1 for each, place in zip(machines, places, strict=True))


def _reached(machines: Sequence[Automaton], places: Positions, steps: list[int]) -> list[Positions]:
    """The positions, one in every machine, that one more character leads to; ``steps`` are those that accept it."""
    found: list[Positions] = [()]
    for each, place, step in zip(machines, places, steps, strict=True):
        positions = _bits(each.follow[place] & step)
        if not positions:
            return []
        if len(found) * len(positions) > _MOST_REACHED:
            raise StateBudget
        found = [(*before, position) for before in found for position in positions]
    return found


def _packed(machines: Sequence[Automaton], states: Positions, sizes: list[int]) -> int:
    """The positions that the states of several machines stand for, as one set."""
    total = 0
    for each, state, size in zip(machines, states, sizes, strict=True):
        total = total << size | each.positions_of(state)
    return total


def _is_new(known: list[int], others: int) -> bool:
    """Whether no visited set is contained in this one; then it is remembered, and those that contain it are dropped."""
    for each in known:
        if each & others == each:
            return False
    known[:] = [each for each in known if each & others != others]
    known.append(others)
    return True


def _alphabet(machines: Sequence[Automaton]) -> tuple[str, ...]:
    """A character for every way in which the machines together treat one."""
    edges = {char for each in machines for char in (*each.cells(ALL), *each.edges())}
    chars: dict[tuple[int, ...], str] = {}
    for char in sorted(edges, key=_readable):
        chars.setdefault(tuple([each.positions(char) for each in machines]), char)
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
