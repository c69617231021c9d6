"""Short programs in R, Julia, Elixir, Lisps and other languages: the obvious calls, found by their names.

No grammar is read. A call whose name says that it runs, deletes, writes, reads or sends something and whose first argument is
a plain string becomes an operation; one with another argument makes the code opaque. Code without such a name is harmless.
"""

from __future__ import annotations

import re

from packgate.facts.payloads.languages import BACKTICKS, BY_PROGRAM, HYPHENS, MORE_LANGUAGES
from packgate.model.operation import PARTIAL
from packgate.model.value import Origin, show, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.facts.nested import Payload
    from packgate.model.value import Value

_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_STRING = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`)"""
# A list as an argument: brackets in its strings do not end it.
_LIST = re.compile(r"\s*,\s*\[((?:" + _STRING + r"|[^\]'\"`])*)\]")
_CALL = re.compile(r"(?<![\w$@%])((?:[A-Za-z_]\w*)(?:[?!])?)\s*(?:\(\s*|\s+|(?=[{\[/|]))(" + _STRING + r"(?=\s*([,.+)\]};]|$|\n)))?")
# In a Lisp a blank stands between the arguments.
_LISP_CALL = re.compile(r"(?<=\()\s*((?:[A-Za-z_]\w*)(?:[?!])?)\s+(" + _STRING + r"())?")
_QUOTED = re.compile(_STRING, re.DOTALL)
_QX = re.compile(r"(?:qx|%x)\s*(?:\{([^}]{0,999})\}|\(([^)]{0,999})\)|\[([^\]]{0,999})\]|/([^/]{0,999})/|\|([^|]{0,999})\|)")
_ENV_NAME = r"\s*(?:\.(\w+)|[\[({]\s*['\"]?(\w+)['\"]?)"
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|localhost")
# The other arguments of a call: of one that writes, the file may stand behind the text.
_FURTHER = re.compile(r"(?:[^()'\"`\n]|" + _STRING + r")*")
_ESCAPES = {"n": "\n", "t": "\t"}


def script_reader(language: str) -> Callable[[Value, Payload], None]:
    """The reader of one of `MORE_LANGUAGES`. Raises `KeyError` for another one."""
    language = BY_PROGRAM.get(language, language)
    names_of = MORE_LANGUAGES[language]
    kinds = {name: kind for kind, names in names_of.items() if kind != "environment" for name in names.split()}

    def read(code: Value, payload: Payload) -> None:
        text = show(code)
        if language in HYPHENS:
            text = _unhyphened(text)
        data = _data(text)
        for match in (_LISP_CALL if language in HYPHENS else _CALL).finditer(text):
            kind = kinds.get(match.group(1))
            if kind is not None and not _within(match.start(), data) and _is_call(text, match):
                _call(kind, match, text, payload)
        if language in BACKTICKS:
            _shell_quotes(text, data, payload)
        _environment(names_of["environment"], text, payload)

    return read


def _unhyphened(text: str) -> str:
    """Code whose names have hyphens, with underscores in their place; strings stay as they are."""
    out = []
    place = 0
    for start, end in _data(text):
        out += [_HYPHEN.sub("_", text[place:start]), text[start:end]]
        place = end
    return "".join([*out, _HYPHEN.sub("_", text[place:])])


def _data(text: str) -> list[tuple[int, int]]:
    """The ranges of quoted strings: names inside them call nothing."""
    return [match.span() for match in _QUOTED.finditer(text)]


def _within(position: int, ranges: list[tuple[int, int]]) -> bool:
    """Whether a position is inside one of the ranges, which are in order and apart."""
    low, high = 0, len(ranges)
    while low < high:
        middle = (low + high) // 2
        if ranges[middle][1] <= position:
            low = middle + 1
        else:
            high = middle
    return low < len(ranges) and ranges[low][0] < position


def _is_call(text: str, match: re.Match[str]) -> bool:
    """Whether a name is called: with parentheses or an argument, and not a method or key that only has the name."""
    after = text[match.end(1):match.end(1) + 1]
    return after == "(" or match.group(2) is not None or (after == " " and text[match.end(1):].lstrip()[:1] in "$@<qgd\"'[{")


def _call(kind: str, match: re.Match[str], text: str, payload: Payload) -> None:
    literal = match.group(2)
    argument = None if literal is None or match.group(3) in (".", "+") else _unquote(literal)
    if kind == "opaque":
        payload.opaque("dynamic" if argument is None else "interpreter", PARTIAL)
    elif kind == "shell":
        _run(argument, text[match.end():], payload)
    elif kind == "argv":
        _argv(argument, text[match.end():], payload)
    elif kind == "send":
        _send(argument, payload)
    else:
        path: Value = argument if argument is not None else unknown(Origin("argument"))
        family, effect = {"delete": ("delete-file", "delete"), "write": ("modify-file", "write"), "read": ("read-file", "read")}[kind]
        payload.add((family,), kind, effect, {"path": (path,)})
        for further in _QUOTED.findall(_FURTHER.match(text, match.end()).group()) if kind == "write" else ():  # type: ignore[union-attr]
            payload.add((family,), kind, effect, {"path": (_unquote(further) or path,)})


def _unquote(literal: str) -> str | None:
    """The text of a literal; None when it interpolates something."""
    body = literal[1:-1]
    if literal[0] != "'" and re.search(r"\$\{|#\{|(?<!\\)[$@][A-Za-z_{]", body):
        return None
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found.group(1), found.group(1)), body)


def _run(command: str | None, rest: str, payload: Payload) -> None:
    """A command line, or a program with a list of plain arguments (``system("rm", "-rf", "/x")``)."""
    if command is None:
        payload.opaque("dynamic", PARTIAL)
        return
    more = re.match(r"(?:\s*,\s*" + _STRING + r")+", rest)
    if more is None:
        payload.shell(command)
    else:
        payload.run([command, *(_unquote(found) or "" for found in _QUOTED.findall(more.group()))])


def _argv(program: str | None, rest: str, payload: Payload) -> None:
    listed = _LIST.match(rest)
    words = _QUOTED.findall(listed.group(1)) if listed is not None else []
    if program is None or (listed is not None and listed.group(1).strip() and not words):
        payload.opaque("dynamic", PARTIAL)
        return
    payload.run([program, *(_unquote(word) or "" for word in words)])


def _send(url: str | None, payload: Payload) -> None:
    if url is None:
        return
    if "://" in url:
        payload.add(("data-transfer",), "send", "send", {"url": (url,)})
    elif _HOST.fullmatch(url):
        payload.add(("data-transfer",), "send", "send", {"host": (url,)})


def _shell_quotes(text: str, data: list[tuple[int, int]], payload: Payload) -> None:
    for start, end in data:
        if text[start] == "`":
            command = _unquote(text[start:end])
            if command is None:
                payload.opaque("dynamic", PARTIAL)
            else:
                payload.shell(command)
    for match in _QX.finditer(text):
        payload.shell(next(group for group in match.groups() if group is not None))


def _environment(names: str, text: str, payload: Payload) -> None:
    for name in names.split():
        for match in re.finditer(r"(?<!\w)" + re.escape(name) + r"(?!\w)(?:" + _ENV_NAME + ")?", text):
            variable = match.group(1) or match.group(2)
            if variable is None or variable in ("each", "map", "to_h", "keys", "inspect", "fetch"):
                payload.add(("environment-exposure",), "dump", "read")
            else:
                payload.add(("environment-exposure",), "print", "read", {"variable": (variable,)})
