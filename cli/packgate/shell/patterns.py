"""Shell patterns (globs with extended forms) against known text, by sets of positions: no backtracking, bounded work."""

from __future__ import annotations

from packgate.shell.fields import Active, Alternatives
from packgate.shell.limits import PATTERN_STEPS, TEXT_SIZE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.fields import Piece

LITERAL, STAR, ANY, SET, GROUP = range(5)

CLASSES = {
    "alpha": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "digit": "0123456789",
    "alnum": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "lower": "abcdefghijklmnopqrstuvwxyz",
    "space": " \t\n\r\v\f",
    "blank": " \t",
    "punct": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "xdigit": "0123456789abcdefABCDEF",
    "word": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_",
    "cntrl": "".join(map(chr, range(32))) + "\x7f",
    "print": "".join(map(chr, range(32, 127))),
    "graph": "".join(map(chr, range(33, 127))),
}


class Token:
    """One element of a pattern: ``text`` for a literal or the members of a set, ``groups`` for alternatives."""

    __slots__ = ("groups", "kind", "text")

    def __init__(self, kind: int, text: str = "", groups: list[list[Token]] | None = None) -> None:
        self.kind = kind
        # Of a set: "!" or "=" (negated or not), then its members; of a group: its kind.
        self.text = text
        self.groups: list[list[Token]] = groups if groups is not None else []


def compile_pieces(pieces: list[Piece]) -> list[Token] | None:
    """The pattern that expanded pieces make; None when part of it is unknown."""
    chars: list[str] = []
    active: list[bool] = []
    tokens: list[Token] = []
    for piece in pieces:
        if isinstance(piece, Active):
            chars.extend(piece.text)
            active.extend([True] * len(piece.text))
        elif isinstance(piece, str):
            chars.extend(piece)
            active.extend([False] * len(piece))
        elif isinstance(piece, Alternatives):
            _compile_chars(chars, active, tokens)
            chars, active = [], []
            groups = [compile_pieces(item) for item in piece.items]
            known = [group for group in groups if group is not None]
            if len(known) < len(groups):
                return None
            tokens.append(Token(GROUP, piece.kind, known))
        else:
            return None
    _compile_chars(chars, active, tokens)
    return tokens


def _compile_chars(chars: list[str], active: list[bool], tokens: list[Token]) -> None:
    i = 0
    while i < len(chars):
        char = chars[i]
        if active[i] and char in "?*+@!" and i + 1 < len(chars) and chars[i + 1] == "(" and active[i + 1]:
            end = _group_end(chars, active, i + 2)
            if end:
                tokens.append(_group_token(chars, active, i, end))
                i = end
                continue
        if active[i] and char == "*":
            if not tokens or tokens[-1].kind != STAR:
                tokens.append(Token(STAR))
        elif active[i] and char == "?":
            tokens.append(Token(ANY))
        elif active[i] and char == "[" and (end := _set_end(chars, i)):
            tokens.append(Token(SET, set_members("".join(chars[i + 1 : end]))))
            i = end
        elif tokens and tokens[-1].kind == LITERAL:
            tokens[-1].text += char
        else:
            tokens.append(Token(LITERAL, char))
        i += 1


def _group_end(chars: list[str], active: list[bool], start: int) -> int:
    """The index after the parenthesis that closes an extended glob; 0 when none does, or when it is too long."""
    depth = 1
    for i in range(start, min(len(chars), start + 1_024)):
        if active[i] and chars[i] in "()":
            depth += 1 if chars[i] == "(" else -1
            if depth == 0:
                return i + 1
    return 0


def _group_token(chars: list[str], active: list[bool], start: int, end: int) -> Token:
    """An extended glob that was spelt in plain characters (the value of a variable, a pattern of an expansion)."""
    groups: list[list[Token]] = []
    low = start + 2
    depth = 0
    for i in range(low, end):
        depth += active[i] and chars[i] == "("
        closes = active[i] and chars[i] == ")"
        if i == end - 1 or (depth == 0 and active[i] and chars[i] == "|"):
            tokens: list[Token] = []
            _compile_chars(chars[low:i], active[low:i], tokens)
            groups.append(tokens)
            low = i + 1
        depth -= closes
    return Token(GROUP, chars[start], groups)


def _set_end(chars: list[str], start: int) -> int:
    i = start + 1
    if i < len(chars) and chars[i] in "!^":
        i += 1
    if i < len(chars) and chars[i] == "]":
        i += 1
    limit = min(len(chars), start + 1_024)
    while i < limit:
        if chars[i] == "[" and i + 1 < limit and chars[i + 1] == ":":
            text = "".join(chars[i : i + 12])
            close = text.find(":]", 2)
            if close > 0:
                i += close + 2
                continue
        if chars[i] == "]":
            return i
        i += 1
    return 0


def set_members(text: str) -> str:
    """The members of a bracket expression (its inside), with ``!`` in front when negated and ``=`` otherwise."""
    sign = "="
    if text[:1] in ("!", "^"):
        sign = "!"
        text = text[1:]
    out: list[str] = []
    i = 0
    while i < len(text):
        if text.startswith("[:", i):
            close = text.find(":]", i)
            if close > 0:
                out.append(CLASSES.get(text[i + 2 : close], ""))
                i = close + 2
                continue
        if i + 2 < len(text) and text[i + 1] == "-":
            low, high = ord(text[i]), ord(text[i + 2])
            out.append("".join(map(chr, range(low, min(high, low + 70_000) + 1))))
            i += 3
            continue
        out.append(text[i])
        i += 1
    return sign + "".join(out)


