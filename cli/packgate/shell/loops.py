"""Reading loops."""

from __future__ import annotations

from packgate.shell.conditions import ConditionReader
from packgate.shell.syntax import CLAUSE_RUN, DOUBLE_PARENTHESES
from packgate.shell.tree import ArithmeticFor, For, Script, Statement, While, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.tree import Node


class LoopReader(ConditionReader):
    """Reads loops and the bodies of compound commands."""

    __slots__ = ()

    def command(self) -> Node | None:
        """Read one command; None, nothing consumed, when something stands there that can't begin one."""
        raise NotImplementedError

    def body(self, after: str) -> Script:
        """Read a list of commands that may not be empty."""
        script = self.command_list()
        if not script.statements and not self.zsh:
            self.fail(f"expected a command after `{after}`")
        return script

    def at_brace(self) -> bool:
        """Whether an opening brace comes next; it isn't consumed."""
        before = self.pos
        found = self.accept("{")
        self.pos = before
        return found

    def braced(self) -> Script:
        """Read a list in braces."""
        self.expect("{")
        script = self.body("{")
        self.expect("}")
        return script

    def while_loop(self, until: bool, start: int) -> While:
        """Read the rest of ``while`` or ``until``."""
        condition = self.body("until" if until else "while")
        body = self.loop_body("done")
        return While(condition, body, until, start, self.pos)

    def loop_body(self, closer: str) -> Script:
        """``do … done``, or in braces; in zsh a single command, or up to ``end`` for ``foreach``."""
        if closer == "end":
            script = self.body("foreach")
            self.expect("end")
            return script
        if self.accept("do"):
            script = self.body("do")
            self.expect("done")
            return script
        if self.at_brace():
            return self.braced()
        return self.single_command("do")

    def single_command(self, keyword: str) -> Script:
        """Read the one command that zsh takes in place of a list between keywords."""
        begin = self.pos
        node = self.command() if self.zsh else None
        if node is None:
            self.expect(keyword)
            return Script([], begin, self.pos)
        return Script([Statement(node, False, begin, self.pos)], begin, self.pos)

    def for_loop(self, keyword: str, start: int) -> Node:
        """Read the rest of ``for``, ``select`` or zsh's ``foreach``."""
        self.blanks()
        double = DOUBLE_PARENTHESES.match(self.source, self.pos, self.end) if keyword == "for" else None
        if double is not None:
            return self._arithmetic_for(start, double.end() - 1)
        name = self.word()
        if not name.parts:
            self.fail(f"expected a name after `{keyword}`")
        self.newlines()
        words: list[Word] | None = None
        if self.accept("in"):
            words = self._words_to_separator()
        elif self.zsh and self.peek() == "(":
            words = self._words_in_parentheses()
        self._separator()
        body = self.loop_body("end" if keyword == "foreach" else "done")
        text = self.source[name.start : name.end].replace("\\\n", "")
        return For(text, words, body, start, self.pos, keyword == "select")

    def _separator(self) -> None:
        self.blanks()
        if self.peek() == ";":
            self.pos += 1
        self.newlines()

    def _words_to_separator(self) -> list[Word]:
        words: list[Word] = []
        while True:
            self.blanks()
            before = self.pos
            if self.pos >= self.end or self.source[before] in ";\n":
                return words
            words.append(self.word())
            if self.pos == before:
                self.unexpected()

    def _words_in_parentheses(self) -> list[Word]:
        self.pos += 1
        words: list[Word] = []
        while True:
            self.newlines()
            before = self.pos
            if self.peek() == ")":
                self.pos += 1
                return words
            if self.pos >= self.end:
                self.fail("a list of words isn't closed")
                return words
            words.append(self.word())
            if self.pos == before:
                self.unexpected()

    def _arithmetic_for(self, start: int, inner: int) -> ArithmeticFor:
        end = self.end
        whole = self.double_parentheses(inner)
        clauses: list[Word | None] = [None, None, None]
        if whole is None:
            self.fail("`((` isn't closed", start)
        else:
            after = self.pos
            self.pos, self.end = whole.start, whole.end
            for number in range(3):
                begin = self.pos
                parts = self.parts_until(";", CLAUSE_RUN, False, True)
                clauses[number] = Word(parts, begin, self.pos) if parts else None
                if (self.pos < self.end) != (number < 2) and not self.failed:
                    self.note("`for ((` takes three expressions", start)
                self.pos += 1
            self.end = end
            self.pos = end if self.failed else after
        self._separator()
        body = self.loop_body("done")
        return ArithmeticFor(clauses[0], clauses[1], clauses[2], body, start, self.pos)

    def repeat(self, start: int) -> Node:
        """zsh's ``repeat n command`` as a loop without a name over the word ``n``: its body runs at least once."""
        self.blanks()
        count = self.word()
        self._separator()
        body = self.loop_body("done")
        return For("", [count], body, start, self.pos)
