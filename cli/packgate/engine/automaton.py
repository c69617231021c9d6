"""The machine of a pattern: an automaton over characters, made deterministic as far as texts need it.

A state of the underlying automaton is a position: one character set of the pattern, or the start. A set of positions is
an ``int`` with a bit for each. Deterministic states are such sets, numbered as they appear; matching is linear in the
text whatever the pattern is.
"""

from __future__ import annotations

from packgate.engine.charset import LAST, WORD_CHARS, contains, intersect, minus
from packgate.engine.syntax import Alt, Assertion, Cat, Chars, PatternError, Repeat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.engine.charset import Ranges
    from packgate.engine.syntax import Node

MAX_POSITIONS = 20_000
# Deterministic states of one machine; beyond that, known texts are matched without remembering states, and questions
# about partly known ones are answered with "may".
MAX_STATES = 5_000
_MAX_TRANSITIONS = 100_000

DEAD, START = 0, 1

_AT_START, _AT_END, _BOUNDARY, _NO_BOUNDARY = 1, 2, 4, 8
_ASSERTIONS = {"^": _AT_START, "$": _AT_END, "b": _BOUNDARY, "B": _NO_BOUNDARY}


class StateBudget(Exception):
    """More deterministic states than the budget allows."""


class Automaton:
    """A pattern's machine. State `DEAD` matches nothing any more; `START` is where it begins."""

    __slots__ = (
        "_bits", "_cells", "_ids", "_reachable", "_rows", "_sets", "_stored", "_unions", "accepting", "budget", "classes", "follow", "last",
    )

    def __init__(self, node: Node, budget: int = MAX_STATES) -> None:
        classes, follow, last = _Builder().build(node)
        # `classes`: (set, bits of the positions that accept it); `follow`: by position, bits of what comes next;
        # `last`: bits of the positions at which the pattern can end. Position 0 is the start.
        self.classes = classes
        self.follow = follow
        self.last = last
        self.budget = budget
        self._bits: dict[str, int] = {}
        self._cells: dict[Ranges, tuple[str, ...]] = {}
        self._ids: dict[int, int] = {}
        self._reachable: dict[tuple[int, Ranges], tuple[tuple[int, str], ...]] = {}
        self._rows: list[dict[str, int]] = []
        self._sets: list[int] = []
        self._unions: list[int] = []
        self._stored = 0
        # By state, whether a text that leads there matches.
        self.accepting: list[bool] = []
        self._state(0)
        self._state(1)

    def matches(self, text: str) -> bool:
        """Whether the whole text matches."""
        rows = self._rows
        state = START
        try:
            for char in text:
                found = rows[state].get(char)
                state = self.step(state, char) if found is None else found
                if state == DEAD:
                    return False
        except StateBudget:
            return self._simulate(text)
        return self.accepting[state]

    def step(self, state: int, char: str) -> int:
        """The state after one more character. Raises `StateBudget`."""
        row = self._rows[state]
        found = row.get(char)
        if found is None:
            found = self._state(self._unions[state] & self.positions(char))
            if self._stored > _MAX_TRANSITIONS:
                for each in self._rows:
                    each.clear()
                self._stored = 0
            row[char] = found
            self._stored += 1
        return found

    def positions_of(self, state: int) -> int:
        """The bits of the positions that a state stands for."""
        return self._sets[state]

    def positions(self, char: str) -> int:
        """The bits of the positions that accept a character."""
        bits = self._bits.get(char)
        if bits is None:
            code = ord(char)
            bits = 0
            for ranges, mask in self.classes:
                if contains(ranges, code):
                    bits |= mask
            if len(self._bits) > 5_000:
                self._bits.clear()
            self._bits[char] = bits
        return bits

    def cells(self, ranges: Ranges) -> tuple[str, ...]:
        """A character for every way in which the pattern treats the characters of a set, readable ones first."""
        found = self._cells.get(ranges)
        if found is None:
            found = self._cells[ranges] = self._representatives(ranges)
        return found

    def _representatives(self, ranges: Ranges) -> tuple[str, ...]:
        edges = {low for each, _ in self.classes for low, _ in each}
        edges.update(high + 1 for each, _ in self.classes for _, high in each)
        edges.update(low for low, _ in ranges)
        edges.update(high + 1 for _, high in ranges)
        bounds = sorted(edges)
        seen: dict[int, int] = {}
        for index, low in enumerate(bounds):
            if not contains(ranges, low):
                continue
            # What the pattern does with a character is the positions that accept it.
            key = self.positions(chr(low))
            if key not in seen or not 32 < seen[key] < 127:
                seen[key] = _readable(low, bounds[index + 1] - 1)
        return tuple(sorted(map(chr, seen.values()), key=lambda char: (not ("a" <= char <= "z"), char)))

    def reachable(self, state: int, ranges: Ranges) -> tuple[tuple[int, str], ...]:
        """The states after one or more characters of a set, each with a shortest text that leads there; remembered, since
        every unknown piece of a text asks for it. Raises `StateBudget`."""
        found = self._reachable.get((state, ranges))
        if found is None:
            found = self._reachable[state, ranges] = self._search(state, self.cells(ranges))
        return found

    def _search(self, state: int, cells: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
        words: dict[int, str] = {}
        queue = [(state, "")]
        while queue:
            later = []
            for place, word in queue:
                for char in cells:
                    following = self.step(place, char)
                    if following not in words:
                        words[following] = word + char
                        later.append((following, word + char))
            queue = later
        return tuple(words.items())

    def edges(self) -> set[str]:
        """The characters at which the pattern begins to treat characters differently."""
        found: set[str] = set()
        for ranges, _ in self.classes:
            for low, high in ranges:
                found.update((chr(low), chr(min(high + 1, LAST))))
        return found

    def after(self, mask: int) -> int:
        """The bits of the positions that can follow a set of positions."""
        union = 0
        index = 0
        while mask:
            low = mask & -mask
            index = low.bit_length() - 1
            union |= self.follow[index]
            mask ^= low
        return union

    def _state(self, mask: int) -> int:
        found = self._ids.get(mask)
        if found is None:
            found = len(self._sets)
            if found > self.budget:
                raise StateBudget
            self._ids[mask] = found
            self._sets.append(mask)
            self._unions.append(self.after(mask))
            self._rows.append({})
            self.accepting.append(mask & self.last != 0)
        return found

    def _simulate(self, text: str) -> bool:
        mask = 1
        for char in text:
            mask = self.after(mask) & self.positions(char)
            if not mask:
                return False
        return mask & self.last != 0


def _readable(low: int, high: int) -> int:
    """Of the code points in a range one that reads well: a letter, else a digit, ``-``, ``_`` or ``.``, else the first."""
    for first, last in ((97, 122), (48, 57), (45, 45), (95, 95), (46, 46)):
        if low <= last and high >= first:
            return max(low, first)
    return low


class _Builder:
    """Thompson's construction; the steps without a character are then removed, and the assertions on them settled."""

    __slots__ = ("edges", "positions", "split", "steps")

    def __init__(self) -> None:
        # By node: nodes that follow without a character, each with the assertion to hold.
        self.steps: list[list[tuple[int, int]]] = []
        # By node: the position that leaves it, if any, with the node it leads to.
        self.edges: list[tuple[int, int] | None] = []
        self.positions: list[Ranges] = [()]
        self.split = False

    def build(self, node: Node) -> tuple[list[tuple[Ranges, int]], list[int], int]:
        """Classes, follow sets and last positions of an `Automaton`."""
        self.split = _has_boundary(node)
        start, end = self._new(), self._new()
        self._add(node, start, end)
        targets = [start] * len(self.positions)
        for edge in self.edges:
            if edge is not None:
                targets[edge[0]] = edge[1]
        follow: list[int] = []
        last = 0
        for position, target in enumerate(targets):
            bits, ends = self._closure(position, target, end)
            follow.append(bits)
            last |= ends << position
        masks: dict[Ranges, int] = {}
        for position in range(1, len(self.positions)):
            masks[self.positions[position]] = masks.get(self.positions[position], 0) | 1 << position
        return list(masks.items()), follow, last

    def _new(self) -> int:
        self.steps.append([])
        self.edges.append(None)
        return len(self.steps) - 1

    def _char(self, ranges: Ranges, start: int, end: int) -> None:
        if len(self.positions) > MAX_POSITIONS:
            raise PatternError(f"the pattern has more than {MAX_POSITIONS} positions")
        node = self._new()
        self.steps[start].append((node, 0))
        self.edges[node] = (len(self.positions), end)
        self.positions.append(ranges)

    def _add(self, node: Node, start: int, end: int) -> None:
        """Connect two nodes by a tree."""
        if isinstance(node, Chars):
            if self.split:
                # Word and other characters apart, so that a boundary can be settled between positions.
                self._char(intersect(node.ranges, WORD_CHARS), start, end)
                self._char(minus(node.ranges, WORD_CHARS), start, end)
            else:
                self._char(node.ranges, start, end)
        elif isinstance(node, Cat):
            for part in node.parts:
                middle = self._new()
                self._add(part, start, middle)
                start = middle
            self.steps[start].append((end, 0))
        elif isinstance(node, Alt):
            for option in node.options:
                self._add(option, start, end)
        elif isinstance(node, Assertion):
            self.steps[start].append((end, _ASSERTIONS[node.kind]))
        elif isinstance(node, Repeat):
            self._repeat(node, start, end)

    def _repeat(self, node: Repeat, start: int, end: int) -> None:
        for _ in range(node.low):
            middle = self._new()
            self._add(node.node, start, middle)
            start = middle
        if node.high < 0:
            loop = self._new()
            self.steps[start].append((loop, 0))
            self._add(node.node, loop, loop)
            self.steps[loop].append((end, 0))
            return
        for _ in range(node.high - node.low):
            self.steps[start].append((end, 0))
            middle = self._new()
            self._add(node.node, start, middle)
            start = middle
        self.steps[start].append((end, 0))

    def _closure(self, position: int, start: int, end: int) -> tuple[int, int]:
        """What follows a position: bits of positions, and 1 when the pattern can end here."""
        bits, ends = 0, 0
        seen = {(start, 0)}
        todo = [(start, 0)]
        while todo:
            node, asserted = todo.pop()
            if node == end and self._holds(asserted, position, -1):
                ends = 1
            edge = self.edges[node]
            if edge is not None and self._holds(asserted, position, edge[0]):
                bits |= 1 << edge[0]
            for target, assertion in self.steps[node]:
                item = (target, asserted | assertion)
                if item not in seen:
                    seen.add(item)
                    todo.append(item)
        return bits, ends

    def _holds(self, asserted: int, position: int, following: int) -> bool:
        """Whether assertions hold between two positions; 0 is the start of the text, -1 its end."""
        if not asserted:
            return True
        if asserted & _AT_START and position != 0:
            return False
        if asserted & _AT_END and following != -1:
            return False
        boundary = self._is_word(position) != self._is_word(following)
        return not (asserted & _BOUNDARY and not boundary) and not (asserted & _NO_BOUNDARY and boundary)

    def _is_word(self, position: int) -> bool:
        ranges = self.positions[position] if position > 0 else ()
        return bool(ranges) and contains(WORD_CHARS, ranges[0][0])


def _has_boundary(node: Node) -> bool:
    if isinstance(node, Assertion):
        return node.kind in "bB"
    if isinstance(node, Cat):
        return any(_has_boundary(part) for part in node.parts)
    if isinstance(node, Alt):
        return any(_has_boundary(option) for option in node.options)
    return isinstance(node, Repeat) and _has_boundary(node.node)


def required(node: Node) -> str:
    """A text that every match contains, the longest that the outermost sequence spells out; empty when there is none.
    Looking for it first spares most texts the machine."""
    best, run = "", ""
    for part in node.parts if isinstance(node, Cat) else [node]:
        inner = required(part) if isinstance(part, Cat) else ""
        if isinstance(part, Chars) and len(part.ranges) == 1 and part.ranges[0][0] == part.ranges[0][1]:
            run += chr(part.ranges[0][0])
        elif not isinstance(part, Assertion):
            run = ""
        best = max(best, run, inner, key=len)
    return best
