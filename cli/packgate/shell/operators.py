"""The operators of parameter expansion on known and partly known values."""

from __future__ import annotations

from packgate.model.value import NAME, Glob, Hole, Text, join, origins_of, unknown
from packgate.shell.elastic import first_elastic
from packgate.shell.partial import cut_back, cut_front, each, map_literals, variants
from packgate.shell.patterns import (
    GROUP,
    LITERAL,
    STAR,
    Token,
    compile_pieces,
    fold_pattern,
    folded,
    match_prefix,
    matches,
    put_in,
    replace,
    replace_literal,
    reverse,
)
from packgate.shell.quotes import decode_ansi_c
from packgate.shell.quoting import quote
from packgate.shell.state import is_sparse
from packgate.shell.tree import Parameter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Part, Value
    from packgate.shell.state import State
    from packgate.shell.targets import Target
    from packgate.shell.tree import Word
    from packgate.shell.walk import Walk


def _pattern(walk: Walk, word: Word, state: State) -> list[Token] | None:
    from packgate.shell.expand import pattern_pieces

    return compile_pieces(pattern_pieces(walk, word, state))


def substring(walk: Walk, part: Parameter, target: Target, state: State) -> None:
    """``${x:offset}`` and ``${x:offset:length}``, on text, arrays and the positional parameters."""
    from packgate.shell import arithmetic
    from packgate.shell.expand import quoted_text

    numbers = [arithmetic.evaluate(walk, quoted_text(walk, word.parts, state), state) for word in part.args]
    offset = numbers[0] if numbers else 0
    length = numbers[1] if len(numbers) > 1 else None
    if offset is None or (len(numbers) > 1 and length is None):
        target.values = [unknown(*origins_of(join(target.values)))]
        target.is_list = False
        return
    if target.is_list:
        values = [state.name, *target.values] if target.name in "@*" else target.values
        stored = state.lookup(target.name) if target.name not in "@*" else None
        if "A" in state.attributes.get(target.name, ""):
            # Bash counts the elements of an associative array from one, and gives one at least.
            values = [] if offset < -len(values) - 1 else values
            offset = offset - 1 if offset > 0 else max(offset, -len(values))
            length = 1 if length == 0 else length
        elif isinstance(stored, dict) and is_sparse(stored):
            first = offset if offset >= 0 else offset + max(int(key) for key in stored) + 1
            values = [] if first < 0 else values
            offset = sum(int(key) < first for key in stored)
        if target.name in "@*" and offset < 0:
            # Counted from the last argument; before the shell's own name there is nothing.
            offset += len(values)
            values = [] if offset < 0 else values
        target.values = _slice(values, offset, length)
    else:
        target.values = [_substring(value, offset, length) for value in target.values]


def _slice(values: list[Value], offset: int, length: int | None) -> list[Value]:
    first = first_elastic(values)
    if first < len(values) and (offset < 0 or offset > first or (length is not None and not 0 <= length <= first - offset)):
        return [unknown(*(origin for value in values for origin in origins_of(value)))]
    start = offset if offset >= 0 else len(values) + offset
    if start < 0:
        return []
    if length is None:
        return values[start:]
    return values[start : start + length] if length >= 0 else values[start : len(values) + length]


def cut_text(text: str, offset: int, length: int | None) -> str:
    """A substring as the shell counts it: negative numbers count from the end."""
    start = offset if offset >= 0 else len(text) + offset
    if start < 0 or start > len(text):
        return ""
    end = len(text) if length is None else start + length if length >= 0 else len(text) + length
    return text[start : max(start, end)]


def _substring(value: Value, offset: int, length: int | None) -> Value:
    known = each(value, lambda text: cut_text(text, offset, length))
    if known is not None or isinstance(value, str):
        return known if known is not None else ""
    first, last = value.parts[0], value.parts[-1]
    if isinstance(first, str) and offset >= 0:
        if length is not None and length >= 0 and offset + length <= len(first):
            return first[offset : offset + length]
        if length is None and offset <= len(first):
            return cut_front(value, offset)
    if isinstance(last, str) and offset < 0 and -offset <= len(last):
        return cut_text(last, offset, length)
    return unknown(*origins_of(value))


