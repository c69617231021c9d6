"""Shell arithmetic: ``$((…))``, ``((…))``, ``let``, subscripts. Unknown operands make an unknown result."""

from __future__ import annotations

from packgate.shell.limits import ALL_TEXT, EXPRESSION_TEXT
from packgate.shell.numbers import LEVELS, BadArithmetic, apply, number, prefix, tokens
from packgate.shell.state import element, scalar, with_element

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.walk import Walk

NESTING = 60
ASSIGN = frozenset(("=", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "<<=", ">>="))


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
    walk.budget.text += EXPRESSION_TEXT + len(plain)
    if walk.budget.text > ALL_TEXT:
        walk.limit("text", walk.span(0, 0))
        return None
    try:
        reader = Expression(walk, state, tokens(text), depth)
        value = reader.comma()
        return value if reader.at == len(reader.tokens) else None
    except BadArithmetic:
        return None


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
                value = prefix(operator, value)
        elif operator in ("++", "--"):
            self.at += 1
            name, key = self.target(self.take())
            value = self.store(name, key, apply(operator[0], self.load(name, key), 1))
        else:
            value = self.primary()
        self.level -= 1
        return value

    def primary(self) -> int | None:
        word = self.take()
        if word == "(":
            value = self.comma()
            if self.take() != ")":
                raise BadArithmetic(")")
            return value
        if not word or word in LEVELS or word in ASSIGN or word in "?:,)[]":
            raise BadArithmetic(word)
        if word[0] in "$`":
            from packgate.shell.nested import expand_text

            return evaluate(self.walk, expand_text(self.walk, word, self.state), self.state, self.depth + 1)
        if word[0].isdigit():
            return number(word)
        return self.variable(word)

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
        from packgate.shell.lookup import special

        text = str(value) if value is not None else special("RANDOM", self.state) or ""
        self.state.set(name, text if key is None else with_element(self.state.lookup(name), key, text))
        return value
