"""The cursor that all readers of the parser share: position, limits, problems, white space and nesting."""

from __future__ import annotations

from packgate.shell.syntax import (
    ASSIGNMENT,
    COMMAND_WORD,
    JOINED_ASSIGNMENT,
    JOINED_OPERATOR,
    JOINED_REDIRECTION,
    JOINED_RUN,
    JOINED_SKIP,
    JOINED_WORD,
    OPERATOR,
    REDIRECTION,
    RUN,
    SKIP,
)
from packgate.shell.tree import Problem, Redirect, Script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from packgate.shell.syntax import Match
    from packgate.shell.tree import WordPart

MAX_DEPTH: Final = 50
MAX_COMMANDS: Final = 5_000
MAX_HEREDOC_DEPTH: Final = 5
MAX_NOTES: Final = 20

_COMMON: Final = frozenset(
    ["if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "in", "{", "}", "!"]
)
_EXTENDED: Final = _COMMON | frozenset(["[[", "]]", "function", "select", "time", "coproc"])
RESERVED: Final = {"dash": _COMMON, "zsh": (_EXTENDED - {"in"}) | frozenset(["repeat", "foreach", "end"])}
CLOSERS: Final = frozenset(["then", "elif", "else", "fi", "do", "done", "esac", "}", "in", "end", "]]"])


class PendingHeredoc:
    """A heredoc whose body begins after the next newline."""

    __slots__ = ("delimiter", "quoted", "redirect", "strip")

    def __init__(self, redirect: Redirect, delimiter: str, quoted: bool, strip: bool) -> None:
        self.redirect = redirect
        self.delimiter = delimiter
        self.quoted = quoted
        self.strip = strip


class Scanner:
    """A position in the source, between which and ``end`` text is read.

    ``fail`` records why reading stops and moves to the end, so that every reader unwinds with what it has; ``note``
    records a problem that reading survives. ``substitutions`` counts the open ``$(``,
    ``heredocs`` the heredocs around the position, ``commands`` what was read so far.
    """

    __slots__ = (
        "assignments", "carriage", "commands", "depth", "end", "failed", "heredocs", "joined", "operator_at",
        "operator_end", "operator_text", "operators", "parens", "pending", "pos", "problems", "redirections", "reserved_words",
        "run", "shell", "skip", "source", "substitutions", "zsh",
    )  # fmt: skip

    def __init__(self, source: str, shell: str, depth: int = 0) -> None:
        self.source = source
        self.pos = 0
        self.end = len(source)
        self.shell = shell
        self.zsh = shell == "zsh"
        self.reserved_words: frozenset[str] = RESERVED.get(shell, _EXTENDED)
        self.depth = depth
        self.joined = "\\\n" in source
        self.problems: list[Problem] = []
        self.failed = False
        self.pending: list[PendingHeredoc] = []
        self.parens: dict[int, int] = {}
        self.substitutions = 0
        self.carriage = False
        self.commands = 0
        self.heredocs = 0
        self.operator_at = -1
        self.operator_end = -1
        self.operator_text = ""
        self.skip: Match = JOINED_SKIP.match if self.joined else SKIP
        self.run: Match = JOINED_RUN.match if self.joined else RUN
        self.assignments: Match = JOINED_ASSIGNMENT.match if self.joined else ASSIGNMENT
        self.operators: Match = JOINED_OPERATOR.match if self.joined else OPERATOR
        self.redirections: Match = JOINED_REDIRECTION.match if self.joined else REDIRECTION

    def fail(self, message: str, offset: int = -1) -> None:
        """Stop reading: nothing more can be understood."""
        if not self.failed:
            self.failed = True
            self.note(message, self.pos if offset < 0 else offset)
        self.pos = self.end

    def note(self, message: str, offset: int) -> None:
        """Record what could not be read, and go on; repeats beyond a limit add nothing."""
        if len(self.problems) < MAX_NOTES:
            self.problems.append(Problem(message, offset))

    def deepen(self) -> None:
        """Enter a nested construct; every call has a matching ``self.depth -= 1``."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"nested more than {MAX_DEPTH} deep")

    def count_command(self) -> None:
        """Count a command, or a text that is read apart; more than anyone writes is refused."""
        self.commands += 1
        if self.commands > MAX_COMMANDS:
            self.check_commands()

    def check_commands(self) -> None:
        """Stop when there were too many commands; also called behind a part in which stopping was local."""
        if self.commands > MAX_COMMANDS:
            self.fail(f"more than {MAX_COMMANDS} commands")

    def blanks(self) -> None:
        """Skip blanks, line continuations and a comment; call it only where a token may begin."""
        pos = self.pos
        if pos < self.end and self.source[pos] in " \t\\#":
            if self.source[pos] == " " and self.source[pos + 1 : pos + 2] not in (" ", "\t", "\\", "#"):
                self.pos = pos + 1
                return
            match = self.skip(self.source, pos, self.end)
            if match is not None:
                self.pos = match.end()

    def joins(self, pos: int) -> int:
        """The position after any line continuations at ``pos``."""
        while self.joined and self.source.startswith("\\\n", pos, self.end):
            pos += 2
        return pos

    def peek(self) -> str:
        """The character at the position, empty at the end."""
        return self.source[self.pos] if self.pos < self.end else ""

    def newlines(self) -> None:
        """Skip blanks, comments and newlines."""
        self.blanks()
        while self.pos < self.end and self.source[self.pos] == "\n":
            self.newline()
            self.blanks()

    def newline(self) -> None:
        """Step over a newline token; the bodies of heredocs begin behind it."""
        self.pos += 1
        if self.pending:
            self.heredoc_bodies()

    def operator(self) -> str:
        """The operator that comes next, not consumed; empty when there is none."""
        pos = self.pos
        if pos == self.operator_at:
            return self.operator_text
        self.blanks()
        pos = self.pos
        if pos >= self.end:
            return ""
        text = self.source[pos]
        if text == "\n" or text == ")":
            return text
        match = self.operators(self.source, pos, self.end)
        if match is None:
            return ""
        text = match.group()
        if self.joined:
            text = text.replace("\\\n", "")
        stop = match.end()
        if (text == "&!" or text == "&|") and not self.zsh:
            text = "&"
            stop = pos + 1
        self.operator_at = pos
        self.operator_end = stop
        self.operator_text = text
        return text

    def step(self) -> None:
        """Step over the operator that `operator` found."""
        self.pos = self.operator_end

    def accept(self, keyword: str) -> bool:
        """Step over a reserved word if it comes next."""
        self.blanks()
        match = COMMAND_WORD(self.source, self.pos, self.end)
        if match is None and self.joined:
            match = JOINED_WORD.match(self.source, self.pos, self.end)
        if match is None or match.group().replace("\\\n", "") != keyword:
            return False
        self.pos = match.end()
        return True

    def expect(self, keyword: str) -> None:
        """Step over a reserved word that must come next."""
        if not self.accept(keyword):
            found = self.source[self.pos : min(self.pos + 10, self.end)].split("\n")[0]
            self.fail(f"expected `{keyword}`" + (f" before `{found}`" if found else " before the end"))

    # What later layers implement and earlier ones call.

    def heredoc_bodies(self) -> None:
        """Read the bodies of all pending heredocs."""
        raise NotImplementedError

    def end_heredocs(self) -> None:
        """Settle heredocs whose bodies never come."""
        raise NotImplementedError

    def command_list(self) -> Script:
        """Read commands up to something that can't continue the list."""
        raise NotImplementedError

    def dollar(self, quoted: bool) -> WordPart | None:
        """Read what a dollar sign begins; None when it stands for itself."""
        raise NotImplementedError

    def backticks(self, quoted: bool) -> WordPart:
        """Read a command substitution in backticks."""
        raise NotImplementedError
