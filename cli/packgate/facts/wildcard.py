"""Globs of the catalog: ``*`` any text, ``?`` one character, ``[a-z]`` one of a set, ``|`` between alternatives."""

from __future__ import annotations

from packgate.model.value import Glob, Hole, has_globs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Text, Value

_SPECIAL = frozenset("*?[|")
# Stands for a piece of which nothing is known: no glob of the catalog names it.
_UNKNOWN = "\ufffc"

# The pieces between the stars of a glob that has no other special character; None for any other. A line can name globs of its
# own, so what is kept is limited.
_PIECES: dict[str, list[str] | None] = {}
_MOST_PIECES = 20_000


class Globs:
    """Several globs, sorted by how they can be told fast: whole texts, beginnings, ends, pieces, and the rest."""

    __slots__ = ("all", "exact", "pieces", "prefixes", "rest", "suffixes")

    def __init__(self, globs: tuple[str, ...]) -> None:
        exact: list[str] = []
        prefixes: list[str] = []
        suffixes: list[str] = []
        pieces: list[str] = []
        rest: list[str] = []
        self.all = tuple([choice for glob in globs for choice in glob.split("|")] if "|" in "".join(globs) else globs)
        for glob in self.all:
            first, middle, last = glob[:1], glob[1:-1], glob[-1:]
            if not _SPECIAL.isdisjoint(middle):
                rest.append(glob)
            elif first not in _SPECIAL:
                (exact if last not in _SPECIAL else prefixes if last == "*" else rest).append(glob)
            elif first != "*":
                rest.append(glob)
            elif last == "*":
                pieces.append(glob)
            else:
                (suffixes if last not in _SPECIAL else rest).append(glob)
        self.exact = frozenset(exact)
        self.prefixes = tuple([glob[:-1] for glob in prefixes])
        self.suffixes = tuple([glob[1:] for glob in suffixes])
        self.pieces = tuple([glob[1:-1] for glob in pieces])
        # Before a bracket every piece between the stars stands in the text as it is: the longest of them rules most texts out.
        self.rest = tuple([(max(glob.partition("[")[0].replace("?", "*").split("*"), key=len), glob) for glob in rest])

    def match(self, text: str) -> bool:
        """Whether one of the globs describes the text."""
        if text in self.exact or text.startswith(self.prefixes) or text.endswith(self.suffixes):
            return True
        for piece in self.pieces:
            if piece in text:
                return True
        for piece, glob in self.rest:  # noqa: SIM110 (a generator would cost another call)
            if piece in text and _match(glob, text):
                return True
        return False

    def may_match(self, value: Value) -> bool:
        """Whether one of the globs describes a text that the value can be, going by what is known of it.

        A value of which nothing is known is not taken for the rare case: ``kubectl delete pod $X`` deletes no secret. A glob
        that looks for a piece anywhere (``*delete*``) needs it among what is known.
        """
        if isinstance(value, str):
            return self.match(value)
        if _choices(value):
            return any(may_match(glob, value) for glob in self.all)
        known = "\0".join(part for part in value.parts if isinstance(part, str))
        if not known and not has_globs(value):
            return "*" in self.all
        for glob in self.all:
            if glob[:1] == glob[-1:] == "*" and len(glob) > 2:
                if _matches(glob, 0, known, 0):
                    return True
            elif may_match(glob, value):
                return True
        return False

    def must_match(self, value: Text) -> bool:
        """Whether one of the globs describes every text that the value can be: its unknown pieces fall to a ``*``."""
        if _choices(value):
            part = value.parts[0]
            return isinstance(part, Hole) and all(self.match(choice) for choice in part.choices or ())
        text = "".join(part if isinstance(part, str) else _UNKNOWN for part in value.parts)
        return any("?" not in glob and "[" not in glob and _match(glob, text) for glob in self.all)


def _choices(value: Text) -> bool:
    """Whether the value is one of few texts."""
    part = value.parts[0]
    return len(value.parts) == 1 and isinstance(part, Hole) and bool(part.choices)


