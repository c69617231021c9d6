"""Shell source to syntax tree: bash, POSIX sh (also as ``dash``) and near zsh.

Recursive descent in one pass. What can't be read, and what exceeds a limit, is a `Problem`; what stands before it is in
the tree. Chains of ``&&`` and ``||`` lean left and can be thousands long, so walk `AndOr` by a loop over ``left``.
"""

from __future__ import annotations

from packgate.shell.compound import CompoundReader
from packgate.shell.plain_list import plain_list
from packgate.shell.relocate import relocate
from packgate.shell.syntax import COMMAND_WORD, JOINED_WORD
from packgate.shell.tree import AndOr, Parsed, Pipeline, Problem, Script, SimpleCommand, Statement, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from packgate.shell.tree import Node

MAX_LENGTH: Final = 256 * 1024


class Parser(CompoundReader):
    """Reads lists, pipelines and commands."""

    __slots__ = ()

    def command_list(self) -> Script:
        """Read commands up to something that can't continue the list: a closing token or the end."""
        statements: list[Statement] = []
        self.newlines()
        start = self.pos
        while self.pos < self.end:
            begin = self.pos
            node = self.and_or()
            if node is None:
                break
            background = False
            operator = self.operator()
            stop = node.end
            if operator in ("&", "&!", "&|"):
                background = True
            elif operator not in (";", "\n"):
                statements.append(Statement(node, False, begin, stop))
                break
            statements.append(Statement(node, background, begin, stop))
            if operator == "\n":
                self.newline()
            else:
                self.step()
            self.newlines()
        return Script(statements, start, self.pos)

    def and_or(self) -> Node | None:
        """Read pipelines joined by ``&&`` and ``||``."""
        left = self.pipeline()
        if left is None:
            return None
        while True:
            operator = self.operator()
            if operator != "&&" and operator != "||":
                return left
            self.step()
            self.newlines()
            right = self.pipeline()
            if right is None:
                self.fail(f"expected a command after `{operator}`")
                return left
            left = AndOr(operator, left, right, left.start, right.end)

    def pipeline(self) -> Node | None:
        """Read commands joined by ``|`` and ``|&``."""
        first = self.command()
        if first is None:
            return None
        operator = self.operator()
        if operator != "|" and operator != "|&":
            return first
        commands = [first]
        stderr: list[bool] = []
        while operator == "|" or operator == "|&":
            stderr.append(operator == "|&")
            self.step()
            self.newlines()
            command = self.command(False)
            if command is None:
                self.fail(f"expected a command after `{operator}`")
                break
            commands.append(command)
            operator = self.operator()
        return Pipeline(commands, first.start, commands[-1].end, stderr=stderr[: len(commands) - 1])

    def command(self, first: bool = True) -> Node | None:
        """Read one command; ``first`` says whether ``!`` and ``time`` apply to the pipeline that begins here."""
        self.blanks()
        self.count_command()
        start = self.pos
        match = COMMAND_WORD(self.source, start, self.end)
        if match is None and self.joined:
            match = JOINED_WORD.match(self.source, start, self.end)
        if match is not None:
            text = match.group()
            if "\\" in text:
                text = text.replace("\\\n", "")
            if text in self.reserved_words:
                if text == "time" and not first and not self.zsh:
                    # Behind a `|` it is the name of a program.
                    return self.simple(text, match.end())
                if text == "!" or text == "time":
                    return self._prefixed(text, start, match.end(), first)
                return self.compound(text, start, match.end())
            stop = match.end()
            if stop < self.end and self.source[stop] in "(<>":
                return self.simple()
            return self.simple(text, stop)
        if start >= self.end:
            return None
        char = self.source[start]
        if char == "(":
            return self.parenthesis()
        return self.simple()

    def _prefixed(self, keyword: str, start: int, stop: int, first: bool) -> Node:
        """Read ``!`` and ``time [-p] [--]`` with the pipeline behind them."""
        if not first and keyword == "!":
            self.fail("`!` must come before the whole pipeline")
        self.pos = stop
        negated = keyword == "!"
        timed = not negated
        while True:
            if timed and not self.accept("-p"):
                self.blanks()
                # With a process substitution right behind it, it is the start of a word.
                if not self.source.startswith(("--<(", "-->("), self.pos):
                    self.accept("--")
            if self.accept("!"):
                negated = not negated
            elif not self.accept("time"):
                break
            else:
                timed = True
        node = self.pipeline() if first else self.command()
        if node is None:
            if self.operator() not in ("", ";", "\n"):
                self.unexpected()
            node = SimpleCommand([], [], [], self.pos, self.pos)
        if isinstance(node, Pipeline):
            node.negated = node.negated != negated
            node.timed = node.timed or timed
            node.start = start
            return node
        return Pipeline([node], start, node.end, negated, timed)


def parse(source: str, shell: str = "bash", offset: int = 0) -> Parsed:
    """Parse a script. ``shell`` is ``bash``, ``sh``, ``dash`` or ``zsh``; ``offset`` is added to every position."""
    if len(source) > MAX_LENGTH:
        problem = Problem(f"longer than {MAX_LENGTH} characters", offset + MAX_LENGTH)
        parsed = parse(source[:MAX_LENGTH], shell, offset)
        return Parsed(parsed.script, [problem, *parsed.problems])
    if "\0" in source:
        return _without_nul(source, shell, offset)
    plain = plain_list(source, shell, lambda start, stop: Parser(source, shell).words_between(start, stop)) if not offset else None
    if plain is not None:
        return Parsed(plain, [])
    parser = Parser(source, shell)
    script = parser.command_list()
    if parser.pos < parser.end:
        parser.unexpected()
    parser.end_heredocs()
    if offset:
        _shift(script, parser.problems, list(range(offset, offset + len(source) + 1)))
    return Parsed(script, parser.problems)


def _shift(script: Script, problems: list[Problem], positions: list[int]) -> None:
    relocate(script, positions)
    for problem in problems:
        problem.offset = positions[problem.offset]


def _without_nul(source: str, shell: str, offset: int) -> Parsed:
    """Shells drop NUL from a script, and end a ``-c`` argument at it: read it dropped, and say so."""
    positions = [offset + position for position, char in enumerate(source) if char != "\0"]
    positions.append(offset + len(source))
    parsed = parse(source.replace("\0", ""), shell)
    _shift(parsed.script, parsed.problems, positions)
    problem = Problem("a NUL character: shells differ in what it means", offset + source.index("\0"))
    return Parsed(parsed.script, [problem, *parsed.problems])


def parse_double_quoted(text: str, problems: list[Problem], shell: str = "bash") -> Word:
    """Read text as if it stood between double quotes, where ``"`` is plain too (``PS4``, prompt strings)."""
    return parse_heredoc(text, problems, shell)


def parse_heredoc(text: str, problems: list[Problem], shell: str = "bash") -> Word:
    r"""Read text as the body of an unquoted heredoc: only ``$``, backtick and ``\`` are special."""
    parser = Parser(text, shell)
    word = parser.heredoc_text()
    problems.extend(parser.problems)
    return word


def parse_arithmetic(text: str, problems: list[Problem], shell: str = "bash") -> Word:
    """Read text as an arithmetic expression with its expansions."""
    parser = Parser(text, shell)
    word = parser.arithmetic_text(0, len(text))
    problems.extend(parser.problems)
    return word
