"""Sets of characters as sorted, disjoint ranges of code points, and the bracket expressions that write them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    Ranges = tuple[tuple[int, int], ...]

LAST = 0x10FFFF

# What becomes of letter case in a pattern: kept, lowered (the value is lowered too), or both cases accepted.
EXACT, LOWER, BOTH = 0, 1, 2

# Above this size a range is not folded letter by letter; only its ASCII part is.
_FOLD_LIMIT = 512


def normal(ranges: list[tuple[int, int]]) -> Ranges:
    """Sort ranges and merge those that touch."""
    out: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(high, out[-1][1]))
        else:
            out.append((low, high))
    return tuple(out)


def of(chars: str) -> Ranges:
    """The set of the characters of a string."""
    return normal([(ord(char), ord(char)) for char in chars])


def negate(ranges: Ranges) -> Ranges:
    """Every character that is not in the set."""
    out, start = [], 0
    for low, high in ranges:
        if low > start:
            out.append((start, low - 1))
        start = high + 1
    if start <= LAST:
        out.append((start, LAST))
    return tuple(out)


def intersect(left: Ranges, right: Ranges) -> Ranges:
    """Characters in both sets."""
    out = []
    for low, high in left:
        for other_low, other_high in right:
            start, end = max(low, other_low), min(high, other_high)
            if start <= end:
                out.append((start, end))
    return normal(out)


def minus(left: Ranges, right: Ranges) -> Ranges:
    """Characters in the first set and not in the second."""
    return intersect(left, negate(right))


def contains(ranges: Ranges, code: int) -> bool:
    """Whether a code point is in the set."""
    for low, high in ranges:
        if code <= high:
            return code >= low
    return False


ALL: Ranges = ((0, LAST),)
SLASH = of("/")
NOT_SLASH = negate(SLASH)
# What a hole of `name` characters can hold: neither slash, blank, line end nor NUL.
NAME_CHARS = negate(of("/\0\t\n\v\f\r "))
DIGIT_CHARS: Ranges = ((48, 57),)
WORD_CHARS: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
SPACE_CHARS = of("\t\n\v\f\r ")

# POSIX classes, as `[[:alpha:]]` names them; ASCII only, so that a decision does not depend on a locale.
NAMED: dict[str, Ranges] = {
    "alnum": ((48, 57), (65, 90), (97, 122)),
    "alpha": ((65, 90), (97, 122)),
    "blank": of("\t "),
    "digit": DIGIT_CHARS,
    "lower": ((97, 122),),
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": SPACE_CHARS,
    "upper": ((65, 90),),
    "word": WORD_CHARS,
    "xdigit": ((48, 57), (65, 70), (97, 102)),
}

# Escapes of regular expressions that stand for a set.
ESCAPES: dict[str, Ranges] = {
    "d": DIGIT_CHARS, "D": negate(DIGIT_CHARS),
    "w": WORD_CHARS, "W": negate(WORD_CHARS),
    "s": SPACE_CHARS, "S": negate(SPACE_CHARS),
}


def fold(ranges: Ranges, case: int) -> Ranges:
    """The set under a letter-case rule (`EXACT`, `LOWER`, `BOTH`)."""
    if case == EXACT:
        return ranges
    lowered = []
    for low, high in ranges:
        if high - low > _FOLD_LIMIT:
            lowered.append((low, high))
            start, end = max(low, 65), min(high, 90)
            if start <= end:
                lowered.append((start + 32, end + 32))
        else:
            for code in range(low, high + 1):
                char = chr(code).lower()
                lowered.append((ord(char), ord(char)) if len(char) == 1 else (code, code))
    if case == LOWER:
        return normal(lowered)
    both = list(ranges) + lowered
    for low, high in normal(both):
        if high - low <= _FOLD_LIMIT:
            for code in range(low, high + 1):
                char = chr(code).upper()
                if len(char) == 1:
                    both.append((ord(char), ord(char)))
    return normal(both)


def bracket(text: str, start: int, case: int = EXACT, regex: bool = False) -> tuple[Ranges, int] | None:
    """Read the bracket expression at ``start`` (its ``[``): the set and the index after its ``]``.

    A glob negates with ``!`` or ``^``, a regular expression with ``^`` alone and knows ``\\d`` and the like. A first
    ``]`` is a member. None when the bracket is not closed or a range runs backwards.
    """
    index = start + 1
    negated = index < len(text) and (text[index] == "^" or (text[index] == "!" and not regex))
    index += negated
    first = index
    ranges: list[tuple[int, int]] = []
    while index < len(text) and (text[index] != "]" or index == first):
        item = _member(text, index, regex)
        if item is None:
            return None
        found, index = item
        if index + 1 < len(text) and text[index] == "-" and text[index + 1] != "]" and _single(found):
            item = _member(text, index + 1, regex)
            if item is None or not _single(item[0]) or item[0][0][0] < found[0][0]:
                return None
            ranges.append((found[0][0], item[0][0][0]))
            index = item[1]
        else:
            ranges.extend(found)
    if index >= len(text):
        return None
    folded = fold(normal(ranges), case)
    return (negate(folded) if negated else folded), index + 1


def _single(ranges: Ranges) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]


def _member(text: str, index: int, regex: bool) -> tuple[Ranges, int] | None:
    """One member of a bracket expression: a character, an escape or a named class."""
    if text.startswith("[:", index):
        end = text.find(":]", index)
        named = NAMED.get(text[index + 2:end]) if end > 0 else None
        if named is not None:
            return named, end + 2
    if text[index] != "\\":
        return of(text[index]), index + 1
    if index + 1 >= len(text):
        return None
    if regex:
        return escape(text, index + 1)
    return of(text[index + 1]), index + 2


_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_CODES = {"x": 2, "u": 4, "U": 8}


def escape(text: str, index: int) -> tuple[Ranges, int] | None:
    """The set that a regular expression's escape stands for, ``index`` being that of the character after the
    backslash, and the index after it; None for an escape that has no such meaning."""
    char = text[index]
    if char in ESCAPES:
        return ESCAPES[char], index + 1
    if char in _CONTROLS:
        return of(_CONTROLS[char]), index + 1
    if char in _CODES:
        digits = text[index + 1:index + 1 + _CODES[char]]
        if len(digits) != _CODES[char] or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
            return None
        code = int(digits, 16)
        return (((code, code),), index + 1 + _CODES[char]) if code <= LAST else None
    if char.isalnum():
        return None
    return of(char), index + 1
