"""Reading words: runs of characters, quotes, escapes, glob groups and process substitutions."""

from __future__ import annotations

from packgate.shell.scanner import Scanner
from packgate.shell.syntax import (
    BRACE_ESCAPE,
    DOUBLE_ESCAPE,
    DOUBLE_RUN,
    ESCAPES,
    HEREDOC_ESCAPE,
    HEREDOC_RUN,
    PROTECTED_RUN,
    Lazy,
)
from packgate.shell.tree import ExtGlob, Literal, ProcessSub, Quoted, Script, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.tree import WordPart


class WordReader(Scanner):
    """Reads words in their contexts: plain, double-quoted, heredoc body, and parts up to a stop character."""

    __slots__ = ()

    def word(self) -> Word:
        """Read a word at the position, up to a character that ends it; no parts when there is none."""
        start = self.pos
        parts: list[WordPart] = []
        if self.zsh and self.source.startswith("=(", start, self.end):
            parts.append(self.process_substitution("=", start))
        self.word_parts(parts)
        return Word(parts, start, self.pos)

    def word_parts(self, parts: list[WordPart]) -> None:
        """Read the parts of an unquoted word."""
        source = self.source
        while True:
            match = self.run(source, self.pos, self.end)
            if match is not None:
                text = match.group()
                if "\\" in text:
                    text = text.replace("\\\n", "")
                if text:
                    parts.append(Literal(text, False, self.pos, match.end()))
                self.pos = match.end()
            if self.pos >= self.end:
                return
            char = source[self.pos]
            if char in " \t\n;&|)":
                return
            if char in "<>":
                if not self._at_process_substitution():
                    return
                parts.append(self.process_substitution(char, self.pos))
            elif char == "(":
                if not self._glob_group(parts):
                    return
            else:
                self.special(parts, char, False, True)

    def special(self, parts: list[WordPart], char: str, quoted: bool, single: bool) -> None:
        """Read one quote, escape or expansion; ``single`` says whether single quotes quote here."""
        start = self.pos
        if char == '"':
            self.pos += 1
            parts.append(self.double_quoted(start))
        elif char == "$":
            part = self.dollar(quoted)
            if part is not None:
                parts.append(part)
            else:
                self.pos = start + 1
                parts.append(Literal("$", True, start, start + 1))
        elif char == "'" and single:
            close = self.source.find("'", start + 1, self.end)
            if close < 0:
                parts.append(Literal(self.source[start + 1 : self.end], True, start, self.end))
                self.fail("a single quote isn't closed", start)
                return
            self.pos = close + 1
            parts.append(Literal(self.source[start + 1 : close], True, start, self.pos))
        elif char == "\\":
            self._escape(parts, quoted)
        elif char == "`":
            parts.append(self.backticks(quoted))
        else:
            if char == "\r":
                self._carriage_return(start)
            self.pos = start + 1
            parts.append(Literal(char, quoted, start, self.pos))

    def _escape(self, parts: list[WordPart], quoted: bool) -> None:
        start = self.pos
        if quoted:
            self.pos = min(start + 2, self.end)
            text = BRACE_ESCAPE.pattern().sub(r"\1", self.source[start : self.pos])
            parts.append(Literal(text, True, start, self.pos))
            return
        match = ESCAPES.match(self.source, start, self.end)
        self.pos = match.end() if match is not None else start + 1
        text = self.source[start + 1 : self.pos : 2] if match is not None else "\\"
        parts.append(Literal(text, True, start, self.pos))

    def _carriage_return(self, start: int) -> None:
        if not self.carriage:
            self.carriage = True
            self.note("a carriage return outside quotes: shells differ in what it means", start)

    def double_quoted(self, start: int) -> Quoted:
        """Read up to and over the closing double quote; the position is behind the opening one."""
        parts: list[WordPart] = []
        source = self.source
        while True:
            match = DOUBLE_RUN(source, self.pos, self.end)
            if match is not None:
                text = match.group()
                if "\\" in text:
                    text = DOUBLE_ESCAPE.pattern().sub(r"\1", text)
                if text:
                    parts.append(Literal(text, True, self.pos, match.end()))
                self.pos = match.end()
            if self.pos >= self.end:
                self.fail("a double quote isn't closed", start)
                return Quoted(parts, start, self.end)
            char = source[self.pos]
            if char == '"':
                self.pos += 1
                return Quoted(parts, start, self.pos)
            self.special(parts, char, True, False)

    def heredoc_text(self) -> Word:
        r"""Read to the end as the body of an unquoted heredoc: only ``$``, backtick and ``\`` are special."""
        start = self.pos
        parts: list[WordPart] = []
        while self.pos < self.end:
            match = HEREDOC_RUN.match(self.source, self.pos, self.end)
            if match is not None:
                text = HEREDOC_ESCAPE.pattern().sub(r"\1", match.group())
                if text:
                    parts.append(Literal(text, True, self.pos, match.end()))
                self.pos = match.end()
                continue
            self.special(parts, self.source[self.pos], True, False)
        return Word([Quoted(parts, start, self.pos)], start, self.pos)

    def parts_until(self, stops: str, run: Lazy, quoted: bool, single: bool) -> list[WordPart]:
        """Read parts up to one of the characters ``stops``, which is not consumed; ``run`` matches ordinary text."""
        parts: list[WordPart] = []
        source = self.source
        while self.pos < self.end:
            match = run.match(source, self.pos, self.end)
            if match is not None:
                text = match.group().replace("\\\n", "")
                if text:
                    parts.append(Literal(text, quoted, self.pos, match.end()))
                self.pos = match.end()
                continue
            char = source[self.pos]
            if char in stops:
                break
            if char in "<>" and not quoted and self._at_process_substitution():
                parts.append(self.process_substitution(char, self.pos))
            elif char == "'" and quoted and self.shell == "bash":
                self._protected(parts)
            else:
                # Within the braces of a quoted ${…} bash still decodes $'…'.
                plain = char == "$" and source.startswith("$'", self.pos, self.end)
                self.special(parts, char, quoted and not plain, single)
        return parts

    def _protected(self, parts: list[WordPart]) -> None:
        """Single quotes in the braces of a quoted ``${…}``: in bash they are plain characters in the result, and what
        lies between is expanded, but a brace there doesn't close."""
        start = self.pos
        close = self.source.find("'", start + 1, self.end)
        if close < 0:
            self.fail("a single quote isn't closed", start)
            return
        outer = (self.end, self.failed)
        parts.append(Literal("'", True, start, start + 1))
        self.pos, self.end = start + 1, close
        while self.pos < self.end:
            parts.extend(self.parts_until('"', PROTECTED_RUN, True, False))
            self.pos += 1
        self.end, self.failed = outer
        self.pos = close + 1
        parts.append(Literal("'", True, close, close + 1))

    def _at_process_substitution(self) -> bool:
        after = self.joins(self.pos + 1)
        return after < self.end and self.source[after] == "("

    def process_substitution(self, direction: str, start: int) -> ProcessSub:
        """Read ``<(…)``, ``>(…)`` or zsh's ``=(…)``."""
        self.pos = self.joins(start + 1) + 1
        script = self.enclosed_list("process substitution", start)
        return ProcessSub(direction, script, start, self.pos)

    def enclosed_list(self, what: str, start: int) -> Script:
        """Read commands up to and over a closing parenthesis, with heredocs of their own."""
        outer, self.pending = self.pending, []
        self.substitutions += 1
        self.deepen()
        script = self.command_list()
        self.depth -= 1
        self.substitutions -= 1
        self.pending = outer + self.pending
        if self.pos < self.end and self.source[self.pos] == ")":
            self.pos += 1
        elif self.pos < self.end:
            self.unexpected()
        else:
            self.fail(f"a {what} isn't closed", start)
        return script

    def unexpected(self) -> None:
        """Stop at a token that can't stand here."""
        found = self.source[self.pos : min(self.pos + 10, self.end)].split("\n")[0] or "newline"
        self.fail(f"unexpected `{found}`")

    def _glob_group(self, parts: list[WordPart]) -> bool:
        """Read ``@(…)`` and its kin, or a zsh group; False when the parenthesis isn't part of the word."""
        last = parts[-1] if parts else None
        start = self.pos
        if isinstance(last, Literal) and not last.quoted and last.end == start and last.text[-1] in "?*+@!":
            if self.source.startswith("()", start, self.end) and not self.zsh:
                return False
            if not self.zsh or last.text[-1] in "@!+":
                kind = last.text[-1]
                last.text = last.text[:-1]
                last.end -= 1
                if not last.text:
                    parts.pop()
                parts.append(self._alternatives(kind, start - 1))
                return True
        if not self.zsh or self.source.startswith("()", start, self.end):
            return False
        group = self._alternatives("@", start)
        if parts and len(group.alternatives) == 1 and (self.pos >= self.end or self.source[self.pos] in " \t\n;&|)"):
            group.kind = "qualifier"
        parts.append(group)
        return True

    def _alternatives(self, kind: str, start: int) -> ExtGlob:
        self.pos += 1
        self.deepen()
        alternatives: list[Word] = []
        while self.pos < self.end:
            begin = self.pos
            parts: list[WordPart] = []
            self._alternative_parts(parts)
            alternatives.append(Word(parts, begin, self.pos))
            if self.pos < self.end:
                self.pos += 1
                if self.source[self.pos - 1] == ")":
                    self.depth -= 1
                    return ExtGlob(kind, alternatives, start, self.pos)
        self.depth -= 1
        self.fail("a glob group isn't closed", start)
        return ExtGlob(kind, alternatives, start, self.end)

    def _alternative_parts(self, parts: list[WordPart]) -> None:
        """Read up to ``|`` or ``)``; blanks and other separators are plain characters within a group."""
        while self.pos < self.end:
            self.word_parts(parts)
            char = self.peek()
            if char in "|)" or self.pos >= self.end:
                return
            if char == "(":
                parts.append(self._alternatives("@", self.pos))
                continue
            parts.append(Literal(char, False, self.pos, self.pos + 1))
            self.pos += 1

