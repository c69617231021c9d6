"""The safe subset of regular expressions: what can be matched in one pass, by any engine, in time linear in the text.

Refused: look-around, back-references, conditionals, possessive and atomic groups, an unbounded repeat inside another,
and bounded repeats that multiply beyond `MAX_POSITIONS`. A pattern is searched for, as people expect; ``^`` and ``$``
hold it to the ends of the value. ``.`` is any character but a line end; ``\\d``, ``\\w``, ``\\s``, ``\\b`` are ASCII.
"""

from __future__ import annotations

from packgate.engine.charset import ALL, BOTH, EXACT, bracket, escape, fold, negate, of
from packgate.engine.syntax import Alt, Assertion, Cat, Chars, Node, PatternError, Repeat, anything

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.engine.charset import Ranges

MAX_DEPTH = 40
MAX_REPEAT = 1000
MAX_POSITIONS = 2000

_DOT: Ranges = negate(of("\n"))
_REFUSED_GROUPS = {
    "(?=": "look-ahead", "(?!": "look-ahead", "(?<=": "look-behind", "(?<!": "look-behind", "(?>": "an atomic group",
    "(?P=": "a back-reference", "(?(": "a conditional", "(?#": "a comment",
}


def parse_regex(text: str, case: int) -> Node:
    """The tree of a regular expression, as a search in the value. Raises `PatternError` outside the safe subset."""
    start = 0
    dotall = False
    if text.startswith("(?") and text[2:3] in ("i", "s"):
        end = text.find(")")
        flags = text[2:end]
        if end < 0 or any(flag not in "is" for flag in flags):
            raise PatternError(f"the flags {text[:end + 1]!r} are not supported; (?i), (?s) and (?is) are")
        start = end + 1
        dotall = "s" in flags
        if "i" in flags and case == EXACT:
            case = BOTH
    reader = _Reader(text, case, ALL if dotall else _DOT)
    node, index = reader.alternatives(start, 0)
    if index < len(text):
        raise PatternError(f"unbalanced ')' at character {index + 1}")
    check_repeats(node, False)
    if size(node) > MAX_POSITIONS:
        raise PatternError(f"repeats multiply to more than {MAX_POSITIONS} characters")
    return Cat([anything(), node, anything()])


