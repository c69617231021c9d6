"""Commands by which programs that are no shells hand a line to one: editors, debuggers, file transfer, macros, tables of jobs.

Sources: Vim's `:help :!`, GDB manual "Shell Commands", ed(1), ftp(1), lftp(1), m4(1) "Shell commands", crontab(5), expect(1).
"""

from __future__ import annotations

import re

from packgate.model.operation import PARTIAL
from packgate.model.value import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.facts.nested import Payload
    from packgate.model.value import Value

# The commands of Vim that run a line, behind a range and modifiers.
_VIM_SHELL = re.compile(
    r":*\s*(?:sil(?:ent)?!?\s+)?(?:[%\d.,$'<>]*|r(?:ead)?\s+|w(?:rite)?\s+|(?:ter(?:minal)?)\s+(?:\+\+\w+\s+)*)\s*!(.+)", re.DOTALL
)
_VIM_TERMINAL = re.compile(r":*\s*ter(?:minal)?\s+(?:\+\+\w+\s+)*(.+)", re.DOTALL)
_VIM_SYSTEM = re.compile(r"\bsystem(?:list)?\(\s*(\"(?:[^\"\\]|\\.)*\"|'[^']*')")
_VIM_CODE = re.compile(r":*\s*(py(?:thon)?[3x]?|lua|luado|ruby?|perl?)\s+(.+)", re.DOTALL)
# Commands of Vim that leave, write, set options, move or replace text in the buffer.
_VIM_HARMLESS = re.compile(
    r":*\s*(?:[wq]?q?a?l?l?!?|x(?:it|all|a)?!?|w(?:rite|all|a)?!?|up(?:date)?|e(?:dit)?!?|noh\w*|set?\s.*|setl\w*\s.*|syn\w*\s.*"
    r"|[%\d.,$'<>]*(?:s|g|v|d|p|j|m|t|y|norm\w*|sort|print|number|nu)\b.*|\d+)\s*$"
)
_VIM_LANGUAGES = {"py": "python", "lu": "lua", "ru": "ruby", "pe": "perl"}
# A copy of the buffer, or the end of the work, under another name.
_VIM_WRITE = re.compile(r":*\s*[%\d.,$'<>]*(?:w|wq|write|sav|saveas|x|up|update)!?\s+(?:>>\s*)?([^!\s|][^\s|]*)\s*$")
_VIM_CALLS = re.compile(r"\b(delete|writefile|rename|mkdir)\(((?:[^()'\"]|'[^']*'|\"(?:[^\"\\]|\\.)*\")*)\)")
_ED_FILE = re.compile(r"[\d.,$;]*\s*(w|wq|W|r|e|E|f)\s+([^!\s].*)$")
_ED_TEXT = re.compile(r"[\d.,$;/\w]*[aic]")
_YQ_FILE = re.compile(r"\bload(?:_\w+)?\(\s*(\"[^\"]*\"|[^()\"]*)\)")
_YQ_VARIABLE = re.compile(r"\b(?:str)?env\(\s*(\w+)\s*\)")
# What a debugger hands on, by the first letters of the command.
_GDB = re.compile(r"(shell|!|python-interactive|python|pi|py|make|pipe|\|)\s*(.*)", re.DOTALL)
_SYSCMD = re.compile(r"\b(?:e?syscmd)\(\s*(?:`([^']*)'|([^()`']*))\s*\)")
_SPAWN = re.compile(r"(?:^|[;\n\[])\s*(?:spawn|exec|system)\s+(?:-\S+\s+)*((?:\{[^{}]*\}|\"(?:[^\"\\]|\\.)*\"|[^\n;\]{\"])+)")
_TCL_CHANNELS = (">@", "2>", "<@", ">&", "&", ">")
_QUOTED = r"\"(?:[^\"\\]|\\.)*\""
# Calls that run a command line, by language; the string is the group.
_LINES = {
    "erl": re.compile(r"\bos:cmd\(\s*(" + _QUOTED + r")"),
    "gnuplot": re.compile(r"(?:\bsystem\b\s*\(?\s*|^\s*!\s*)(" + _QUOTED + r"|'[^']*')", re.MULTILINE),
    "groovy": re.compile(r"(" + _QUOTED + r"|'[^']*')\s*\.execute\("),
    "julia": re.compile(r"(?!)"),
    "scala": re.compile(r"(" + _QUOTED + r")\s*\.?\s*!{1,2}(?![=\w])"),
}
# Calls that run a list of words.
_LISTS = {
    "groovy": re.compile(r"\[((?:\s*(?:" + _QUOTED + r"|'[^']*')\s*,?)+)\]\s*\.execute\("),
    "julia": re.compile(r"\bCmd\(\s*\[((?:\s*" + _QUOTED + r"\s*,?)+)\]"),
}
_ANY_STRING = re.compile(_QUOTED + r"|'[^']*'")
_VIM_COMMAND = re.compile(r"(?:" + _QUOTED + r"|'[^']*'|[^|])+")
_TIMES = re.compile(r"\s*(?:@\w+|(?:[\d*/,A-Za-z-]+[ \t]+){4}[\d*/,A-Za-z-]+)[ \t]+(\S.*)")


