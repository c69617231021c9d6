"""Reading ``[[ … ]]``."""

from __future__ import annotations

from packgate.shell.simple import SimpleReader
from packgate.shell.syntax import REGEX_GROUP_RUN, REGEX_RUN, Lazy
from packgate.shell.tree import Literal, Test, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from packgate.shell.tree import WordPart

_OPERATOR: Final = Lazy(r"&(?:\\\n)*+&|\|(?:\\\n)*+\||[()]|[<>](?!(?:\\\n)*+\()")


class ConditionReader(SimpleReader):
    """Reads conditional expressions."""

    __slots__ = ()

    def test(self, start: int) -> Test:
        """Read up to and over ``]]``; operators come as plain words."""
        words: list[Word] = []
        regex = pattern = False
        while True:
            self.newlines()
            if self.accept("]]"):
                break
            if self.pos >= self.end:
                self.fail("`[[` isn't closed", start)
                break
            word = self._regex() if regex else self.word() if pattern else self._operand()
            if not word.parts:
                self.unexpected()
                break
            words.append(word)
            part = word.parts[0]
            operator = part.text if len(word.parts) == 1 and isinstance(part, Literal) and not part.quoted else ""
            regex = operator == "=~"
            pattern = operator in ("=", "==", "!=")
        return Test(words, start, self.pos)

    def _operand(self) -> Word:
        match = _OPERATOR.match(self.source, self.pos, self.end)
        if match is None:
            return self.word()
        start = self.pos
        self.pos = match.end()
        if self.shell == "sh":
            self.note("where sh is dash, `[[` is a command and this operator one of the shell", start)
        return Word([Literal(match.group().replace("\\\n", ""), False, start, self.pos)], start, self.pos)

    def _regex(self) -> Word:
        """The word behind ``=~``, in which parentheses and bars are plain; blanks are so between parentheses."""
        start = self.pos
        parts: list[WordPart] = []
        level = 0
        while self.pos < self.end:
            run = REGEX_GROUP_RUN if level else REGEX_RUN
            parts.extend(self.parts_until("() \t\n", run, False, True))
            char = self.peek()
            if char == "(":
                level += 1
            elif char == ")" and level:
                level -= 1
            else:
                break
            parts.append(Literal(char, False, self.pos, self.pos + 1))
            self.pos += 1
        return Word(parts, start, self.pos)