class Matcher:
    """A pattern against texts; counts its steps, and `exhausted` says that the bound was hit and results are void."""

    __slots__ = ("exhausted", "steps")

    def __init__(self) -> None:
        self.steps = 0
        self.exhausted = False

    def ends(self, tokens: list[Token], text: str, starts: set[int]) -> set[int]:
        """All positions where a match that begins at one of ``starts`` can end."""
        for token in tokens:
            if not starts or self.exhausted:
                return set()
            starts = self._step(token, text, starts)
            self.steps += len(starts) + 1
            if self.steps > PATTERN_STEPS:
                self.exhausted = True
                return set()
        return starts

    def _step(self, token: Token, text: str, starts: set[int]) -> set[int]:
        length = len(text)
        if token.kind == LITERAL:
            return {p + len(token.text) for p in starts if text.startswith(token.text, p)}
        if token.kind == STAR:
            return set(range(min(starts), length + 1))
        if token.kind == ANY:
            return {p + 1 for p in starts if p < length}
        if token.kind == SET:
            negated = token.text[0] == "!"
            return {p + 1 for p in starts if p < length and (text[p] in token.text[1:]) != negated}
        return self._group(token, text, starts)

    def _group(self, token: Token, text: str, starts: set[int]) -> set[int]:
        kind = token.text
        if kind == "!":
            out: set[int] = set()
            for p in starts:
                matched = self._alternatives(token, text, {p})
                self.steps += len(text)
                if self.steps > PATTERN_STEPS:
                    self.exhausted = True
                    return set()
                out |= set(range(p, len(text) + 1)) - matched
            return out
        found = self._alternatives(token, text, starts)
        if kind in ("*", "+"):
            reached = set(found)
            while reached and not self.exhausted:
                reached = self._alternatives(token, text, reached) - found
                found |= reached
        return found | starts if kind in ("*", "?") else found

    def _alternatives(self, token: Token, text: str, starts: set[int]) -> set[int]:
        out: set[int] = set()
        for group in token.groups:
            out |= self.ends(group, text, starts)
        return out


def reverse(tokens: list[Token]) -> list[Token]:
    """The pattern that matches the reversed texts."""
    return [
        Token(
            token.kind,
            token.text[::-1] if token.kind == LITERAL else token.text,
            [reverse(group) for group in token.groups],
        )
        for token in reversed(tokens)
    ]


def folded(text: str) -> str:
    """Text in the letter case in which `nocasematch` compares, each character at its place."""
    lower = text.lower()
    return lower if len(lower) == len(text) else text


def fold_pattern(tokens: list[Token]) -> list[Token]:
    """The pattern for such text."""
    return [Token(token.kind, folded(token.text), [fold_pattern(group) for group in token.groups]) for token in tokens]


def matches(tokens: list[Token], text: str, fold: bool = False) -> bool | None:
    """Whether the pattern matches the whole text, whatever the letter case with ``fold``; None when the bound was hit."""
    if fold:
        tokens, text = fold_pattern(tokens), folded(text)
    if len(tokens) == 1 and tokens[0].kind == LITERAL:
        return tokens[0].text == text
    matcher = Matcher()
    found = len(text) in matcher.ends(tokens, text, {0}) if tokens else text == ""
    return None if matcher.exhausted else found


def match_prefix(tokens: list[Token], text: str, longest: bool) -> int | None:
    """The length of the shortest or longest match at the start, -1 without one; None when the bound was hit."""
    matcher = Matcher()
    ends = matcher.ends(tokens, text, {0})
    if matcher.exhausted:
        return None
    if not ends:
        return -1
    return max(ends) if longest else min(ends)


def put_in(found: str, new: str | list[str]) -> str:
    """What takes the place of a match; the pieces of a list stand around the match itself (``&``)."""
    return new if isinstance(new, str) else found.join(new)


def replace_literal(text: str, old: str, new: str | list[str], every: bool) -> str:
    """Replace the first or every occurrence of a text."""
    by = put_in(old, new)
    # A result that is longer than any text that expansion keeps need not be whole.
    return text.replace(old, by, TEXT_SIZE // max(len(by), 1) + 1 if every else 1)


def replace(tokens: list[Token], text: str, new: str | list[str], every: bool, seen: str = "") -> str | None:
    """Replace the first or every longest match; None when the bound was hit. The pattern is matched with ``seen``, if it is
    given: the text in another letter case."""
    if len(tokens) == 1 and tokens[0].kind == LITERAL and not seen:
        return replace_literal(text, tokens[0].text, new, every)
    matcher = Matcher()
    out: list[str] = []
    i = size = 0
    while (i < len(text) or not text) and size <= TEXT_SIZE:
        ends = matcher.ends(tokens, seen or text, {i})
        if matcher.exhausted:
            return None
        end = max(ends) if ends else i
        if ends:
            # A match can be empty: it stands before a character, which is kept.
            out.append(put_in(text[i:end], new))
            size += len(out[-1])
        if end == i and (every or not ends):
            out.append(text[i : i + 1])
            end = i + 1
        i = end
        if (ends and not every) or not text:
            break
    out.append(text[i:])
    return "".join(out)
