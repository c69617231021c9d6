"""Partly known text against the machine of a pattern: which of its states the text can lead to.

The machine is deterministic, so a text certainly matches when every state it can lead to accepts, may match when one
does, and does not match otherwise.
"""

from __future__ import annotations

from packgate.engine.automaton import DEAD, START
from packgate.engine.charset import ALL, DIGIT_CHARS, NAME_CHARS, NOT_SLASH, bracket, fold, minus, of
from packgate.engine.outline import TREE
from packgate.model.value import DIGITS, NAME, Glob, Hole, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.engine.automaton import Automaton
    from packgate.engine.charset import Ranges
    from packgate.model.value import Value

    # A place in the machine: its state, and where in a path component a shell glob stands; with the shortest text
    # that leads there.
    Places = dict[tuple[int, int], str]

NO, MAY, MUST = 0, 1, 2

# Where a glob stands: within a component, at its start, at its start after a `*` that stood for nothing.
_WITHIN, _AT_START, _AFTER_STAR = 0, 1, 2
_NOT_HIDDEN = minus(NOT_SLASH, of("."))
# Longer literal pieces are walked for all states together, by pieces of this many characters: what repeats is walked once.
_TOGETHER = 256
_STRIDE = 60
# More alternatives than this are not spelled out one by one.
MAX_CHOICES = 64


def expand(text: Text) -> tuple[str, ...] | None:
    """Every string that the text can be, when choices are all that is unknown and they are few; else None."""
    out = [""]
    for part in text.parts:
        if isinstance(part, str):
            out = [each + part for each in out]
        elif isinstance(part, Hole) and part.choices and len(out) * len(part.choices) <= MAX_CHOICES:
            out = [each + choice for each in out for choice in part.choices]
        else:
            return None
    return tuple(dict.fromkeys(out))


def lowered(value: Value) -> Value:
    """The value in lower case, for fields that ignore letter case."""
    if isinstance(value, str):
        return value.lower()
    parts: list[str | Hole | Glob] = []
    for part in value.parts:
        if isinstance(part, str):
            parts.append(part.lower())
        elif isinstance(part, Hole) and part.choices:
            parts.append(Hole(part.origins, part.chars, tuple(choice.lower() for choice in part.choices)))
        elif isinstance(part, Glob):
            parts.append(Glob(part.pattern.lower()))
        else:
            parts.append(part)
    return Text(tuple(parts))


def verdict(machine: Automaton, text: Text) -> int:
    """`MUST`, `MAY` or `NO`. Raises `StateBudget` when the machine grows too large to tell."""
    accepting = machine.accepting
    found = {accepting[state] for state, _ in reached(machine, text)}
    if True not in found:
        return NO
    return MAY if False in found else MUST


def shortest(machine: Automaton, text: Text) -> str | None:
    """A shortest string that the text can be and the pattern matches; None when there is none."""
    places = reach(machine, text)
    words = [word for (state, _), word in places.items() if machine.accepting[state]]
    return min(words, key=lambda word: (len(word), word)) if words else None


def reach(machine: Automaton, text: Text) -> Places:
    """Every place that the text can lead to."""
    places: Places = {(START, _AT_START): ""}
    for index, part in enumerate(text.parts):
        places = _advance(machine, places, part, part == TREE and _is_name(text, index + 1))
    # A `*` that is a whole component stands for a name, and a name is not empty.
    return {place: word for place, word in places.items() if place[1] != _AFTER_STAR}


def reached(machine: Automaton, text: Text) -> list[tuple[int, int]]:
    """The same places without a shortest text for each: what repeats in a long text is walked once."""
    places = frozenset(((START, _AT_START),))
    known: dict[object, frozenset[tuple[int, int]]] = {}
    for index, part in enumerate(text.parts):
        tree = part == TREE and _is_name(text, index + 1)
        key = (places, tree, (part.chars, part.choices) if isinstance(part, Hole) else part)
        found = known.get(key)
        if found is None:
            found = known[key] = frozenset(_advance(machine, dict.fromkeys(places, ""), part, tree))
        places = found
    return [place for place in places if place[1] != _AFTER_STAR]


def _advance(machine: Automaton, places: Places, part: str | Hole | Glob, tree: bool) -> Places:
    """The places after one more part. ``tree``: a search that finds the whole name behind it, here or in a folder below."""
    if isinstance(part, str):
        return _literal(machine, places, part)
    if tree:
        within = _closure(machine, {(state, _WITHIN): word for (state, _), word in places.items()}, ALL)
        return _merge(places, _literal(machine, within, "/"))
    return _glob(machine, places, part.pattern) if isinstance(part, Glob) else _hole(machine, places, part)


def _is_name(text: Text, index: int) -> bool:
    """Whether a literal name stands there, not the rest of one."""
    following = text.parts[index] if index < len(text.parts) else None
    before = text.parts[index - 2] if index > 1 else None
    return isinstance(following, str) and following[0] != "/" and isinstance(before, str) and before[-1] == "/"


