"""Reading functions and coprocesses."""

from __future__ import annotations

from packgate.shell.loops import LoopReader
from packgate.shell.scanner import CLOSERS
from packgate.shell.syntax import COMMAND_WORD, FUNCTION_PARENTHESES
from packgate.shell.tree import Compound, Coproc, Function, Group, Literal, Script, SimpleCommand, Statement, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.tree import Node


class FunctionReader(LoopReader):
    """Reads definitions of functions, and coprocesses."""

    __slots__ = ()

    def function_keyword(self, start: int) -> Node:
        """Read the rest of ``function name …``."""
        self.blanks()
        if self.zsh and self.at_brace():
            return self.anonymous(start)
        name = self.word()
        if not name.parts:
            self.fail("expected a name after `function`")
        self.blanks()
        match = FUNCTION_PARENTHESES.match(self.source, self.pos, self.end)
        if match is not None:
            self.pos = match.end()
        return self.function_body(self.function_name(name), start)

    def function_body(self, name: str, start: int) -> Node:
        """Read the body of a function, which bash wants to be a compound command that is no definition."""
        self.newlines()
        self.deepen()
        begin = self.pos
        body = self.command()
        self.depth -= 1
        if body is None or (self.shell == "bash" and (not isinstance(body, Compound) or isinstance(body, (Coproc, Function)))):
            self.fail("a function's body must be a compound command", begin)
        return Function(name, body if body is not None else SimpleCommand([], [], [], begin, begin), start, self.pos)

    def anonymous(self, start: int) -> Node:
        """zsh's ``() { … } arguments`` as the definition of ``(anon)``, its name there, and a call."""
        function = self.function_body("(anon)", start)
        begin = self.pos
        call = self.simple()
        name = Word([Literal("(anon)", True, start, start)], start, start)
        if not isinstance(call, SimpleCommand):
            call = SimpleCommand([], [], [], begin, begin)
        call.words.insert(0, name)
        both = [Statement(function, False, start, begin), Statement(call, False, call.start, call.end)]
        return Group(Script(both, start, self.pos), start, self.pos)

    def coproc(self, start: int) -> Node:
        """Read the rest of ``coproc [name] command``."""
        self.blanks()
        begin = self.pos
        name = self._coproc_name()
        node = self.command()
        if node is None:
            self.fail("expected a command after `coproc`", begin)
            node = SimpleCommand([], [], [], begin, begin)
        return Coproc(name, node, start, self.pos)

    def _coproc_name(self) -> str | None:
        """A name counts as such only before a compound command."""
        start = self.pos
        match = COMMAND_WORD(self.source, start, self.end)
        if match is not None and match.group() not in self.reserved_words:
            self.pos = match.end()
            self.blanks()
            if self.peek() == "(":
                return match.group()
            following = COMMAND_WORD(self.source, self.pos, self.end)
            if following is not None and following.group() in self.reserved_words - CLOSERS:
                return match.group()
        self.pos = start
        return None
