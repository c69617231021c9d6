"""Numbers and operators of shell arithmetic: 64-bit, as text and as values."""

from __future__ import annotations

OPERATORS = frozenset((
    "<<=", ">>=", "**", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=",
    "^=", "|=", "+", "-", "*", "/", "%", "<", ">", "&", "|", "^", "!", "~", "?", ":", "=", ",", "(", ")", "[", "]",
))  # fmt: skip
LEVELS = {
    "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, ">": 7, "<=": 7, ">=": 7, "<<": 8, ">>": 8,
    "+": 9, "-": 9, "*": 10, "/": 10, "%": 10, "**": 11,
}  # fmt: skip


class BadArithmetic(Exception):
    """The text is not an arithmetic expression, or it nests too deeply."""


def tokens(text: str) -> list[str]:
    """Numbers, names and operators of an expression."""
    out: list[str] = []
    i = 0
    while i < len(text):
        char = text[i]
        if char in " \t\n\r":
            i += 1
        elif _in_word(char):
            start = i
            while i < len(text) and _in_word(text[i]):
                i += 1
            out.append(text[start:i])
        else:
            operator = _operator(text, i)
            if operator:
                out.append(operator)
                i += len(operator)
            elif char in "$`":
                i = _code_end(text, i, out)
            elif char in "'\"{}\\":
                i += 1
            else:
                raise BadArithmetic(char)
    return out


def _in_word(char: str) -> bool:
    return char in "_#@" or (char.isascii() and char.isalnum())


def _operator(text: str, i: int) -> str:
    for length in (3, 2, 1):
        if text[i : i + length] in OPERATORS:
            return text[i : i + length]
    return ""


def _code_end(text: str, start: int, out: list[str]) -> int:
    """A substitution that a variable's value holds: one token up to its end."""
    if text[start] == "`":
        end = text.find("`", start + 1) + 1
    else:
        depth = 0
        end = start + 1
        while end < len(text):
            depth += (text[end] == "(") - (text[end] == ")")
            end += 1
            if depth <= 0 and not (text[end - 1].isalnum() or text[end - 1] == "_"):
                break
    if end <= start:
        raise BadArithmetic(text[start])
    out.append(text[start:end])
    return end


def number(token: str) -> int:
    """A literal: decimal, octal, hexadecimal or ``base#digits``."""
    try:
        if "#" in token:
            base, digits = token.split("#", 1)
            return _based(int(base), digits)
        if token[:2] in ("0x", "0X"):
            return int(token[2:], 16)
        if len(token) > 1 and token[0] == "0":
            return int(token, 8)
        return wrap(int(token)) if len(token) < 25 else 0
    except ValueError:
        raise BadArithmetic(token) from None


def _based(base: int, digits: str) -> int:
    if not 2 <= base <= 64 or len(digits) > 64:
        raise ValueError(digits)
    value = 0
    for char in digits:
        if char.isdigit():
            place = int(char)
        elif char in "@_":
            place = 62 if char == "@" else 63
        elif base <= 36:
            place = ord(char.lower()) - 87
        else:
            place = ord(char) - 87 if char.islower() else ord(char) - 29
        if not 0 <= place < base:
            raise ValueError(digits)
        value = value * base + place
    return wrap(value)


def wrap(value: int) -> int:
    """A number as 64-bit two's complement."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def apply(operator: str, left: int | None, right: int | None) -> int | None:
    """A binary operator on 64-bit numbers; None when an operand that matters is unknown, or for division by zero."""
    if operator == "&&" and (left == 0 or right == 0):
        return 0
    if operator == "||" and ((left is not None and left != 0) or (right is not None and right != 0)):
        return 1
    if left is None or right is None:
        return None
    if operator in ("/", "%"):
        if right == 0:
            return None
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return wrap(quotient) if operator == "/" else left - quotient * right
    if operator == "**":
        return wrap(pow(left, right, 1 << 64)) if right >= 0 else None
    return wrap(_simple(operator, left, right))


def prefix(operator: str, value: int) -> int:
    """A prefix operator applied to a number."""
    if operator == "!":
        return int(value == 0)
    return value if operator == "+" else wrap(-value) if operator == "-" else ~value


def _simple(operator: str, left: int, right: int) -> int:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    if operator == "<<":
        return left << (right & 63)
    if operator == ">>":
        return left >> (right & 63)
    if operator in ("&", "|", "^"):
        return left & right if operator == "&" else left | right if operator == "|" else left ^ right
    if operator in ("&&", "||"):
        return int(bool(left) and bool(right)) if operator == "&&" else int(bool(left) or bool(right))
    return int(_compare(operator, left, right))


def _compare(operator: str, left: int, right: int) -> bool:
    if operator == "==":
        return left == right
    if operator == "!=":
        return left != right
    if operator == "<":
        return left < right
    if operator == ">":
        return left > right
    return left <= right if operator == "<=" else left >= right