def _literal(machine: Automaton, places: Places, text: str) -> Places:
    end = _AT_START if text[-1] == "/" else _WITHIN
    if len(text) > _TOGETHER:
        return _long_literal(machine, places, text, end)
    # The shortest text first: where states come together, it is the one that stays.
    words = sorted(
        # A `*` at the start of a component matches neither nothing nor the dot of a hidden file.
        [(len(word), state, word) for (state, where), word in places.items() if where != _AFTER_STAR or text[0] not in "./"]
    )
    walked: dict[int, str] = {}
    for _, state, word in words:
        walked.setdefault(state, word)
    for char in text:
        following: dict[int, str] = {}
        for state, word in walked.items():
            following.setdefault(machine.step(state, char) if state != DEAD else DEAD, word)
        walked = following
        if len(walked) == 1 and DEAD in walked:
            break
    return {(state, end): word + text for state, word in walked.items()}


def _long_literal(machine: Automaton, places: Places, text: str, end: int) -> Places:
    """The same for a long text, with all states walked together: soon there are few that differ."""
    states: dict[int, str] = {}
    for (state, where), word in places.items():
        known = states.get(state)
        if (where != _AFTER_STAR or text[0] not in "./") and (known is None or len(word) < len(known)):
            states[state] = word
    order, words = tuple(states), list(states.values())
    steps: dict[tuple[tuple[int, ...], str], tuple[tuple[int, ...], list[list[int]]]] = {}
    for start in range(0, len(text), _STRIDE):
        piece = text[start:start + _STRIDE]
        step = steps.get((order, piece))
        if step is None:
            step = steps[order, piece] = _walk_together(machine, order, piece)
        order, sources = step
        words = [min([words[index] for index in group], key=len) for group in sources]
        if order == (DEAD,):
            break
    return {(state, end): word + text for state, word in zip(order, words, strict=True)}


def _walk_together(machine: Automaton, states: tuple[int, ...], text: str) -> tuple[tuple[int, ...], list[list[int]]]:
    """The states after a text, and for each the indexes of those that lead to it."""
    order, sources = states, [[index] for index in range(len(states))]
    for char in text:
        order, groups = _step_together(machine, order, char)
        if groups is not None:
            sources = [[index for each in group for index in sources[each]] for group in groups]
    return order, sources


def _step_together(machine: Automaton, states: tuple[int, ...], char: str) -> tuple[tuple[int, ...], list[list[int]] | None]:
    """The states after one more character, and for each the indexes of those that lead to it; None where each comes from the one
    in its place."""
    groups: dict[int, list[int]] = {}
    for index, state in enumerate(states):
        groups.setdefault(DEAD if state == DEAD else machine.step(state, char), []).append(index)
    order = tuple(groups)
    return order, None if len(order) == len(states) and order != (DEAD,) else list(groups.values())


def _hole(machine: Automaton, places: Places, hole: Hole) -> Places:
    out: Places = {}
    if hole.choices:
        for choice in hole.choices:
            found = _literal(machine, places, choice) if choice else places
            for (state, _), word in found.items():
                _keep(out, (state, _WITHIN), word)
        return out
    within: Places = {}
    for (state, _), word in places.items():
        _keep(within, (state, _WITHIN), word)
    if hole.chars == NAME:
        return _closure(machine, _one(machine, within, NAME_CHARS), NAME_CHARS)
    if hole.chars == DIGITS:
        return _closure(machine, _one(machine, within, DIGIT_CHARS), DIGIT_CHARS)
    return _closure(machine, within, ALL)


def _glob(machine: Automaton, places: Places, pattern: str) -> Places:
    """A glob piece over names of files: it crosses no slash and finds no hidden file by itself."""
    if pattern == "**":
        return _closure(machine, {(state, _WITHIN): word for (state, _), word in places.items()}, ALL)
    ranges = NOT_SLASH
    if pattern[0] == "[":
        found = bracket(pattern, 0)
        ranges = minus(fold(found[0], 0), of("/")) if found is not None else NOT_SLASH
    inside: Places = {}
    start: Places = {}
    for place, word in places.items():
        _keep(inside if place[1] == _WITHIN else start, place, word)
    one = pattern == "?" or pattern[0] == "["
    stepped = _one(machine, start, minus(ranges, of(".")) if one else _NOT_HIDDEN)
    if one:
        return _merge(_one(machine, inside, ranges), stepped)
    out = _closure(machine, _merge(inside, stepped), NOT_SLASH)
    for (state, _), word in start.items():
        _keep(out, (state, _AFTER_STAR), word)
    return out


def _one(machine: Automaton, places: Places, ranges: Ranges) -> Places:
    """The places after one character of a set."""
    out: Places = {}
    for (state, _), word in places.items():
        for char in machine.cells(ranges):
            _keep(out, (machine.step(state, char), _WITHIN), word + char)
    return out


def _closure(machine: Automaton, places: Places, ranges: Ranges) -> Places:
    """The places after any number of characters of a set, each with a shortest text."""
    out = dict(places)
    for (state, _), word in places.items():
        length = len(word)
        for target, more in machine.reachable(state, ranges):
            place = (target, _WITHIN)
            known = out.get(place)
            if known is None or len(known) > length + len(more):
                out[place] = word + more
    return out


def _keep(places: Places, place: tuple[int, int], word: str) -> bool:
    """Remember a place with the shorter of its texts; whether that is news."""
    known = places.get(place)
    if known is not None and len(known) <= len(word):
        return False
    places[place] = word
    return True


def _merge(left: Places, right: Places) -> Places:
    out = dict(left)
    for place, word in right.items():
        _keep(out, place, word)
    return out
