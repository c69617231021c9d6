"""Reading compound commands."""

from __future__ import annotations

from packgate.shell.functions import FunctionReader
from packgate.shell.scanner import CLOSERS
from packgate.shell.syntax import (
    COMMAND_LIKE,
    DOUBLE_PARENTHESES,
    FUNCTION_PARENTHESES,
)
from packgate.shell.tree import (
    Arithmetic,
    Case,
    Compound,
    Coproc,
    Function,
    Group,
    If,
    Script,
    Statement,
    Subshell,
    Word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.tree import Node


class CompoundReader(FunctionReader):
    """Reads loops, conditions, groups and functions."""

    __slots__ = ()

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
            return self.while_loop(keyword == "until", start)
        if keyword in ("for", "select", "foreach"):
            return self.for_loop(keyword, start)
        if keyword == "case":
            return self._case(start)
        if keyword == "[[":
            return self.test(start)
        if keyword == "function":
            return self.function_keyword(start)
        if keyword == "coproc":
            return self.coproc(start)
        return self.repeat(start)

    def parenthesis(self) -> Node | None:
        """Read ``(…)``, ``((…))`` or zsh's anonymous function."""
        start = self.pos
        if self.zsh:
            match = FUNCTION_PARENTHESES.match(self.source, start, self.end)
            if match is not None:
                self.pos = match.end()
                return self.anonymous(start)
        node: Arithmetic | Subshell | None = None
        double = DOUBLE_PARENTHESES.match(self.source, start, self.end)
        if double is not None and not self._nested_subshells(double.end()):
            body = self.double_parentheses(double.end() - 1)
            if body is not None:
                node = Arithmetic(body, start, self.pos)
        if node is None:
            self.pos = start + 1
            node = Subshell(self._subshell_script(start), start, self.pos)
            node.end = self.pos
        self.trailing_redirects(node.redirects)
        return node

    def _nested_subshells(self, inside: int) -> bool:
        """dash has no ``((``; where ``sh`` may be dash, what looks like a command is read as one."""
        if self.shell == "sh":
            return COMMAND_LIKE.match(self.source, inside, self.end) is not None
        return self.shell == "dash"

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
            if self.zsh and self.at_brace():
                node.clauses.append((condition, self.braced()))
                if self.accept("elif"):
                    continue
                if self.accept("else"):
                    node.otherwise = self.braced() if self.at_brace() else self.body("else")
                return node
            if self.zsh and not self.accept("then"):
                node.clauses.append((condition, self.single_command("then")))
                return node
            if not self.zsh:
                self.expect("then")
            node.clauses.append((condition, self.body("then")))
            keyword = "elif"
            if not self.accept(keyword):
                break
        if self.accept("else"):
            node.otherwise = self.body("else")
        self.expect("fi")
        return node

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
