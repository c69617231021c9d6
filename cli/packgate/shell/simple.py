"""Reading simple commands: assignments, words and redirections."""

from __future__ import annotations

from packgate.shell.heredoc import HeredocReader
from packgate.shell.plain import NOT_COMMANDS, PLAIN_NAME, QUOTED_WORD, unquoted_words
from packgate.shell.syntax import (
    ARRAY_ASSIGNMENT,
    FUNCTION_PARENTHESES,
    PLAIN_WORD,
    Lazy,
)
from packgate.shell.tree import Assignment, Literal, Redirect, SimpleCommand, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from packgate.shell.tree import Node, WordPart

# Builtins whose arguments may be array assignments, and those before which they keep that.
_DECLARATIONS: Final = frozenset(["declare", "typeset", "local", "export", "readonly", "let", "eval"])
_PREFIXES: Final = frozenset(["command", "builtin"])

# A command of words that expand to themselves, up to the first that does not.
PLAIN_RUN: Final = Lazy(
    rf"{PLAIN_NAME}(?=[ \t\n;&|)]|\Z)(?:[ \t]++{QUOTED_WORD}(?=[ \t\n;&|)]|\Z))*+"
).match
_MOST_PLAIN: Final = 500


class SimpleReader(HeredocReader):
    """Reads simple commands and redirections."""

    __slots__ = ()

    def simple(self, first: str = "", stop: int = 0) -> Node | None:
        """Read a simple command, or a function definition in the form ``name() …``; None when there is neither.

        ``first`` is a plain word at the position, when one was already found, and ``stop`` its end.
        """
        start = self.pos
        words: list[Word | Assignment] = []
        assignments: list[Assignment] = []
        redirects: list[Redirect] = []
        texts = self._plain_texts(first, start)
        behind = self.pos
        if texts is not None and not self._only_redirects(redirects):
            texts = None
            words = self.words_between(start, behind)
        elif texts is None and first and "=" not in first and "[" not in first:
            words.append(Word([Literal(first, False, start, stop)], start, stop))
            self.pos = stop
        if texts is None:
            self._parts(words, assignments, redirects)
        node = None
        if texts is not None:
            end = max(behind, redirects[-1].end) if redirects else behind
            node = SimpleCommand(assignments, words, redirects, start, end, texts, lambda: self.words_between(start, behind))
        elif words or assignments or redirects:
            node = SimpleCommand(assignments, words, redirects, start, self._last_end(words, assignments, redirects))
        if self.pos < self.end and self.source[self.pos] == "(":
            return self._function(node)
        return node

    # --- words that expand to themselves ----------------------------------------------------------------------------

    def _plain_texts(self, first: str, start: int) -> list[str] | None:
        """The words of a command as long as they are plain or quoted, with the position behind them; None when the first is not."""
        if not first or self.joined or self.zsh or first in NOT_COMMANDS:
            return None
        run = PLAIN_RUN(self.source, start, self.end)
        if run is None:
            return None
        text = run.group()
        texts = unquoted_words(text) if "'" in text or '"' in text or "\\" in text else text.split()
        if len(texts) > _MOST_PLAIN:
            return None
        self.pos = run.end()
        return texts

    def _only_redirects(self, redirects: list[Redirect]) -> bool:
        """Read the redirections behind plain words; false when something else follows within the command."""
        while True:
            self.blanks()
            char = self.peek()
            if not char or char in ")\n;|(":
                return True
            if char not in "<>&0123456789{":
                return False
            if char == "&" and not self._at_ampersand_redirect():
                return True
            if not self.redirection(redirects):
                return False

    def words_between(self, start: int, stop: int) -> list[Word | Assignment]:
        """Plain words as parts of the tree."""
        pos, end = self.pos, self.end
        self.pos, self.end = start, stop
        words: list[Word | Assignment] = []
        self._parts(words, [], [])
        self.pos, self.end = pos, end
        return words

    # --- parts ------------------------------------------------------------------------------------------------------

    def _parts(self, words: list[Word | Assignment], assignments: list[Assignment], redirects: list[Redirect]) -> None:
        """Read words, assignments and redirections up to the end of the command."""
        source = self.source
        while self.pos < self.end:
            pos = self.pos
            char = source[pos]
            if char == " " or char == "\t":
                match = PLAIN_WORD(source, pos, self.end)
                if match is not None:
                    text: str = match.group(1)
                    begin = match.start(1)
                    if words or ("=" not in text and "[" not in text):
                        if text == "}" and self.zsh:
                            break
                        self.pos = pos = match.end()
                        words.append(Word([Literal(text, False, begin, pos)], begin, pos))
                        continue
            elif char in ")\n;|":
                break
            if not self._slow_part(words, assignments, redirects):
                break

    def _slow_part(
        self, words: list[Word | Assignment], assignments: list[Assignment], redirects: list[Redirect]
    ) -> bool:
        """Read a part that isn't a plain word; False when the command ends here."""
        self.blanks()
        char = self.peek()
        if not char or char in ")\n;|":
            return False
        if char in "<>&0123456789{" and (char != "&" or self._at_ampersand_redirect()):
            if self.redirection(redirects):
                return True
        if char == "&" or (char == "(" and not self.zsh):
            return False
        return self._next_word(assignments, words)

    def _last_end(
        self, words: list[Word | Assignment], assignments: list[Assignment], redirects: list[Redirect]
    ) -> int:
        end = words[-1].end if words else assignments[-1].end if assignments else 0
        return max(end, redirects[-1].end) if redirects else end

    def _at_ampersand_redirect(self) -> bool:
        after = self.joins(self.pos + 1)
        return after < self.end and self.source[after] == ">"

    def _next_word(self, assignments: list[Assignment], words: list[Word | Assignment]) -> bool:
        """Read a word that isn't plain; False when nothing could be read."""
        start = self.pos
        if self.zsh and self.source[start] == "(" and FUNCTION_PARENTHESES.match(self.source, start, self.end):
            return False
        if not words:
            self._leading(assignments, words)
        elif self._declares(words) and ARRAY_ASSIGNMENT.match(self.source, start, self.end) is not None:
            leading: list[Assignment] = []
            self._leading(leading, words)
            words.extend(leading)
        else:
            words.append(self.word())
        return self.pos > start

    def _declares(self, words: list[Word | Assignment]) -> bool:
        for word in words:
            part = word.parts[0] if isinstance(word, Word) and word.parts else None
            text = part.text if isinstance(part, Literal) else ""
            if text not in _PREFIXES:
                return text in _DECLARATIONS
        return False

    # --- assignments ------------------------------------------------------------------------------------------------

    def _leading(self, assignments: list[Assignment], words: list[Word | Assignment]) -> None:
        """Read an assignment, or the command's first word when it turns out not to be one."""
        start = self.pos
        match = self.assignments(self.source, start, self.end)
        if match is None:
            words.append(self.word())
            return
        name = match.group(1).replace("\\\n", "")
        index: Word | None = None
        self.pos = match.end()
        operator = match.group(2)
        if operator is None:
            if self.shell == "dash":
                self.pos = start
                words.append(self.word())
                return
            self.pos -= 1
            bracket = self.pos
            index = self.index()
            operator = self._assignment_operator()
            if not operator:
                words.append(self._word_with_index(name, start, bracket, index))
                return
        append = operator[0] == "+"
        if self.peek() == "(" or (self.joined and self.source[self.joins(self.pos) : self.end][:1] == "("):
            self.pos = self.joins(self.pos)
            array = self._array()
            assignments.append(Assignment(name, None, start, self.pos, append, index, array))
            return
        value = self.word()
        assignments.append(Assignment(name, value, start, self.pos, append, index))

    def _assignment_operator(self) -> str:
        """Step over ``=`` or ``+=`` if it follows."""
        at = self.joins(self.pos)
        if self.source.startswith("=", at, self.end):
            self.pos = at + 1
            return "="
        plus = self.joins(at + 1)
        if self.source.startswith("+", at, self.end) and self.source.startswith("=", plus, self.end):
            self.pos = plus + 1
            return "+="
        return ""

    def _word_with_index(self, name: str, start: int, bracket: int, index: Word) -> Word:
        """A word that began like ``name[…]`` but assigns nothing."""
        parts: list[WordPart] = [Literal(name + "[", False, start, bracket + 1)]
        parts.extend(index.parts)
        if not self.failed:
            parts.append(Literal("]", False, index.end, index.end + 1))
        self.word_parts(parts)
        return Word(parts, start, self.pos)

    def _array(self) -> list[tuple[Word | None, Word]]:
        """Read ``(…)`` of an array; the position is at its parenthesis."""
        start = self.pos
        self.pos += 1
        items: list[tuple[Word | None, Word]] = []
        self.deepen()
        while True:
            self.newlines()
            if self.pos >= self.end:
                self.fail("an array isn't closed", start)
                break
            char = self.source[self.pos]
            if char == ")":
                self.pos += 1
                break
            before = self.pos
            items.append(self._element(char))
            if self.pos == before:
                self.unexpected()
        self.depth -= 1
        return items

    def _element(self, char: str) -> tuple[Word | None, Word]:
        if char != "[":
            return None, self.word()
        start = self.pos
        index = self.index()
        if self._assignment_operator():
            return index, self.word()
        return None, self._word_with_index("", start, start, index)

    # --- redirections -----------------------------------------------------------------------------------------------

    def redirection(self, redirects: list[Redirect]) -> bool:
        """Read one redirection at the position; False, nothing consumed, when there is none."""
        match = self.redirections(self.source, self.pos, self.end)
        if match is None:
            return False
        start = self.pos
        self.pos = match.end()
        digits, fd_name, op, both = match.groups()
        op = (op or both).replace("\\\n", "")
        if self.zsh and op in (">", ">>", ">&", "&>", "&>>") and self.peek() and self.source[self.pos] in "!|":
            self.pos += 1
        target = self._target(op)
        if not target.parts:
            self.fail("a redirection has no target", start)
            return True
        if op not in (">&", "<&") and self.peek() in "<>" and self.peek() and self.source[target.start : self.pos].isdigit():
            self.fail("a number stands where the target of a redirection should be", target.start)
        redirect = Redirect(
            op,
            target,
            start,
            self.pos,
            int(digits.replace("\\\n", "")) if digits is not None else None,
            fd_name.replace("\\\n", "") if fd_name is not None else None,
        )
        redirects.append(redirect)
        if op in ("<<", "<<-"):
            self.await_heredoc(redirect)
        return True

    def _target(self, op: str) -> Word:
        """The word behind a redirection operator; in bash a ``-`` behind ``>&`` is a token of its own."""
        if (op == ">&" or op == "<&") and not self.zsh and self.shell != "dash":
            self.blanks()
            if self.peek() == "-":
                self.pos += 1
                return Word([Literal("-", False, self.pos - 1, self.pos)], self.pos - 1, self.pos)
        plain = PLAIN_WORD(self.source, self.pos, self.end)
        if plain is None:
            self.blanks()
            return self.word()
        begin = plain.start(1)
        self.pos = plain.end()
        return Word([Literal(plain.group(1), False, begin, self.pos)], begin, self.pos)

    def trailing_redirects(self, redirects: list[Redirect]) -> None:
        """Read the redirections behind a compound command."""
        self.blanks()
        while self.pos < self.end and self.source[self.pos] in "<>&0123456789{":
            if self.source[self.pos] == "&" and not self._at_ampersand_redirect():
                return
            if not self.redirection(redirects):
                return
            self.blanks()

    # --- functions --------------------------------------------------------------------------------------------------

    def _function(self, node: SimpleCommand | None) -> Node | None:
        match = FUNCTION_PARENTHESES.match(self.source, self.pos, self.end)
        name = None
        if node is not None and len(node.words) == 1 and not node.assignments and not node.redirects:
            name = node.words[0]
        if match is None or not isinstance(name, Word):
            self.unexpected()
            return node
        self.pos = match.end()
        return self.function_body(self.function_name(name), name.start)

    def function_name(self, word: Word) -> str:
        """The name as written, without quotes where it has them."""
        if len(word.parts) == 1 and isinstance(word.parts[0], Literal):
            return word.parts[0].text
        return self.source[word.start : word.end]

    def function_body(self, name: str, start: int) -> Node:
        """Read the body of a function; the position is behind its name and any parentheses."""
        raise NotImplementedError