def matches(pattern: str, text: str) -> bool:
    """Whether the text is one that the pattern describes."""
    if "|" in pattern:
        return any(matches(choice, text) for choice in pattern.split("|"))
    return _match(pattern, text)


def _match(pattern: str, text: str) -> bool:
    """As `matches`, for one alternative."""
    if pattern in _PIECES:
        pieces = _PIECES[pattern]
    else:
        pieces = pattern.split("*") if "?" not in pattern and "[" not in pattern else None
        if len(_PIECES) < _MOST_PIECES:
            _PIECES[pattern] = pieces
    return _matches(pattern, 0, text, 0) if pieces is None else _in_order(pieces, text)


def _in_order(pieces: list[str], text: str) -> bool:
    """Whether the text begins with the first piece, ends with the last, and has the others between them in their order."""
    first = pieces[0]
    if len(pieces) == 1:
        return text == first
    last = pieces[-1]
    end = len(text) - len(last)
    position = len(first)
    if position > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in pieces[1:-1]:
        position = text.find(piece, position, end)
        if position < 0:
            return False
        position += len(piece)
    return True


def _matches(pattern: str, p: int, text: str, t: int) -> bool:
    """Wildcard matching that goes back only to the last ``*``: quadratic at worst."""
    star = -1
    mark = 0
    while t < len(text):
        if p < len(pattern) and pattern[p] == "*":
            star, mark = p, t
            p += 1
            continue
        width = _one(pattern, p, text[t]) if p < len(pattern) else 0
        if width:
            p += width
            t += 1
        elif star >= 0:
            mark += 1
            p, t = star + 1, mark
        else:
            return False
    while p < len(pattern) and pattern[p] == "*":
        p += 1
    return p == len(pattern)


def _one(pattern: str, p: int, char: str) -> int:
    """How many pattern characters match this one character; 0 when they don't."""
    if pattern[p] == "?" or pattern[p] == char:
        return 1
    if pattern[p] != "[":
        return 0
    end = pattern.find("]", p + 2)
    if end < 0:
        return 0
    body = pattern[p + 1:end]
    negated = body[0] in "!^"
    return end - p + 1 if _in_set(body[1:] if negated else body, char) != negated else 0


def can_begin(pattern: str, char: str) -> bool:
    """Whether a text that the pattern describes can begin with a character."""
    return "|" in pattern or pattern[:1] == "*" or (pattern != "" and _one(pattern, 0, char) > 0)


def _in_set(body: str, char: str) -> bool:
    index = 0
    while index < len(body):
        if index + 2 < len(body) and body[index + 1] == "-":
            if body[index] <= char <= body[index + 2]:
                return True
            index += 3
        else:
            if body[index] == char:
                return True
            index += 1
    return False


def may_match(pattern: str, value: Value) -> bool:
    """Whether the value can be text that the pattern describes: holes and globs of the value can be anything."""
    if isinstance(value, str):
        return matches(pattern, value)
    if "|" in pattern:
        return any(may_match(choice, value) for choice in pattern.split("|"))
    pieces: list[str | None] = []
    for part in value.parts:
        if isinstance(part, str):
            pieces.extend(part)
        elif not isinstance(part, Glob) and part.choices and len(value.parts) == 1:
            return any(matches(pattern, choice) for choice in part.choices)
        else:
            pieces.append(None)
    return _may(pattern, pieces)


def _may(pattern: str, pieces: list[str | None]) -> bool:
    """Walk the text, a None being any text, with the set of pattern positions that are reachable."""
    reached = _closure(pattern, {0})
    for piece in pieces:
        following: set[int] = set()
        for position in reached:
            if piece is None:
                following.update(range(position, len(pattern) + 1))
            elif position < len(pattern) and pattern[position] == "*":
                following.add(position)
            elif position < len(pattern):
                width = _one(pattern, position, piece)
                if width:
                    following.add(position + width)
        reached = _closure(pattern, following)
        if not reached:
            return False
    return len(pattern) in reached


def _closure(pattern: str, positions: set[int]) -> set[int]:
    out = set(positions)
    for position in positions:
        while position < len(pattern) and pattern[position] == "*":
            position += 1
            out.add(position)
    return out
