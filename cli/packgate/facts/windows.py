"""PowerShell and cmd lines: their plain simple commands, run as commands of the catalog; the rest is said not to be analysed.

Names of programs, aliases and paths ignore letter case there. A path with a drive is written ``/c:/windows/…``, lower-case, so that
patterns such as ``c:/windows/**`` hold at its root. Sources: about_Aliases (PowerShell 7.4 and 5.1), the built-in commands of cmd.exe.
"""

from __future__ import annotations

import re

from packgate.model.operation import PARTIAL, Note
from packgate.model.value import Hole, Text, join
from packgate.shell.evaluate import run_argv
from packgate.shell.limits import COMMANDS
from packgate.shell.windows import read_simple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.catalog.load import Catalog
    from packgate.facts.session import Session
    from packgate.model.value import Part, Value
    from packgate.shell.state import State
    from packgate.shell.windows import PlainCommand

_POWERSHELL = {
    "rm": "Remove-Item", "del": "Remove-Item", "erase": "Remove-Item", "rd": "Remove-Item", "rmdir": "Remove-Item",
    "cat": "Get-Content", "type": "Get-Content", "cp": "Copy-Item", "copy": "Copy-Item", "mv": "Move-Item", "move": "Move-Item",
    "ls": "Get-ChildItem", "dir": "Get-ChildItem", "sc": "Set-Content", "curl": "Invoke-WebRequest", "wget": "Invoke-WebRequest",
    "kill": "Stop-Process", "start": "Start-Process", "echo": "echo", "write-output": "echo", "write-host": "echo", "md": "New-Item",
}
_CMD = {
    "del": "Remove-Item", "erase": "Remove-Item", "rd": "Remove-Item", "rmdir": "Remove-Item", "type": "Get-Content", "copy": "Copy-Item",
    "move": "Move-Item", "ren": "Move-Item", "rename": "Move-Item", "dir": "Get-ChildItem", "md": "New-Item", "mkdir": "New-Item",
    "start": "Start-Process",
}
_FOLDERS: dict[str, str] = {
    "windir": "/c:/windows", "systemroot": "/c:/windows", "programfiles": "/c:/program files", "programdata": "/c:/programdata",
    "systemdrive": "/c:",
}
_SUFFIX = re.compile(r"\.(?:exe|cmd|bat|com|ps1)$", re.IGNORECASE)
_DRIVE = re.compile(r"(?:\\\\\?\\)?([A-Za-z]):(?=[\\/]|$)")
_PATH_LIKE = re.compile(r"^(?:\.{0,2}\\|[\w.$~-]+\\)")
_SWITCH = re.compile(r"/[A-Za-z?](?::\S*)?$")


def run_windows(
    source: Value, shell: str, session: Session, state: State, span: tuple[int, int] | None = None, stdin: Value | None = None
) -> Value:
    """Run the plain commands of a line in order; ``span`` is that of the word that carries the code, when it is nested."""
    if isinstance(source, Text):
        session.note(Note("windows", f"{shell} code is partly unknown and was not analysed", PARTIAL, span))
        return source
    commands, problems = read_simple(source, shell)
    output: Value = ""
    for command in commands[:COMMANDS]:
        where = span if span is not None else (command.start, command.end)
        given = output if command.operator == "|" else stdin
        output = _run(command, shell, session, state, where, given)
    if len(commands) > COMMANDS:
        session.note(Note("limit", f"the limit of {COMMANDS} commands was reached; what is beyond it was not analysed", PARTIAL, span))
    for problem in problems:
        where = span if span is not None else (problem.offset, min(problem.offset + 1, len(source)))
        session.note(Note("windows", f"{shell} was not analysed here: {problem.message}", PARTIAL, where))
    return output


def decode_command(code: str) -> str | None:
    """The text of PowerShell's ``-EncodedCommand``: base64 of UTF-16 little endian; None when it is not that."""
    import base64
    import binascii

    try:
        return base64.b64decode(code + "=" * (-len(code) % 4), validate=True).decode("utf-16-le")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def _run(command: PlainCommand, shell: str, session: Session, state: State, span: tuple[int, int], stdin: Value | None) -> Value:
    output: Value = ""
    if command.argv:
        argv = [_program(command.argv[0], shell, session.catalog), *_arguments(command.argv[1:], shell)]
        output = run_argv(argv, state, session, span, stdin)
    for operator, target in command.redirects:
        path = windows_path(target)
        if not _is_device(path):
            session.opened(path, "append" if operator.endswith(">>") else "read" if "<" in operator else "write", output, span)
    return output


def _program(word: Value, shell: str, catalog: Catalog) -> Value:
    """The catalog's name of a program, whatever its case, folder and ending."""
    if not isinstance(word, str):
        return word
    name = _SUFFIX.sub("", word.replace("\\", "/").rsplit("/", 1)[-1])
    alias = (_POWERSHELL if shell == "powershell" else _CMD).get(name.lower())
    if alias is not None:
        return alias
    return catalog.any_case(name)


def _arguments(words: list[Value], shell: str) -> list[Value]:
    """Paths in the one form that patterns know; switches of cmd's own commands (``/S``) as options."""
    out: list[Value] = []
    for word in words:
        if shell == "cmd" and isinstance(word, str) and _SWITCH.match(word):
            out.append("-" + word[1:])
        else:
            out.append(windows_path(word))
    return out


def windows_path(word: Value) -> Value:
    """A word with backslashes turned where it is a path, and a drive at its start written ``/c:/…`` in lower case."""
    if isinstance(word, Text):
        return join([part.replace("\\", "/") if isinstance(part, str) else _folder(part) for part in word.parts])
    drive = _DRIVE.match(word)
    if drive is not None:
        return "/" + drive.group(1).lower() + ":" + word[drive.end():].replace("\\", "/").lower()
    return word.replace("\\", "/") if _PATH_LIKE.match(word) else word


def _folder(part: Part) -> Part:
    """A variable that names the same folder on every installation."""
    if isinstance(part, Hole) and len(part.origins) == 1 and part.origins[0].kind == "variable":
        return _FOLDERS.get(part.origins[0].detail.lower().removeprefix("env:"), part)
    return part


def _is_device(path: Value) -> bool:
    return isinstance(path, str) and path.lower() in ("nul", "$null", "con", "/dev/null")
