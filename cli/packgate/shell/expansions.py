"""Reading what a dollar sign or a backtick begins."""

from __future__ import annotations

from packgate.shell.matching import closing_parenthesis
from packgate.shell.quotes import decode_ansi_c
from packgate.shell.relocate import relocate
from packgate.shell.syntax import (
    ANSI_C,
    ARITHMETIC_RUN,
    BACKTICKS,
    BRACE_INDEX_RUN,
    DOUBLE_ESCAPE,
    HEREDOC_ESCAPE,
    INDEX_RUN,
    JOINED_PARAMETER,
    PARAMETER,
)
from packgate.shell.tree import ArithmeticSub, CommandSub, Literal, Parameter, Script, Word
from packgate.shell.words import WordReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.tree import WordPart


class ExpansionReader(WordReader):
    """Reads parameters, substitutions and arithmetic."""

    __slots__ = ()

    def dollar(self, quoted: bool) -> WordPart | None:
        """Read what the dollar sign at the position begins; None when it stands for itself."""
        start = self.pos
        match = PARAMETER(self.source, start, self.end)
        if match is None or self.joined:
            match = JOINED_PARAMETER.match(self.source, start, self.end) or match
        if match is not None:
            self.pos = match.end()
            name = (match.group(1) or match.group(2)).replace("\\\n", "")
            return self._bare_parameter(name, start)
        after = self.joins(start + 1)
        char = self.source[after] if after < self.end else ""
        if char == "{":
            self.pos = after + 1
            return self.brace(start, quoted)
        if char == "(":
            return self._parenthesis(start, after)
        if char == "[" and self.shell != "dash":
            self.pos = after + 1
            return self._bracket_arithmetic(start)
        if quoted or not char:
            return None
        if char == "'" and self.shell != "dash":
            return self._ansi_c(start, after + 1)
        if char == '"':
            self.pos = after + 1
            return self.double_quoted(start)
        return self._zsh_flagged(start, after) if self.zsh and char in "=~^+" else None

    def _bare_parameter(self, name: str, start: int) -> Parameter:
        """A parameter without braces; in zsh a subscript may follow."""
        if not self.zsh or self.peek() != "[" or name in ("$", "!", "?", "-", "#"):
            return Parameter(name, start, self.pos)
        index = self.index()
        return Parameter(name, start, self.pos, index=index)

    def _zsh_flagged(self, start: int, after: int) -> WordPart | None:
        """``$=name`` (split), ``$~name`` (glob), ``$^name`` and ``$+name`` (is it set)."""
        flag = self.source[after]
        match = PARAMETER(f"${self.source[after + 1 : after + 200]}", 0, 200)
        if match is None:
            return None
        self.pos = after + match.end()
        return Parameter(match.group()[1:], start, self.pos, op=f"({flag})")

    def brace(self, start: int, quoted: bool) -> WordPart:
        """Read the rest of ``${…}``."""
        raise NotImplementedError

    def _ansi_c(self, start: int, begin: int) -> Literal:
        match = ANSI_C.match(self.source, begin, self.end)
        if match is None:
            self.pos = self.end
            self.fail("a single quote isn't closed", start)
            return Literal(self.source[begin : self.end], True, start, self.end)
        self.pos = match.end()
        return Literal(decode_ansi_c(match.group(1)), True, start, self.pos)

    # --- command substitution and arithmetic ------------------------------------------------------------------------

    def _parenthesis(self, start: int, after: int) -> WordPart:
        """``$(…)`` or ``$((…))``."""
        inner = self.joins(after + 1)
        if inner < self.end and self.source[inner] == "(":
            body = self.double_parentheses(inner)
            if body is not None:
                return ArithmeticSub(body, start, self.pos)
        self.pos = after + 1
        script = self.enclosed_list("command substitution", start)
        return CommandSub(script, start, self.pos)

    def double_parentheses(self, inner: int) -> Word | None:
        """Read arithmetic whose second opening parenthesis is at ``inner``; None, nothing consumed, when the closing
        ones aren't together, so that it is a subshell within a subshell or substitution."""
        close = closing_parenthesis(self.source, inner, self.end, self.parens)
        last = self.joins(close + 1)
        if close < 0 or last >= self.end or self.source[last] != ")":
            return None
        self.deepen()
        body = self.arithmetic_text(inner + 1, close)
        self.depth -= 1
        if not self.failed:
            self.pos = last + 1
        return body

    def arithmetic_text(self, start: int, stop: int) -> Word:
        """Read a range of the source as an arithmetic expression with its expansions."""
        end, self.end, self.pos = self.end, stop, start
        parts = self.parts_until("", ARITHMETIC_RUN, False, True)
        self.end = end
        if self.failed:
            self.pos = end
        return Word(parts, start, stop)

    def _bracket_arithmetic(self, start: int) -> ArithmeticSub:
        """The rest of ``$[…]``."""
        body = self.bracketed(start)
        return ArithmeticSub(body, start, self.pos)

    def index(self) -> Word:
        """Read a subscript; the position is at its opening bracket and ends behind the closing one."""
        self.pos += 1
        return self.bracketed(self.pos - 1)

    def bracketed(self, start: int, stops: str = "[]") -> Word:
        """Read up to and over the bracket that balances the one before the position. With ``}`` among ``stops`` a
        brace ends it early and is left for the caller."""
        begin = self.pos
        parts: list[WordPart] = []
        level = 1
        self.deepen()
        while self.pos < self.end:
            parts.extend(self.parts_until(stops, INDEX_RUN if stops == "[]" else BRACE_INDEX_RUN, False, True))
            if self.pos >= self.end:
                break
            if self.source[self.pos] == "}":
                self.depth -= 1
                self.note("a subscript isn't closed", start)
                return Word(parts, begin, self.pos)
            level += 1 if self.source[self.pos] == "[" else -1
            self.pos += 1
            if level == 0:
                self.depth -= 1
                return Word(parts, begin, self.pos - 1)
            parts.append(Literal(self.source[self.pos - 1], False, self.pos - 1, self.pos))
        self.depth -= 1
        self.fail("a bracket isn't closed", start)
        return Word(parts, begin, self.end)

    # --- backticks --------------------------------------------------------------------------------------------------

    def backticks(self, quoted: bool) -> CommandSub:
        """Read ```…```: its text loses one level of backslashes and is then a script of its own."""
        start = self.pos
        match = BACKTICKS.match(self.source, start + 1, self.end)
        if match is None:
            self.pos = start + 1
            script = self.command_list()
            self.fail("a backtick isn't closed", start)
            return CommandSub(script, start, self.end)
        text = match.group(1)
        if "\\" in text:
            script = self._unescaped_backticks(text, start + 1, quoted)
        else:
            script = self.script_within(start + 1, match.end() - 1)
        if not self.failed:
            self.pos = match.end()
        return CommandSub(script, start, self.pos)

    def script_within(self, start: int, stop: int) -> Script:
        """Read a range of the source as a script of its own; a syntax error inside ends there."""
        outer = (self.end, self.failed, self.pending, self.parens)
        self.pos, self.end, self.pending, self.parens = start, stop, [], {}
        self.deepen()
        script = self.command_list()
        if self.pos < self.end:
            self.unexpected()
        self.end_heredocs()
        self.depth -= 1
        self.end, self.failed, self.pending, self.parens = outer
        self.check_commands()
        return script

    def _unescaped_backticks(self, text: str, start: int, quoted: bool) -> Script:
        escape = (DOUBLE_ESCAPE if quoted else HEREDOC_ESCAPE).pattern()
        pieces: list[str] = []
        positions: list[int] = []
        at = 0
        for match in escape.finditer(text):
            if match.group(1) is None:
                continue
            pieces.append(text[at : match.start()] + match.group(1))
            positions.extend(range(start + at, start + match.start() + 1))
            at = match.end()
        pieces.append(text[at:])
        positions.extend(range(start + at, start + len(text) + 1))
        return self.read_elsewhere("".join(pieces), positions)

    def read_elsewhere(self, text: str, positions: list[int]) -> Script:
        """Read text that isn't in the source as such; ``positions`` maps it to the source."""
        child = self.child(text)
        child.deepen()
        script = child.command_list()
        if child.pos < child.end:
            child.unexpected()
        child.end_heredocs()
        self.adopt(child, positions)
        relocate(script, positions)
        return script

    def child(self, text: str) -> ExpansionReader:
        """A reader of other text at the same depth."""
        child = type(self)(text, self.shell, self.depth)
        child.heredocs = self.heredocs
        child.commands = self.commands + 1
        return child

    def adopt(self, child: ExpansionReader, positions: list[int]) -> None:
        """Take over the problems of a child, and what it read."""
        self.commands = child.commands
        self.check_commands()
        for problem in child.problems:
            self.note(problem.message, positions[problem.offset])