class _Reader:
    __slots__ = ("case", "dot", "text")

    def __init__(self, text: str, case: int, dot: Ranges) -> None:
        self.text = text
        self.case = case
        self.dot = dot

    def alternatives(self, index: int, depth: int) -> tuple[Node, int]:
        """``a|b|c`` up to a closing parenthesis or the end."""
        if depth > MAX_DEPTH:
            raise PatternError(f"groups are nested more than {MAX_DEPTH} deep")
        options: list[Node] = []
        while True:
            node, index = self.sequence(index, depth)
            options.append(node)
            if index >= len(self.text) or self.text[index] != "|":
                return (options[0] if len(options) == 1 else Alt(options)), index
            index += 1

    def sequence(self, index: int, depth: int) -> tuple[Node, int]:
        """Atoms with their repeats."""
        parts: list[Node] = []
        while index < len(self.text) and self.text[index] not in "|)":
            node, index = self.atom(index, depth)
            node, index = self.repeats(node, index)
            parts.append(node)
        return Cat(parts), index

    def atom(self, index: int, depth: int) -> tuple[Node, int]:
        """One character, set, group or assertion."""
        text = self.text
        char = text[index]
        if char == "(":
            return self.group(index, depth)
        if char == "[":
            found = bracket(text, index, self.case, regex=True)
            if found is None:
                raise PatternError(f"the set at character {index + 1} is not closed, or not a set")
            return Chars(found[0]), found[1]
        if char in "^$":
            return Assertion(char), index + 1
        if char == ".":
            return Chars(self.dot), index + 1
        if char in "*+?" or (char == "{" and _bounds(text, index) is not None):
            raise PatternError(f"nothing to repeat at character {index + 1}")
        if char == "\\":
            return self.escaped(index)
        return Chars(fold(of(char), self.case)), index + 1

    def escaped(self, index: int) -> tuple[Node, int]:
        """A backslash and what it takes."""
        if index + 1 >= len(self.text):
            raise PatternError("a backslash ends the pattern")
        char = self.text[index + 1]
        if char in "bB":
            return Assertion(char), index + 2
        if char in "AZz":
            return Assertion("^" if char == "A" else "$"), index + 2
        if char in "123456789kg":
            raise PatternError(f"a back-reference (\\{char}) is not supported")
        found = escape(self.text, index + 1)
        if found is None:
            raise PatternError(f"the escape \\{char} is not supported")
        ranges, end = found
        # A class such as \D already holds both cases; folding a set that spells out letters is what matters.
        return Chars(fold(ranges, self.case)), end

    def group(self, index: int, depth: int) -> tuple[Node, int]:
        """``( … )``, ``(?: … )`` and named groups."""
        text = self.text
        for start in sorted(_REFUSED_GROUPS):
            if text.startswith(start, index):
                raise PatternError(f"{_REFUSED_GROUPS[start]} ({start}…) is not supported")
        inner = index + 1
        if text.startswith("(?:", index):
            inner = index + 3
        elif text.startswith("(?P<", index) or text.startswith("(?<", index):
            inner = text.find(">", index) + 1
            if inner == 0:
                raise PatternError("the name of a group is not closed")
        elif text.startswith("(?", index):
            raise PatternError(f"the group {text[index:index + 4]}… is not supported; flags stand at the start")
        node, end = self.alternatives(inner, depth + 1)
        if end >= len(text):
            raise PatternError(f"the group at character {index + 1} is not closed")
        return node, end + 1

    def repeats(self, node: Node, index: int) -> tuple[Node, int]:
        """``*``, ``+``, ``?``, ``{m,n}``, each greedy or lazy."""
        text = self.text
        char = text[index:index + 1]
        if char and char in "*+?":
            low, high, index = (1 if char == "+" else 0), (1 if char == "?" else -1), index + 1
        else:
            bounds = _bounds(text, index) if char == "{" else None
            if bounds is None:
                return node, index
            low, high, index = bounds
        if isinstance(node, Assertion):
            raise PatternError("an anchor cannot be repeated")
        if text[index:index + 1] == "+":
            raise PatternError("a possessive repeat is not supported")
        if text[index:index + 1] == "?":
            index += 1
        if text[index:index + 1] in ("*", "+", "?"):
            raise PatternError(f"multiple repeat at character {index + 1}")
        return Repeat(node, low, high), index


def _bounds(text: str, index: int) -> tuple[int, int, int] | None:
    """``{m}``, ``{m,}``, ``{,n}``, ``{m,n}``, ``{,}`` at a brace; None when the brace is a character."""
    end = text.find("}", index)
    if end < 0:
        return None
    low, comma, high = text[index + 1:end].partition(",")
    if not (low or high or comma) or any(part and not (part.isascii() and part.isdigit()) for part in (low, high)):
        return None
    least = int(low or "0")
    most = least if not comma else int(high) if high else -1
    if max(least, most) > MAX_REPEAT:
        raise PatternError(f"a repeat of more than {MAX_REPEAT}")
    if 0 <= most < least:
        raise PatternError(f"the repeat {text[index:end + 1]} runs backwards")
    return least, most, end + 1


def check_repeats(node: Node, inside: bool) -> None:
    """Refuse an unbounded repeat inside another."""
    if isinstance(node, Repeat):
        unbounded = node.high < 0
        if unbounded and inside:
            raise PatternError("an unbounded repeat inside another is not supported")
        check_repeats(node.node, inside or unbounded)
    elif isinstance(node, Cat):
        for part in node.parts:
            check_repeats(part, inside)
    elif isinstance(node, Alt):
        for option in node.options:
            check_repeats(option, inside)


def size(node: Node) -> int:
    """How many characters a tree spells out once its bounded repeats are."""
    if isinstance(node, Chars):
        return 1
    if isinstance(node, Repeat):
        return size(node.node) * max(node.low, node.high, 1)
    if isinstance(node, Cat):
        return sum(size(part) for part in node.parts)
    if isinstance(node, Alt):
        return sum(size(option) for option in node.options)
    return 0
