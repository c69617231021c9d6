"""Finding the parenthesis that closes another without parsing what lies between."""

from __future__ import annotations

from packgate.shell.syntax import ANSI_C, BACKTICKS, DOUBLE_SCAN, PAREN_SCAN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_DOUBLE: Final = -1
_BRACE: Final = -2


def closing_parenthesis(source: str, pos: int, end: int, known: dict[int, int]) -> int:
    """Where the parenthesis at ``pos`` closes, or -1.

    It tells ``((`` of arithmetic from two subshells as bash does: by counting parentheses outside quotes. Every
    parenthesis met is remembered in ``known``, so that a text full of them is scanned once.
    """
    if pos in known:
        return known[pos]
    open_at = [pos]
    at = pos + 1
    while at < end and open_at:
        match = (DOUBLE_SCAN if open_at[-1] == _DOUBLE else PAREN_SCAN).match(source, at, end)
        if match is not None:
            at = match.end()
            if at >= end:
                break
        at = _step(source, at, end, open_at, known)
    for position in open_at:
        if position >= 0:
            known[position] = -1
    return known[pos]


def _step(source: str, at: int, end: int, open_at: list[int], known: dict[int, int]) -> int:
    """Handle one character that matters; returns the position after it."""
    char = source[at]
    top = open_at[-1]
    if char == "\\":
        return at + 2
    if char == '"':
        if top == _DOUBLE:
            open_at.pop()
        else:
            open_at.append(_DOUBLE)
    elif char == "$":
        return _dollar(source, at, end, open_at)
    elif char == "`":
        match = BACKTICKS.match(source, at + 1, end)
        return match.end() if match is not None else end
    elif char == "'":
        close = source.find("'", at + 1, end)
        return close + 1 if close >= 0 else end
    elif char == "}":
        if top == _BRACE:
            open_at.pop()
    elif top != _BRACE:
        if char == "(":
            open_at.append(at)
        else:
            known[open_at.pop()] = at
    return at + 1


def _dollar(source: str, at: int, end: int, open_at: list[int]) -> int:
    follower = source[at + 1 : at + 2]
    if follower == "(":
        open_at.append(at + 1)
    elif follower == "{":
        open_at.append(_BRACE)
    elif follower == "'" and open_at[-1] != _DOUBLE:
        match = ANSI_C.match(source, at + 2, end)
        return match.end() if match is not None else end
    return at + 2 if follower in ("(", "{", "$") else at + 1
