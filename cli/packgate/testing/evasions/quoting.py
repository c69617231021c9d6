"""Quoting: the shell removes it before a program sees its arguments (Bash Reference Manual, 3.1.2 and 3.5.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, backslashed, double_quoted, hex_quoted, octal_quoted, single_quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject

_WHY = "quote removal leaves the same word"


def _program(change: Callable[[str], str | None]) -> Callable[[Subject], str | None]:
    return lambda subject: subject.each_program(change)


def _arguments(change: Callable[[str], str | None]) -> Callable[[Subject], str | None]:
    return lambda subject: subject.each_argument(change)


def _plain(text: str) -> bool:
    return text.isalnum() and text.isascii()


def _split(text: str) -> str | None:
    return f"{text[0]}''{text[1:]}" if len(text) > 1 and _plain(text) else None


def _halves(text: str) -> str | None:
    middle = len(text) // 2
    return single_quoted(text[:middle]) + double_quoted(text[middle:]) if len(text) > 1 else None


def _mixed(text: str) -> str | None:
    if len(text) < 2 or not _plain(text):
        return None
    return f"{text[0]}\"{text[1]}\"{text[2:]}"


def _first_backslash(text: str) -> str | None:
    return "\\" + text if _plain(text) else None


def _continued(text: str) -> str | None:
    return f"{text[0]}\\\n{text[1:]}" if len(text) > 1 and _plain(text) else None


def _empty(text: str) -> str:
    return '""' + single_quoted(text) + "''"


def _unescaped_hex(text: str) -> str | None:
    return hex_quoted(text) if text.isascii() and text else None


QUOTING = (
    Rewrite("program-single-quotes", "program in single quotes", _WHY, _program(single_quoted)),
    Rewrite("program-double-quotes", "program in double quotes", _WHY, _program(double_quoted)),
    Rewrite("program-backslash", "backslash before the program", _WHY, _program(_first_backslash)),
    Rewrite("program-backslashes", "backslash before every letter of the program", _WHY, _program(backslashed)),
    Rewrite("program-empty-quotes", "empty quotes inside the program", _WHY, _program(_split)),
    Rewrite("program-mixed-quotes", "one letter of the program quoted", _WHY, _program(_mixed)),
    Rewrite("program-two-quotes", "program in two kinds of quotes", _WHY, _program(_halves)),
    Rewrite("program-hex", "program as $'\\x…'", "ANSI-C quoting stands for the characters", _program(_unescaped_hex)),
    Rewrite("program-octal", "program as $'\\ooo'", "ANSI-C quoting stands for the characters", _program(octal_quoted)),
    Rewrite("program-continuation", "line continuation inside the program", "a backslash before a line end vanishes", _program(_continued)),
    Rewrite("arguments-single-quotes", "arguments in single quotes", _WHY, _arguments(single_quoted)),
    Rewrite("arguments-double-quotes", "arguments in double quotes", _WHY, _arguments(double_quoted)),
    Rewrite("arguments-backslashes", "backslash before every character of the arguments", _WHY, _arguments(backslashed)),
    Rewrite("arguments-empty-quotes", "empty quotes around the arguments", _WHY, _arguments(_empty)),
    Rewrite("arguments-two-quotes", "arguments in two kinds of quotes", _WHY, _arguments(_halves)),
    Rewrite("arguments-hex", "arguments as $'\\x…'", "ANSI-C quoting stands for the characters", _arguments(_unescaped_hex)),
)
