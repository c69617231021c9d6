"""Reading heredocs: the delimiter where the redirection stands, the body after the next newline."""

from __future__ import annotations

from packgate.shell.parameter_syntax import BraceReader
from packgate.shell.relocate import relocate
from packgate.shell.scanner import MAX_HEREDOC_DEPTH, PendingHeredoc
from packgate.shell.tree import Literal, Quoted, Redirect, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.tree import WordPart


class HeredocReader(BraceReader):
    """Reads the bodies of heredocs."""

    __slots__ = ()

    def await_heredoc(self, redirect: Redirect) -> None:
        """Remember a heredoc whose delimiter was just read."""
        self.count_command()
        target = redirect.target
        written = self.source[target.start : target.end].replace("\\\n", "")
        delimiter = "".join(self._delimiter_text(part) for part in target.parts)
        quoted = any(char in written for char in "\\'\"")
        self.pending.append(PendingHeredoc(redirect, delimiter, quoted, redirect.op == "<<-"))

    def _delimiter_text(self, part: WordPart) -> str:
        """The delimiter isn't expanded: what looks like an expansion stands for itself."""
        if isinstance(part, Literal):
            return part.text
        if isinstance(part, Quoted):
            return "".join(self._delimiter_text(inner) for inner in part.parts)
        return self.source[part.start : part.end]

    def heredoc_bodies(self) -> None:
        """Read the bodies of all pending heredocs, in order; the position is at the start of a line."""
        pending, self.pending = self.pending, []
        for heredoc in pending:
            self._body(heredoc)

    def end_heredocs(self) -> None:
        """Give every heredoc that the text ends before an empty body."""
        for heredoc in self.pending:
            heredoc.redirect.body = Word([Literal("", True, self.end, self.end)], self.end, self.end)
        self.pending = []

    def _body(self, heredoc: PendingHeredoc) -> None:
        begin = self.pos
        lines: list[tuple[int, int]] = []
        stop = self.end
        while self.pos < self.end:
            line_start = self._after_tabs(self.pos, heredoc.quoted) if heredoc.strip else self.pos
            line_end = self._line_end(line_start, heredoc.quoted)
            after = self._after_delimiter(heredoc, line_start, line_end)
            if after >= 0:
                stop = self.pos
                self.pos = after
                break
            lines.append((line_start, min(line_end + 1, self.end)))
            self.pos = min(line_end + 1, self.end)
        heredoc.redirect.body = self._content(heredoc, begin, stop, lines)

    def _after_tabs(self, pos: int, quoted: bool) -> int:
        """The position behind the tabs of a logical line, which line continuations may part."""
        while pos < self.end:
            if self.source[pos] == "\t":
                pos += 1
            elif not quoted and self.source.startswith("\\\n", pos, self.end):
                pos += 2
            else:
                break
        return pos

    def _line_end(self, start: int, quoted: bool) -> int:
        """The end of a logical line: in an unquoted heredoc a backslash joins it to the next."""
        at = start
        while True:
            end = self.source.find("\n", at, self.end)
            if end < 0:
                return self.end
            if quoted or end == start or self.source[end - 1] != "\\":
                return end
            backslashes = 0
            while end - 1 - backslashes >= start and self.source[end - 1 - backslashes] == "\\":
                backslashes += 1
            if backslashes % 2 == 0:
                return end
            at = end + 1

    def _after_delimiter(self, heredoc: PendingHeredoc, start: int, end: int) -> int:
        """Where reading goes on if the line is the delimiter, else -1."""
        delimiter = heredoc.delimiter
        if self.source.startswith(delimiter, start, end):
            after = start + len(delimiter)
            if after == end:
                return min(end + 1, self.end)
            if self.substitutions and delimiter and self.source.find(")", after, end) >= 0:
                return after
        if not heredoc.quoted and self.joined and self.source[start:end].replace("\\\n", "") == delimiter:
            return min(end + 1, self.end)
        return -1

    def _content(self, heredoc: PendingHeredoc, begin: int, stop: int, lines: list[tuple[int, int]]) -> Word:
        if self.heredocs >= MAX_HEREDOC_DEPTH and not heredoc.quoted:
            self.note(f"heredocs nested more than {MAX_HEREDOC_DEPTH} deep", begin)
            return Word([Literal(self.source[begin:stop], True, begin, stop)], begin, stop)
        stripped = heredoc.strip and sum(end - start for start, end in lines) != stop - begin
        if not stripped:
            if heredoc.quoted:
                return Word([Literal(self.source[begin:stop], True, begin, stop)], begin, stop)
            return self._text_within(begin, stop)
        text = "".join([self.source[start:end] for start, end in lines])
        if heredoc.quoted:
            return Word([Literal(text, True, begin, stop)], begin, stop)
        positions = [position for start, end in lines for position in range(start, end)]
        positions.append(stop)
        child = self.child(text)
        child.deepen()
        child.heredocs = self.heredocs + 1
        word = child.heredoc_text()
        self.adopt(child, positions)
        relocate(word, positions)
        return word

    def _text_within(self, begin: int, stop: int) -> Word:
        """Read a range of the source as the body of an unquoted heredoc; an error inside ends there."""
        outer = (self.pos, self.end, self.failed, self.pending, self.parens, self.substitutions)
        self.pos, self.end, self.failed, self.pending, self.parens, self.substitutions = begin, stop, False, [], {}, 0
        self.deepen()
        self.heredocs += 1
        word = self.heredoc_text()
        self.end_heredocs()
        self.heredocs -= 1
        self.depth -= 1
        self.pos, self.end, self.failed, self.pending, self.parens, self.substitutions = outer
        self.check_commands()
        return word