# --- prefix and suffix -----------------------------------------------------------------------------------------------


def cut_pattern(walk: Walk, part: Parameter, values: list[Value], state: State) -> list[Value]:
    """``#``, ``##``, ``%`` and ``%%``."""
    tokens = _pattern(walk, part.args[0], state) if part.args else []
    front = part.op[0] == "#"
    longest = len(part.op) == 2
    if tokens is None:
        return [unknown(*origins_of(value)) for value in values]
    if not front:
        tokens = reverse(tokens)
    return [_cut(value, tokens, front, longest) for value in values]


def _cut(value: Value, tokens: list[Token], front: bool, longest: bool) -> Value:
    known = each(value, lambda text: _cut_text(text, tokens, front, longest))
    if known is not None:
        return known
    if isinstance(value, str):
        return unknown()
    if len(tokens) == 2 and tokens[0].kind == STAR and tokens[1].kind == LITERAL and tokens[1].text == "/" and longest:
        if front:
            return _after_last_slash(value)
    edge = value.parts[0] if front else value.parts[-1]
    if not isinstance(edge, str):
        return unknown(*origins_of(value))
    length = match_prefix(tokens, edge if front else edge[::-1], longest)
    literal = len(tokens) == 1 and tokens[0].kind == LITERAL
    if length is None or (longest and not literal) or (length < 0 and not (literal and len(edge) >= len(tokens[0].text))):
        return unknown(*origins_of(value))
    if length <= 0:
        return value
    return cut_front(value, length) if front else cut_back(value, length)


def _cut_text(text: str, tokens: list[Token], front: bool, longest: bool) -> str | None:
    length = match_prefix(tokens, text if front else text[::-1], longest)
    if length is None:
        return None
    if length <= 0:
        return text
    return text[length:] if front else text[: len(text) - length]


def _after_last_slash(value: Text) -> Value:
    """``${x##*/}`` of a partly known path: unknown text keeps what follows its last slash."""
    out: list[Part] = []
    for part in reversed(value.parts):
        if isinstance(part, str):
            _, slash, tail = part.rpartition("/")
            out.insert(0, tail if slash else part)
            if slash:
                break
        elif isinstance(part, Hole) and part.chars == "any":
            out.insert(0, Hole(part.origins, NAME))
            break
        elif isinstance(part, Glob) and part.pattern == "**":
            out.insert(0, Glob("*"))
            break
        else:
            out.insert(0, part)
    return join(out)


# --- replacement and letter case -------------------------------------------------------------------------------------


def replace_pattern(walk: Walk, part: Parameter, values: list[Value], state: State) -> list[Value]:
    """``/``, ``//``, ``/#`` and ``/%``."""
    from packgate.shell.replacement import replacement

    tokens = _pattern(walk, part.args[0], state) if part.args else []
    new: Value | list[str] = replacement(walk, part.args[1], state) if len(part.args) > 1 else ""
    if tokens is None or isinstance(new, Text):
        origins = origins_of(new) if isinstance(new, Text) else ()
        return [unknown(*origins_of(value), *origins) for value in values]
    fold = "nocasematch" in state.options
    if fold:
        tokens = fold_pattern(tokens)
    op = part.op
    if op == "/" and tokens and isinstance(part.args[0].parts[0], Parameter):
        first = tokens[0]
        if first.kind == LITERAL and first.text[0] in "#%":
            # What an expansion yields can anchor the pattern, too.
            op += first.text[0]
            tokens = [Token(LITERAL, first.text[1:]), *tokens[1:]] if len(first.text) > 1 else tokens[1:]
    return [_replace(value, tokens, new, op, fold) for value in values]


