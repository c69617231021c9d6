"""What a pattern means: a small tree over sets of characters, and the reader of globs.

Both readers (this one and `regexes`) end in the same tree, from which `automaton` makes the one machine that run time,
partly known values and inclusion share.
"""

from __future__ import annotations

from packgate.engine.charset import ALL, NOT_SLASH, SLASH, bracket, fold, minus, of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.engine.charset import Ranges


class PatternError(ValueError):
    """A pattern that cannot be compiled; the message says why."""


class Node:
    """A piece of a pattern."""

    __slots__ = ()


class Chars(Node):
    """One character of a set."""

    __slots__ = ("ranges",)

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges


class Cat(Node):
    """Parts one after the other; no part is the empty text."""

    __slots__ = ("parts",)

    def __init__(self, parts: list[Node]) -> None:
        self.parts = parts


class Alt(Node):
    """One of several."""

    __slots__ = ("options",)

    def __init__(self, options: list[Node]) -> None:
        self.options = options


class Repeat(Node):
    """A node repeated ``low`` to ``high`` times; ``high`` -1 is without bound."""

    __slots__ = ("high", "low", "node")

    def __init__(self, node: Node, low: int, high: int) -> None:
        self.node = node
        self.low = low
        self.high = high


class Assertion(Node):
    """A condition on the place: ``^`` start, ``$`` end, ``b`` word boundary, ``B`` none."""

    __slots__ = ("kind",)

    def __init__(self, kind: str) -> None:
        self.kind = kind


def literal(text: str, case: int) -> Node:
    """Exactly this text, under a letter-case rule."""
    return Cat([Chars(fold(of(char), case)) for char in text])


def anything() -> Node:
    """Any text."""
    return Repeat(Chars(ALL), 0, -1)


def escape_glob(text: str) -> str:
    """The glob that matches exactly this text."""
    return "".join("\\" + char if char in "*?[]{},\\!" else char for char in text)


def is_plain(text: str) -> bool:
    """Whether a glob has no special character: it matches itself alone."""
    return not ("*" in text or "?" in text or "[" in text or "{" in text or "\\" in text)


def literal_ends(text: str, separated: bool) -> tuple[str, str]:
    """Texts that everything a glob matches starts and ends with."""
    if "\\" in text or "{" in text:
        return "", ""
    specials = [index for index, char in enumerate(text) if char in "*?[]"]
    if not specials:
        return text, text
    tail = text[specials[-1] + 1:]
    # `a/**/b` matches `a/b`, and `**/b` matches `b`.
    return text[:specials[0]], tail[1:] if separated and tail[:1] == "/" else tail


def parse_glob(text: str, separated: bool, case: int) -> Node:
    """The tree of a glob.

    ``separated``: ``*``, ``?`` and negated brackets stop at ``/``, ``**`` crosses it, ``x/**`` matches ``x`` too and
    ``**/x`` matches at any depth. Otherwise ``*`` and ``**`` cross everything. ``\\`` takes the next character as it
    is; a bracket or brace that is not closed stands for itself.
    """
    return _Glob(text, separated, case).sequence(0, len(text), 0)


class _Glob:
    __slots__ = ("case", "groups", "one", "separated", "text")

    def __init__(self, text: str, separated: bool, case: int) -> None:
        self.text = text
        self.separated = separated
        self.case = case
        self.one: Ranges = NOT_SLASH if separated else ALL
        self.groups = _brace_groups(text) if "{" in text else {}

    def sequence(self, index: int, end: int, depth: int) -> Node:
        """Read a stretch of the text."""
        parts: list[Node] = []
        text = self.text
        while index < end:
            char = text[index]
            if char == "/" and self.separated and index + 3 == end and text.startswith("/**", index):
                # `x/**` is x and everything below it.
                parts.append(Repeat(Cat([Chars(SLASH), anything()]), 0, 1))
                index += 3
            elif char == "*":
                index = self._star(index, end, parts)
            elif char == "?":
                parts.append(Chars(self.one))
                index += 1
            elif char == "[":
                index = self._bracket(index, end, parts)
            elif char == "{" and index in self.groups:
                index = self._braces(index, parts, depth)
            else:
                index += char == "\\" and index + 1 < end
                parts.append(Chars(fold(of(text[index]), self.case)))
                index += 1
        return Cat(parts)

    def _star(self, index: int, limit: int, parts: list[Node]) -> int:
        text = self.text
        end = index
        while end < limit and text[end] == "*":
            end += 1
        if not self.separated:
            parts.append(anything())
        elif end - index == 1:
            parts.append(Repeat(Chars(NOT_SLASH), 0, -1))
        elif end < limit and text[end] == "/" and (not parts or text[index - 1] == "/"):
            # `**/x` is x at any depth.
            parts.append(Repeat(Cat([anything(), Chars(SLASH)]), 0, 1))
            end += 1
        else:
            parts.append(anything())
        return end

    def _bracket(self, index: int, limit: int, parts: list[Node]) -> int:
        found = bracket(self.text, index, self.case)
        if found is None or found[1] > limit:
            parts.append(Chars(of("[")))
            return index + 1
        ranges, end = found
        parts.append(Chars(minus(ranges, SLASH) if self.separated else ranges))
        return end

    def _braces(self, index: int, parts: list[Node], depth: int) -> int:
        if depth > 20:
            raise PatternError("braces are nested more than 20 deep")
        options: list[Node] = []
        start = index + 1
        for end in self.groups[index]:
            options.append(self.sequence(start, end, depth + 1))
            start = end + 1
        parts.append(Alt(options))
        return start


def _brace_groups(text: str) -> dict[int, list[int]]:
    """Opening braces that group, each with the places of its commas and of its closing brace. A brace that is never
    closed, or holds no comma, is a character."""
    groups: dict[int, list[int]] = {}
    open_braces: list[tuple[int, list[int]]] = []
    index = 0
    while index < len(text):
        char = text[index]
        if char == "\\":
            index += 1
        elif char == "[":
            found = bracket(text, index)
            index = found[1] - 1 if found is not None else index
        elif char == "{":
            open_braces.append((index, []))
        elif char == "," and open_braces:
            open_braces[-1][1].append(index)
        elif char == "}" and open_braces:
            start, commas = open_braces.pop()
            if commas:
                groups[start] = [*commas, index]
        index += 1
    return groups
