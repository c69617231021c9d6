"""awk programs: commands, files and the environment. Source: awk(1p), gawk manual "Input/Output Functions", "Redirection"."""

from __future__ import annotations

import re

from packgate.model.operation import PARTIAL
from packgate.model.value import Origin, show, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.nested import Payload
    from packgate.model.value import Value

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<string>"(?:[^"\\\n]|\\.)*")
      | (?P<regex>(?<![\w)\]"$.])\s*/(?:[^/\\\n]|\\.)+/)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<op>\|&|\|\||&&|>>|>=|<=|==|!=|[|<>(),;{}])
      | (?P<other>\s+|.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/"}


def read_awk(code: Value, payload: Payload) -> None:
    """Add what the program runs, writes, reads and discloses."""
    tokens = [
        (str(match.lastgroup), match.group().strip())
        for match in _TOKEN.finditer(show(code))
        if match.lastgroup != "comment" and match.group().strip()
    ]
    tokens = _with_constants(tokens)
    printing = False
    depth = 0
    for index, (kind, text) in enumerate(tokens):
        if text in ("print", "printf"):
            printing, depth = True, 0
        elif text in (";", "}", "{") or (kind == "word" and text == "getline"):
            printing = False
        depth += (text == "(") - (text == ")")
        if text == "<" and "getline" in (_text_at(tokens, index - 1), _text_at(tokens, index - 2)):
            _read(index, tokens, payload)
        if kind == "word":
            _word(text, index, tokens, payload)
        elif kind == "op" and text in ("|", "|&"):
            _pipe(index, tokens, payload)
        elif kind == "op" and text in (">", ">>") and printing and depth == 0:
            _redirect(text, index, tokens, payload)


def _with_constants(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The tokens with variables that are assigned one string, once, in its place."""
    given: dict[str, list[str]] = {}
    for index, (kind, text) in enumerate(tokens):
        if kind == "word" and _text_at(tokens, index + 1) == "=" and _text_at(tokens, index + 2) != "=":
            ends = _text_at(tokens, index + 3) in (";", "}", "")
            string = ends and index + 2 < len(tokens) and tokens[index + 2][0] == "string"
            given.setdefault(text, []).append(tokens[index + 2][1] if string else "")
    constants = {name: values[0] for name, values in given.items() if len(values) == 1 and values[0]}
    return [
        ("string", constants[text]) if kind == "word" and text in constants and _text_at(tokens, index + 1) != "=" else (kind, text)
        for index, (kind, text) in enumerate(tokens)
    ]


def _word(text: str, index: int, tokens: list[tuple[str, str]], payload: Payload) -> None:
    if text == "system" and _text_at(tokens, index + 1) == "(":
        _run(tokens, index + 2, payload)
    elif text == "ENVIRON":
        name = _constant(tokens, index + 2) if index + 2 < len(tokens) and tokens[index + 1][1] == "[" else None
        if name is None:
            payload.add(("environment-exposure",), "dump", "read")
        else:
            payload.add(("environment-exposure",), "print", "read", {"variable": (name,)})


def _pipe(index: int, tokens: list[tuple[str, str]], payload: Payload) -> None:
    """``print | "command"`` and ``"command" | getline``."""
    if _text_at(tokens, index + 1) == "getline":
        command = _constant(tokens, index - 1)
        if command is not None:
            payload.shell(command)
            return
        payload.opaque("dynamic", PARTIAL)
    else:
        printed = _constant(tokens, index - 1) if _text_at(tokens, index - 2) == "print" else None
        outer = payload.stdin
        if printed is not None:
            payload.stdin = printed + "\n"
        elif _text_at(tokens, index - 1) != "print" or outer is None:
            payload.stdin = unknown(Origin("input", ""))
        _run(tokens, index + 1, payload)
        payload.stdin = outer


def _run(tokens: list[tuple[str, str]], index: int, payload: Payload) -> None:
    command = _constant(tokens, index)
    if command is None or (index + 1 < len(tokens) and tokens[index + 1][1] not in (")", ";", "}", "|", "|&", "{")):
        payload.opaque("dynamic", PARTIAL)
    if command is not None:
        payload.shell(command)


def _read(index: int, tokens: list[tuple[str, str]], payload: Payload) -> None:
    """``getline line < "file"``."""
    path = _constant(tokens, index + 1)
    if path is not None and path not in ("-", "/dev/stdin"):
        payload.add(("read-file",), "read", "read", {"path": (path,)})


def _redirect(mark: str, index: int, tokens: list[tuple[str, str]], payload: Payload) -> None:
    path = _constant(tokens, index + 1)
    if path is not None and path not in ("/dev/stdout", "/dev/stderr"):
        payload.add(("modify-file",), "append" if mark == ">>" else "write", "write", {"path": (path,)})


def _constant(tokens: list[tuple[str, str]], index: int) -> str | None:
    if not 0 <= index < len(tokens) or tokens[index][0] != "string":
        return None
    body = tokens[index][1][1:-1]
    return re.sub(r"\\(?:([0-7]{1,3})|(.))", _unescape, body)


def _unescape(match: re.Match[str]) -> str:
    if match.group(1) is not None:
        return chr(int(match.group(1), 8))
    return _ESCAPES.get(match.group(2), match.group())


def _text_at(tokens: list[tuple[str, str]], index: int) -> str:
    return tokens[index][1] if index < len(tokens) else ""