def read_vim(code: Value, payload: Payload) -> None:
    """A command of Vim: what it runs; anything else that could do more than edit is opaque."""
    for line in _vim_commands(show(code)):
        found = _VIM_SHELL.match(line) or _VIM_TERMINAL.match(line)
        inner = _VIM_CODE.match(line)
        texts = _VIM_SYSTEM.findall(line)
        written = _VIM_WRITE.match(line)
        if written is not None:
            payload.add(("modify-file",), "write", "write", {"path": (written.group(1),)})
        elif _VIM_CALLS.search(line) is not None:
            _vim_calls(line, payload)
        elif found is not None:
            payload.shell(found.group(1).strip())
        elif inner is not None:
            _read(inner.group(2), _VIM_LANGUAGES[inner.group(1)[:2]], payload)
        elif texts:
            for text in texts:
                payload.shell(_unquoted(text))
        elif _VIM_HARMLESS.match(line) is None:
            payload.opaque("interpreter", PARTIAL)


def _vim_commands(text: str) -> list[str]:
    """The commands of a line: a bar ends one, but not in a string, and not where Vim hands all that follows on (`:help :bar`)."""
    if "!" in text or _VIM_CODE.match(text) is not None:
        return [text]
    return _VIM_COMMAND.findall(text)


def _vim_calls(line: str, payload: Payload) -> None:
    """Functions of Vim that change files: the last plain string is the file, of `delete` and `mkdir` the first."""
    for name, arguments in _VIM_CALLS.findall(line):
        texts = _ANY_STRING.findall(arguments)
        if not texts:
            payload.opaque("interpreter", PARTIAL)
        elif name == "delete":
            payload.add(("delete-file",), "delete", "delete", {"path": (_unquoted(texts[0]),)})
        else:
            payload.add(("modify-file",), "write", "write", {"path": (_unquoted(texts[0 if name == "mkdir" else -1]),)})


def read_ed(code: Value, payload: Payload) -> None:
    """Lines of `ed`: what they write, and what they run."""
    current: list[str] = []
    writing = False
    for line in show(code).split("\n"):
        if writing:
            writing = line != "."
            continue
        found = _ED_FILE.match(line.strip())
        if found is None:
            writing = line.strip()[-1:] in ("a", "i", "c") and _ED_TEXT.fullmatch(line.strip()) is not None
            if line.strip() in ("w", "wq", ",w") and current:
                payload.add(("modify-file",), "edit", "write", {"path": (current[-1],)})
        elif found.group(1) in ("e", "E", "f"):
            current.append(found.group(2))
        elif found.group(1) != "r":
            payload.add(("modify-file",), "write", "write", {"path": (found.group(2),)})
        else:
            payload.add(("read-file",), "read", "read", {"path": (found.group(2),)})
    read_bangs(code, payload)


def read_yq(code: Value, payload: Payload) -> None:
    """An expression of `yq`: the files and the variables that it brings in."""
    text = show(code)
    for name in _YQ_FILE.findall(text):
        if name[:1] == '"':
            payload.add(("read-file",), "read", "read", {"path": (_unquoted(name),)})
        else:
            payload.opaque("interpreter", PARTIAL)
    for variable in _YQ_VARIABLE.findall(text):
        payload.add(("environment-exposure",), "print", "read", {"variable": (variable,)})


