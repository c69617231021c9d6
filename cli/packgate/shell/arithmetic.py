"""Shell arithmetic on text: ``$((…))``, ``((…))``, ``let``, subscripts. Unknown operands make an unknown result."""

from __future__ import annotations

from packgate.shell.state import element, scalar, with_element

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.walk import Walk

NESTING = 60
OPERATORS = frozenset((
    "<<=", ">>=", "**", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=",
    "^=", "|=", "+", "-", "*", "/", "%", "<", ">", "&", "|", "^", "!", "~", "?", ":", "=", ",", "(", ")", "[", "]",
))  # fmt: skip
LEVELS = {
    "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, ">": 7, "<=": 7, ">=": 7, "<<": 8, ">>": 8,
    "+": 9, "-": 9, "*": 10, "/": 10, "%": 10, "**": 11,
}  # fmt: skip
ASSIGN = frozenset(("=", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "<<=", ">>="))


class BadArithmetic(Exception):
    """The text is not an arithmetic expression, or it nests too deeply."""


def evaluate(walk: Walk, text: Value, state: State, depth: int = 0) -> int | None:
    """The value of an expression; None when it depends on something unknown or is not an expression. Assignments in it
    take effect, and variables whose values are expressions are evaluated in turn, as the shell does."""
    if not isinstance(text, str):
        return None
    plain = text.strip(" \t\n")
    if not plain:
        return 0
    if plain.isdigit() and plain[0] != "0" and len(plain) < 19 and plain.isascii():
        return int(plain)
    try:
        reader = Expression(walk, state, tokens(text), depth)
        value = reader.comma()
        return value if reader.at == len(reader.tokens) else None
    except BadArithmetic:
        return None


def tokens(text: str) -> list[str]:
    """Numbers, names and operators of an expression."""
    out: list[str] = []
    i = 0
    while i < len(text):
        char = text[i]
        if char in " \t\n\r":
            i += 1
        elif char.isalnum() or char in "_#@":
            start = i
            while i < len(text) and (text[i].isalnum() or text[i] in "_#@"):
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


class Expression:
    """A reader of one expression by precedence climbing. An unknown operand is None."""

    __slots__ = ("at", "depth", "level", "quiet", "state", "tokens", "walk")

    def __init__(self, walk: Walk, state: State, found: list[str], depth: int) -> None:
        self.walk = walk
        self.state = state
        self.tokens = found
        self.at = 0
        self.depth = depth
        self.level = 0
        # Not zero in the operand that short-circuiting skips: assignments there have no effect.
        self.quiet = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def comma(self) -> int | None:
        value = self.ternary()
        while self.peek() == ",":
            self.at += 1
            value = self.ternary()
        return value

    def ternary(self) -> int | None:
        self.level += 1
        if self.level > NESTING:
            raise BadArithmetic("nesting")
        condition = self.binary(1)
        if self.peek() == "?":
            self.at += 1
            self.quiet += condition == 0
            first = self.comma()
            self.quiet -= condition == 0
            if self.take() != ":":
                raise BadArithmetic(":")
            self.quiet += condition is not None and condition != 0
            second = self.ternary()
            self.quiet -= condition is not None and condition != 0
            condition = None if condition is None else first if condition else second
        self.level -= 1
        return condition

    def binary(self, lowest: int) -> int | None:
        left = self.unary()
        while True:
            operator = self.peek()
            level = LEVELS.get(operator, 0)
            if level < lowest:
                return left
            self.at += 1
            skip = (operator == "&&" and left == 0) or (operator == "||" and left is not None and left != 0)
            self.quiet += skip
            right = self.binary(level if operator == "**" else level + 1)
            self.quiet -= skip
            left = apply(operator, left, right)

    def unary(self) -> int | None:
        self.level += 1
        if self.level > NESTING:
            raise BadArithmetic("nesting")
        operator = self.peek()
        value: int | None
        if operator in ("+", "-", "!", "~"):
            self.at += 1
            value = self.unary()
            if value is not None:
                value = _prefix(operator, value)
        elif operator in ("++", "--"):
            self.at += 1
            name, key = self.target(self.take())
            value = self.store(name, key, apply(operator[0], self.load(name, key), 1))
        else:
            value = self.primary()
        self.level -= 1
        return value

    def primary(self) -> int | None:
        token = self.take()
        if token == "(":
            value = self.comma()
            if self.take() != ")":
                raise BadArithmetic(")")
            return value
        if not token or token in LEVELS or token in ASSIGN or token in "?:,)[]":
            raise BadArithmetic(token)
        if token[0] in "$`":
            from packgate.shell.nested import expand_text

            return evaluate(self.walk, expand_text(self.walk, token, self.state), self.state, self.depth + 1)
        if token[0].isdigit():
            return number(token)
        return self.variable(token)

    def variable(self, token: str) -> int | None:
        name, key = self.target(token)
        operator = self.peek()
        if operator in ASSIGN:
            self.at += 1
            value = self.ternary()
            if operator != "=":
                value = apply(operator[:-1], self.load(name, key), value)
            return self.store(name, key, value)
        value = self.load(name, key)
        if operator in ("++", "--"):
            self.at += 1
            self.store(name, key, apply(operator[0], value, 1))
        return value

    def target(self, name: str) -> tuple[str, str | None]:
        """A name with its subscript, if it has one."""
        if not name or not (name[0].isalpha() or name[0] == "_"):
            raise BadArithmetic(name)
        if self.peek() != "[":
            return name, None
        self.at += 1
        stored = self.state.lookup(name)
        if isinstance(stored, dict) and self.at + 1 < len(self.tokens) and self.tokens[self.at + 1] == "]":
            key = self.take()
        else:
            value = self.comma()
            key = "" if value is None else str(value)
        if self.take() != "]":
            raise BadArithmetic("]")
        return name, key

    def load(self, name: str, key: str | None) -> int | None:
        stored = self.state.lookup(name)
        value = scalar(stored) if key is None else element(stored, key)
        if value is None:
            # What is not declared is taken to be unset when its name is not one that environments export.
            return 0 if stored is not None or name.islower() else None
        if self.depth > 20:
            return None
        return evaluate(self.walk, value, self.state, self.depth + 1)

    def store(self, name: str, key: str | None, value: int | None) -> int | None:
        if self.quiet:
            return value
        from packgate.shell.parameters import special

        text = str(value) if value is not None else special("RANDOM", self.state) or ""
        self.state.set(name, text if key is None else with_element(self.state.lookup(name), key, text))
        return value


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


def _prefix(operator: str, value: int) -> int:
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
