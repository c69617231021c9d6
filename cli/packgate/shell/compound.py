"""Reading compound commands."""

from __future__ import annotations

from packgate.shell.conditions import ConditionReader
from packgate.shell.scanner import CLOSERS
from packgate.shell.syntax import (
    CLAUSE_RUN,
    COMMAND_WORD,
    DOUBLE_PARENTHESES,
    FUNCTION_PARENTHESES,
)
from packgate.shell.tree import (
    Arithmetic,
    ArithmeticFor,
    Case,
    Compound,
    Coproc,
    For,
    Function,
    Group,
    If,
    Literal,
    Script,
    SimpleCommand,
    Statement,
    Subshell,
    While,
    Word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.tree import Node


class CompoundReader(ConditionReader):
    """Reads loops, conditions, groups and functions."""

    __slots__ = ()

    def command(self) -> Node | None:
        """Read one command; None, nothing consumed, when something stands there that can't begin one."""
        raise NotImplementedError

    def compound(self, keyword: str, start: int, stop: int) -> Node | None:
        """Read the compound command that a reserved word begins; None, nothing consumed, for a closing one."""
        if keyword in CLOSERS:
            return None
        self.pos = stop
        self.deepen()
        node = self._by_keyword(keyword, start)
        self.depth -= 1
        if isinstance(node, Compound) and not isinstance(node, (Coproc, Function)):
            node.end = self.pos
            self.trailing_redirects(node.redirects)
        return node

    def _by_keyword(self, keyword: str, start: int) -> Node | None:
        if keyword == "{":
            return self._group(start)
        if keyword == "if":
            return self._if(start)
        if keyword in ("while", "until"):
            return self._while(keyword == "until", start)
        if keyword in ("for", "select", "foreach"):
            return self._for(keyword, start)
        if keyword == "case":
            return self._case(start)
        if keyword == "[[":
            return self.test(start)
        if keyword == "function":
            return self._function_keyword(start)
        if keyword == "coproc":
            return self._coproc(start)
        return self._repeat(start)

    def body(self, after: str) -> Script:
        """Read a list of commands that may not be empty."""
        script = self.command_list()
        if not script.statements and not self.zsh:
            self.fail(f"expected a command after `{after}`")
        return script

    def parenthesis(self) -> Node | None:
        """Read ``(…)``, ``((…))`` or zsh's anonymous function."""
        start = self.pos
        if self.zsh:
            match = FUNCTION_PARENTHESES.match(self.source, start, self.end)
            if match is not None:
                self.pos = match.end()
                return self._anonymous(start)
        node: Arithmetic | Subshell | None = None
        double = DOUBLE_PARENTHESES.match(self.source, start, self.end)
        if double is not None and self.shell != "dash":
            body = self.double_parentheses(double.end() - 1)
            if body is not None:
                node = Arithmetic(body, start, self.pos)
        if node is None:
            self.pos = start + 1
            node = Subshell(self._subshell_script(start), start, self.pos)
            node.end = self.pos
        self.trailing_redirects(node.redirects)
        return node

    def _subshell_script(self, start: int) -> Script:
        self.deepen()
        script = self.body("(")
        self.depth -= 1
        if self.peek() == ")":
            self.pos += 1
        elif self.pos < self.end:
            self.unexpected()
        else:
            self.fail("a subshell isn't closed", start)
        return script

    def _group(self, start: int) -> Group:
        script = self.body("{")
        self.expect("}")
        group = Group(script, start, self.pos)
        if self.zsh and self.accept("always"):
            self.expect("{")
            after = Group(self.body("{"), self.pos, self.pos)
            self.expect("}")
            both = [Statement(group, False, start, group.end), Statement(after, False, after.start, self.pos)]
            return Group(Script(both, start, self.pos), start, self.pos)
        return group

    def _if(self, start: int) -> If:
        node = If([], None, start, start)
        keyword = "if"
        while True:
            condition = self.body(keyword)
            if self.zsh and self._at_brace():
                node.clauses.append((condition, self._braced()))
                if self.accept("elif"):
                    continue
                if self.accept("else"):
                    node.otherwise = self._braced() if self._at_brace() else self.body("else")
                return node
            self.expect("then")
            node.clauses.append((condition, self.body("then")))
            keyword = "elif"
            if not self.accept(keyword):
                break
        if self.accept("else"):
            node.otherwise = self.body("else")
        self.expect("fi")
        return node

    def _at_brace(self) -> bool:
        before = self.pos
        found = self.accept("{")
        self.pos = before
        return found

    def _braced(self) -> Script:
        self.expect("{")
        script = self.body("{")
        self.expect("}")
        return script

    def _while(self, until: bool, start: int) -> While:
        condition = self.body("until" if until else "while")
        body = self._loop_body("done")
        return While(condition, body, until, start, self.pos)

    def _loop_body(self, closer: str) -> Script:
        """``do … done``, or in braces; in zsh a single command, or up to ``end`` for ``foreach``."""
        if closer == "end":
            script = self.body("foreach")
            self.expect("end")
            return script
        if self.accept("do"):
            script = self.body("do")
            self.expect("done")
            return script
        if self._at_brace():
            return self._braced()
        begin = self.pos
        node = self.command() if self.zsh else None
        if node is None:
            self.expect("do")
            return Script([], begin, self.pos)
        return Script([Statement(node, False, begin, self.pos)], begin, self.pos)

    def _for(self, keyword: str, start: int) -> Node:
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
        body = self._loop_body("end" if keyword == "foreach" else "done")
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
                self.pos += 1
            self.end = end
            self.pos = end if self.failed else after
        self._separator()
        body = self._loop_body("done")
        return ArithmeticFor(clauses[0], clauses[1], clauses[2], body, start, self.pos)

    def _case(self, start: int) -> Case:
        self.blanks()
        node = Case(self.word(), [], start, start)
        if not node.word.parts:
            self.fail("expected a word after `case`")
        self.newlines()
        self.expect("in")
        while not self.failed:
            self.newlines()
            if self.accept("esac"):
                break
            patterns = self._patterns()
            body = self.command_list()
            terminator = self._case_terminator()
            node.items.append((patterns, body, terminator or ";;"))
            if not terminator:
                self.expect("esac")
                break
        return node

    def _patterns(self) -> list[Word]:
        if self.peek() == "(":
            self.pos += 1
        patterns: list[Word] = []
        while not self.failed:
            self.blanks()
            pattern = self.word()
            if not pattern.parts:
                self.fail("expected a pattern, or `esac`")
                break
            patterns.append(pattern)
            self.blanks()
            char = self.peek()
            self.pos += 1
            if char == ")":
                break
            if char != "|":
                self.pos -= 1
                self.fail("expected `)` after a pattern")
        return patterns

    def _case_terminator(self) -> str:
        operator = self.operator()
        if operator not in (";;", ";&", ";;&", ";|"):
            return ""
        self.step()
        return ";;&" if operator == ";|" else operator

    def _function_keyword(self, start: int) -> Node:
        self.blanks()
        if self.zsh and self._at_brace():
            return self._anonymous(start)
        name = self.word()
        if not name.parts:
            self.fail("expected a name after `function`")
        self.blanks()
        match = FUNCTION_PARENTHESES.match(self.source, self.pos, self.end)
        if match is not None:
            self.pos = match.end()
        return self.function_body(self.function_name(name), start)

    def function_body(self, name: str, start: int) -> Node:
        """Read the body of a function, which all shells but zsh want to be a compound command."""
        self.newlines()
        self.deepen()
        begin = self.pos
        body = self.command()
        self.depth -= 1
        if body is None or (not self.zsh and not isinstance(body, Compound)):
            self.fail("a function's body must be a compound command", begin)
        return Function(name, body if body is not None else SimpleCommand([], [], [], begin, begin), start, self.pos)

    def _anonymous(self, start: int) -> Node:
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

    def _coproc(self, start: int) -> Node:
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

    def _repeat(self, start: int) -> Node:
        """zsh's ``repeat n command`` as a loop without a name over the word ``n``: its body runs at least once."""
        self.blanks()
        count = self.word()
        self._separator()
        body = self._loop_body("done")
        return For("", [count], body, start, self.pos)
