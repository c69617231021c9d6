"""Conditions: ``test``, ``[ … ]`` and ``[[ … ]]`` on known and unknown operands. Statuses are 0, 1 or None (unknown)."""

from __future__ import annotations

from packgate.model.value import Hole, join
from packgate.shell import arithmetic
from packgate.shell.expand import pattern_pieces, single
from packgate.shell.numbers import apply
from packgate.shell.partial import variants
from packgate.shell.patterns import compile_pieces, matches
from packgate.shell.state import Unset
from packgate.shell.subscripts import run_subscript
from packgate.shell.tree import Literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.tree import Test, Word
    from packgate.shell.walk import Walk

NUMERIC = {"-eq": "==", "-ne": "!=", "-lt": "<", "-le": "<=", "-gt": ">", "-ge": ">="}
UNARY = frozenset("abcdefghknoprstuvwxzGLNORS")
NESTING = 40


def status_of(truth: bool | None) -> int | None:
    """A truth value as an exit status."""
    return None if truth is None else 0 if truth else 1


def negate(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def both(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def any_of(left: bool | None, right: bool | None) -> bool | None:
    if left or right:
        return True
    return None if left is None or right is None else False


def test(argv: list[Value], state: State) -> int | None:
    """The status of ``test`` with these operands (without the name and the closing bracket)."""
    return status_of(_test(argv, state, 0))


def _test(argv: list[Value], state: State, depth: int) -> bool | None:
    if depth > NESTING:
        return None
    if not argv:
        return False
    if len(argv) == 1:
        return is_nonempty(argv[0])
    if len(argv) == 3 and isinstance(argv[1], str) and (argv[1] in NUMERIC or argv[1] in ("=", "==", "!=", "<", ">")):
        return _binary(argv[0], argv[1], argv[2])
    for operator in ("-o", "-a"):
        if len(argv) > 3 and operator in argv[1:-1]:
            at = argv.index(operator, 1)
            left, right = _test(argv[:at], state, depth + 1), _test(argv[at + 1 :], state, depth + 1)
            return any_of(left, right) if operator == "-o" else both(left, right)
    if argv[0] == "!":
        return negate(_test(argv[1:], state, depth + 1))
    if argv[0] == "(" and argv[-1] == ")":
        return _test(argv[1:-1], state, depth + 1)
    if len(argv) == 2 and isinstance(argv[0], str):
        return _unary(argv[0], argv[1], state)
    return None


def is_nonempty(value: Value) -> bool | None:
    """Whether text is not empty; None when that is unknown."""
    if isinstance(value, str):
        return value != ""
    if any(not isinstance(part, Hole) for part in value.parts):
        return True
    texts = variants(value)
    if texts is None:
        return None
    answers = {text != "" for text in texts}
    return answers.pop() if len(answers) == 1 else None


def _unary(operator: str, value: Value, state: State) -> bool | None:
    if operator == "-n":
        return is_nonempty(value)
    if operator == "-z":
        return negate(is_nonempty(value))
    if operator == "-v" and isinstance(value, str):
        return True if state.get(value) is not None else False if isinstance(state.lookup(value), Unset) else None
    if operator == "-o" and isinstance(value, str):
        return value in state.options
    return None


def _binary(left: Value, operator: str, right: Value) -> bool | None:
    lefts, rights = variants(left), variants(right)
    if lefts is None or rights is None:
        return None
    answers = {_compare(a, operator, b) for a in lefts for b in rights}
    return answers.pop() if len(answers) == 1 else None


def _compare(left: str, operator: str, right: str) -> bool | None:
    if operator in ("=", "=="):
        return left == right
    if operator == "!=":
        return left != right
    if operator in ("<", ">"):
        return left < right if operator == "<" else left > right
    try:
        a, b = int(left[:20]), int(right[:20])
    except ValueError:
        return False
    return bool(apply(NUMERIC[operator], a, b))


# --- [[ … ]] ---------------------------------------------------------------------------------------------------------


def double_bracket(walk: Walk, node: Test, state: State) -> int | None:
    """The status of ``[[ … ]]``. Every operand is expanded, whatever short-circuiting would skip."""
    return status_of(Conditional(walk, node.words, state).either(0))


class Conditional:
    """A reader of the words between double brackets."""

    __slots__ = ("at", "state", "walk", "words")

    def __init__(self, walk: Walk, words: list[Word], state: State) -> None:
        self.walk = walk
        self.words = words
        self.state = state
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        """The unquoted text of a coming word, empty when it is not plain."""
        if self.at + ahead >= len(self.words):
            return ""
        parts = self.words[self.at + ahead].parts
        if len(parts) != 1:
            return ""
        part = parts[0]
        return part.text if isinstance(part, Literal) and not part.quoted else ""

    def either(self, depth: int) -> bool | None:
        truth = self.both(depth)
        while self.peek() == "||":
            self.at += 1
            truth = any_of(truth, self.both(depth))
        return truth

    def both(self, depth: int) -> bool | None:
        truth = self.term(depth)
        while self.peek() == "&&":
            self.at += 1
            truth = both(truth, self.term(depth))
        return truth

    def term(self, depth: int) -> bool | None:
        negated = False
        while self.peek() == "!" and self.at + 1 < len(self.words):
            self.at += 1
            negated = not negated
        truth = self.primary(depth)
        return negate(truth) if negated else truth

    def primary(self, depth: int) -> bool | None:
        if self.at >= len(self.words) or depth > NESTING:
            self.at = len(self.words)
            return None
        word = self.peek()
        if word == "(":
            self.at += 1
            truth = self.either(depth + 1)
            if self.peek() == ")":
                self.at += 1
            return truth
        following = self.peek(1)
        if len(word) == 2 and word[0] == "-" and word[1] in UNARY and self.at + 1 < len(self.words):
            if following not in ("==", "=", "!=", "=~", "&&", "||", ")"):
                self.at += 2
                value = single(self.walk, self.words[self.at - 1], self.state)
                if word == "-v":
                    run_subscript(self.walk, value, self.state)
                return _unary(word, value, self.state)
        left = single(self.walk, self.words[self.at], self.state)
        self.at += 1
        operator = self.peek()
        if operator in ("", "&&", "||", ")") or self.at + 1 >= len(self.words):
            return is_nonempty(left)
        self.at += 2
        return self.compare(left, operator, self.words[self.at - 1])

    def compare(self, left: Value, operator: str, word: Word) -> bool | None:
        if operator in ("==", "=", "!="):
            tokens = compile_pieces(pattern_pieces(self.walk, word, self.state))
            texts = variants(left)
            if tokens is None or texts is None:
                return None
            answers = {matches(tokens, text, "nocasematch" in self.state.options) for text in texts}
            truth = answers.pop() if len(answers) == 1 else None
            return negate(truth) if operator == "!=" else truth
        right = single(self.walk, word, self.state)
        if operator in NUMERIC:
            a = arithmetic.evaluate(self.walk, join((left,)), self.state)
            b = arithmetic.evaluate(self.walk, right, self.state)
            truth_number = apply(NUMERIC[operator], a, b)
            return None if truth_number is None else bool(truth_number)
        if operator in ("<", ">"):
            return _binary(left, operator, right)
        return None