def _replace(value: Value, tokens: list[Token], new: str | list[str], op: str, fold: bool) -> Value:
    known = each(value, lambda text: _replace_text(text, tokens, new, op, folded(text) if fold else text))
    if known is not None:
        return known
    if isinstance(value, str) or fold or op != "//" or len(tokens) != 1 or tokens[0].kind != LITERAL:
        return unknown(*origins_of(value))
    return map_literals(value, lambda text: replace_literal(text, tokens[0].text, new, True))


def _replace_text(text: str, tokens: list[Token], new: str | list[str], op: str, seen: str) -> str | None:
    """The same on known text; the pattern is matched with ``seen``, the text or the text in another letter case."""
    if not tokens:
        whole = new if isinstance(new, str) else "".join(new)
        return whole + text if op == "/#" else text + whole if op == "/%" else text
    if op == "/%":
        length = match_prefix(reverse(tokens), seen[::-1], True)
        if length is None or length < 0:
            return None if length is None else text
        return text[: len(text) - length] + put_in(text[len(text) - length :], new)
    if not text and tokens[0].kind == GROUP and tokens[0].text != "*":
        # Bash asks only what begins with a star whether it matches nothing.
        return text
    if op == "/#":
        length = match_prefix(tokens, seen, True)
        return None if length is None else put_in(text[:length], new) + text[length:] if length >= 0 else text
    return replace(tokens, text, new, op == "//", seen if seen != text else "")


def case_change(walk: Walk, part: Parameter, values: list[Value], state: State) -> list[Value]:
    """``^``, ``^^``, ``,`` and ``,,``, with or without a pattern for the characters."""
    tokens = _pattern(walk, part.args[0], state) if part.args and part.args[0].parts else []
    if tokens is None:
        return [unknown(*origins_of(value)) for value in values]
    return [_change_case(value, part.op, tokens) for value in values]


def _change_case(value: Value, op: str, tokens: list[Token]) -> Value:
    known = each(value, lambda text: _case_text(text, op, tokens))
    if known is not None:
        return known
    if isinstance(value, str):
        return value
    if len(op) == 2:
        return map_literals(value, lambda text: _case_text(text, op, tokens))
    first = value.parts[0]
    return join((_case_text(first, op, tokens), *value.parts[1:])) if isinstance(first, str) else value


def _case_text(text: str, op: str, tokens: list[Token]) -> str:
    if len(op) == 2 and not tokens:
        return text.upper() if op[0] == "^" else text.lower() if op[0] == "," else text.swapcase()
    out = []
    for i, char in enumerate(text):
        if (i == 0 or len(op) == 2) and (not tokens or matches(tokens, char)):
            char = char.upper() if op[0] == "^" else char.lower() if op[0] == "," else char.swapcase()
        out.append(char)
    return "".join(out)


# --- transformations -------------------------------------------------------------------------------------------------


def transform(walk: Walk, letter: str, value: Value, state: State, name: str) -> Value:
    """``${x@Q}`` and its kin."""
    if letter == "a":
        return state.attributes.get(name, "")
    if letter == "P":
        from packgate.shell.nested import expand_prompt

        return expand_prompt(walk, value, state)
    if letter == "A":
        return join((name, "=", transform(walk, "Q", value, state, name)))
    texts = variants(value)
    if letter == "Q" and texts is None and not isinstance(value, str):
        return join(("'", *value.parts, "'"))
    changed = each(value, lambda text: _transform_text(letter, text))
    return changed if changed is not None else unknown(*origins_of(value))


def _transform_text(letter: str, text: str) -> str | None:
    if letter in ("Q", "K", "k"):
        return quote(text)
    if letter == "U":
        return text.upper()
    if letter == "L":
        return text.lower()
    if letter == "u":
        return text[:1].upper() + text[1:]
    if letter == "E":
        return decode_ansi_c(text)
    return None
