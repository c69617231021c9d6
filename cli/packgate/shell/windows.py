"""Plain simple commands of PowerShell and cmd lines.

These shells aren't analysed: what is more than a command with words, quotes, escapes and redirections is named by a
`Problem`, so that nobody takes the commands found for all that the line does.
"""

from __future__ import annotations

from packgate.shell.tree import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from packgate.model.value import Value

# The longest command line that Windows starts a program with is half of it.
MAX_LENGTH: Final = 64 * 1024
MAX_PROBLEMS: Final = 20


class PlainCommand:
    """One command: its words after quotes and escapes, its redirections as (operator, target), and its range.

    ``operator`` is what stands before it (empty, ``;``, newline, ``&``, ``&&``, ``||`` or ``|``). A variable within a
    word is unknown text with its name as origin.
    """

    __slots__ = ("argv", "end", "operator", "redirects", "start")

    def __init__(self, operator: str, start: int) -> None:
        self.operator = operator
        self.start = start
        self.end = start
        self.argv: list[Value] = []
        self.redirects: list[tuple[str, Value]] = []


class LineReader:
    """What the readers of both shells share: a position, the commands found and the problems."""

    __slots__ = ("commands", "current", "pos", "problems", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.pos = 0
        self.commands: list[PlainCommand] = []
        self.problems: list[Problem] = []
        self.current = PlainCommand("", 0)

    def problem(self, message: str, offset: int) -> None:
        """Record what isn't analysed; repeats beyond a limit add nothing."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(message, offset))

    def read(self) -> None:
        """Read the whole line."""
        raise NotImplementedError

    def finish(self, operator: str) -> None:
        """End the current command at the position and begin one behind ``operator``."""
        current = self.current
        if current.argv or current.redirects:
            current.end = max(current.end, current.start)
            self.commands.append(current)
        self.pos += len(operator)
        self.current = PlainCommand(operator, self.pos)

    def add(self, word: Value, start: int) -> None:
        """Add a word that ends at the position."""
        if not self.current.argv and not self.current.redirects:
            self.current.start = start
        self.current.argv.append(word)
        self.current.end = self.pos

    def redirect(self, operator: str, target: Value, start: int) -> None:
        """Add a redirection that ends at the position."""
        if not self.current.argv and not self.current.redirects:
            self.current.start = start
        self.current.redirects.append((operator, target))
        self.current.end = self.pos


def read_simple(source: str, shell: str) -> tuple[list[PlainCommand], list[Problem]]:
    """The plain commands of a ``powershell`` or ``cmd`` line, in order, and what of it wasn't analysed."""
    reader: LineReader
    if shell == "powershell":
        from packgate.shell.windows_powershell import PowerShellReader

        reader = PowerShellReader(source[:MAX_LENGTH])
    elif shell == "cmd":
        from packgate.shell.windows_cmd import CmdReader

        reader = CmdReader(source[:MAX_LENGTH])
    else:
        raise ValueError(f"no such Windows shell: {shell}")
    if len(source) > MAX_LENGTH:
        reader.problem(f"longer than {MAX_LENGTH} characters", MAX_LENGTH)
    reader.read()
    return reader.commands, reader.problems
