"""Patterns as regular expressions of RE2, which policy engines have: from the tree that packgate's own matcher is made of.

Written with brackets rather than backslashes (`[.]`) and without flags: what every engine with RE2's syntax reads alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.engine.charset import ALL, LAST, negate
from packgate.engine.syntax import Alt, Assertion, Cat, Chars, Repeat

if TYPE_CHECKING:
    from packgate.engine.charset import Ranges
    from packgate.engine.syntax import Node

_ASSERTIONS = {"^": "^", "$": "$", "b": "\\b", "B": "\\B"}
# Characters that mean something in a bracket expression, as they stand at its end.
_SPECIAL = {"]": "]", "\\": "\\\\", "^": "^", "-": "-"}
_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _/@:,=\"'<>~%&;!#`-\n")


def regex_text(node: Node) -> str:
    """An expression that matches the same whole texts."""
    return f"^(?:{_text(node)})$"


def _text(node: Node) -> str:
    if isinstance(node, Chars):
        return _chars(node.ranges)
    if isinstance(node, Cat):
        return "".join(_text(part) if not isinstance(part, Alt) else f"(?:{_text(part)})" for part in node.parts)
    if isinstance(node, Alt):
        return "|".join(f"(?:{_text(option)})" for option in node.options)
    if isinstance(node, Repeat):
        return f"(?:{_text(node.node)}){_count(node.low, node.high)}"
    if isinstance(node, Assertion):
        return _ASSERTIONS[node.kind]
    raise TypeError(f"a node that no expression is known for: {type(node).__name__}")


def _count(low: int, high: int) -> str:
    if high == -1:
        return "*" if low == 0 else "+" if low == 1 else f"{{{low},}}"
    return "?" if (low, high) == (0, 1) else f"{{{low},{high}}}"


def _chars(ranges: Ranges) -> str:
    if ranges == ALL:
        return "(?:.|\n)"
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _char(chr(ranges[0][0]))
    if not ranges or ranges[-1][1] == LAST:
        return f"[^{_members(negate(ranges))}]" if ranges else "[^\x00-\U0010ffff]"
    return f"[{_members(ranges)}]"


def _char(char: str) -> str:
    if char in "^\\":
        return f"\\{char}"
    return char if char in _SAFE or ord(char) > 127 else f"[{char}]"


def _members(ranges: Ranges) -> str:
    """The inside of a bracket expression: what would end it comes first, what would negate it or make a range comes last."""
    body, ends = [], set()
    for low, high in ranges:
        while low <= high and chr(low) in _SPECIAL:
            ends.add(chr(low))
            low += 1
        while low <= high and chr(high) in _SPECIAL:
            ends.add(chr(high))
            high -= 1
        if low <= high:
            body.append(chr(low) if low == high else f"{chr(low)}-{chr(high)}")
    first = "]" if "]" in ends else ""
    return first + "".join(body) + "".join(_SPECIAL[char] for char in "\\^-" if char in ends)