def read_gdb(code: Value, payload: Payload) -> None:
    """A command of GDB or LLDB."""
    found = _GDB.match(show(code).strip())
    if found is None:
        payload.opaque("interpreter", PARTIAL)
    elif found.group(1) in ("shell", "!"):
        payload.shell(found.group(2))
    elif found.group(1).startswith("p") and found.group(1) != "pipe":
        _read(found.group(2), "python", payload)
    else:
        payload.opaque("interpreter", PARTIAL)


def read_bangs(code: Value, payload: Payload) -> None:
    """Lines of `ed`, `ftp`, `sftp`, `lftp` and their like: one that begins with ``!`` is a command line."""
    for line in show(code).split("\n"):
        for piece in line.split(";") if line.lstrip()[:1] != "!" else [line]:
            text = piece.strip().removeprefix(":")
            if text[:1] == "!" and text[1:].strip():
                payload.shell(text[1:].lstrip("!"))


def read_m4(code: Value, payload: Payload) -> None:
    """The shell commands of macros."""
    found = _SYSCMD.findall(show(code))
    for quoted, bare in found:
        payload.shell(quoted or bare)
    if not found:
        payload.opaque("interpreter", PARTIAL)


def read_crontab(code: Value, payload: Payload) -> None:
    """The commands of a table of jobs: what stands behind the times, up to a percent sign."""
    known = code if isinstance(code, str) else "".join(part if isinstance(part, str) else "\n" for part in code.parts)
    for line in known.split("\n"):
        found = _TIMES.match(line)
        if found is not None and not line.lstrip().startswith("#"):
            command = re.sub(r"(?<!\\)%.*", "", found.group(1)).replace("\\%", "%")
            payload.shell(command)


def read_tcl(code: Value, payload: Payload) -> None:
    """The programs that a script of Expect or Tcl starts with plain words."""
    found = _SPAWN.findall(show(code))
    for line in found:
        words: list[Value] = []
        words += [_plain(word) for word in re.findall(r"\{[^{}]*\}|\"(?:[^\"\\]|\\.)*\"|\S+", line.strip())]
        end = next((i for i, word in enumerate(words) if isinstance(word, str) and word[:2] in _TCL_CHANNELS), len(words))
        if end and not any(isinstance(word, str) and word[:1] in "$[" for word in words[:end]):
            payload.run(words[:end])
        else:
            payload.opaque("interpreter", PARTIAL)
    if not found:
        payload.opaque("interpreter", PARTIAL)


def read_calls(language: str, code: Value, payload: Payload) -> bool:
    """The command lines and lists of words that plain calls of a language run; whether there are any."""
    text = show(code)
    found = False
    for match in _LINES[language].finditer(text):
        found = True
        payload.shell(_unquoted(match.group(1)))
    for match in _LISTS[language].finditer(text) if language in _LISTS else ():
        found = True
        words: list[Value] = []
        words += [_unquoted(word) for word in _ANY_STRING.findall(match.group(1))]
        payload.run(words)
    return found


def read_erlang(code: Value, payload: Payload) -> None:
    """An expression of Erlang."""
    if not read_calls("erl", code, payload):
        payload.opaque("interpreter", PARTIAL)


def read_gnuplot(code: Value, payload: Payload) -> None:
    """Commands of gnuplot."""
    if not read_calls("gnuplot", code, payload):
        payload.opaque("interpreter", PARTIAL)


def _plain(word: str) -> str:
    """A word of Tcl without its braces or quotes."""
    if word[:1] == "{":
        return word[1:-1]
    return _unquoted(word) if word[:1] == '"' else word


def _unquoted(text: str) -> str:
    return text[1:-1] if text[:1] == "'" else re.sub(r"\\(.)", r"\1", text[1:-1])


def _read(code: str, language: str, payload: Payload) -> None:
    from packgate.facts.nested import read_code

    read_code(code, language, payload)


READERS: dict[str, Callable[[Value, Payload], None]] = {
    "vim": read_vim, "gdb": read_gdb, "bangs": read_bangs, "m4": read_m4, "crontab": read_crontab, "tcl": read_tcl,
    "ed": read_ed, "yq": read_yq,
    "erl": read_erlang, "gnuplot": read_gnuplot,
}
