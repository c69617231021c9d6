"""sed scripts: the commands that write, read or run something. Source: sed(1) of GNU sed 4.9."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"\s*(?:\d+(?:~\d+)?|\$|[+~]\d+|/(?:[^/\\\n]|\\.)*/[IM]*|\\(.)(?:(?!\1)[^\\\n]|\\.)*\1[IM]*)?")
_TEXT_COMMANDS = "aic"
_FILE_COMMANDS = "rRwW"
_LABEL_COMMANDS = "btT:"

# Patterns of a whole line.
_WHOLE_LINE = (".*", "^.*$", "^.*", ".*$")


def sed_commands(script: str) -> list[tuple[str, str]]:
    """Commands of a script that touch the world: ``("w", path)``, ``("r", path)``, ``("e", command)``; a substitution with
    the flag ``e`` is ``("e", "")``."""
    out: list[tuple[str, str]] = []
    position = 0
    while position < len(script):
        position = _skip_addresses(script, position)
        if position >= len(script):
            break
        letter = script[position]
        position += 1
        if letter in "{};\n \t!":
            continue
        if letter in "sy":
            position = _substitution(script, position, letter, out)
        elif letter in _TEXT_COMMANDS:
            position = _text_end(script, position)
        elif letter in _FILE_COMMANDS or letter == "e":
            end = _line_end(script, position)
            out.append((letter.lower(), script[position:end].strip()))
            position = end
        elif letter in _LABEL_COMMANDS or letter == "#":
            position = _line_end(script, position)
    return out


def _skip_addresses(script: str, position: int) -> int:
    while True:
        match = _ADDRESS.match(script, position)
        end = match.end() if match is not None else position
        if end < len(script) and script[end] == "," and end > position:
            position = end + 1
        elif end == position or end >= len(script) or script[end] in ",":
            return end
        else:
            return end


def _line_end(script: str, position: int) -> int:
    end = script.find("\n", position)
    return len(script) if end < 0 else end


def _text_end(script: str, position: int) -> int:
    """The end of the text of ``a``, ``i``, ``c``: lines that end in a backslash go on."""
    end = _line_end(script, position)
    while end < len(script) and script[end - 1] == "\\":
        end = _line_end(script, end + 1)
    return end


def _substitution(script: str, position: int, letter: str, out: list[tuple[str, str]]) -> int:
    if position >= len(script):
        return position
    delimiter = script[position]
    index = position + 1
    pieces = []
    for _ in range(2):
        begin = index
        while index < len(script) and script[index] != delimiter:
            index += 2 if script[index] == "\\" else 1
        pieces.append(script[begin:index])
        index += 1
    if letter == "y":
        return index
    while index < len(script) and script[index] in "gpiImMe0123456789":
        if script[index] in "e":
            # What it makes of a line is run: the replacement alone where it takes the place of all.
            whole = pieces[0] in _WHOLE_LINE and not set(pieces[1]) & {"&", "\\"}
            out.append(("s", pieces[1] if whole else ""))
        index += 1
    if index < len(script) and script[index] == "w":
        end = _line_end(script, index)
        out.append(("w", script[index + 1:end].strip()))
        return end
    return index
