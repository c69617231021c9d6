"""Reading PowerShell lines: words, quotes, backtick escapes, pipelines and redirections.

The rules are those of PowerShell's about_Parsing, about_Quoting_Rules and about_Special_Characters; typographic quotes
and dashes count as the plain ones there, and any Unicode space is a blank.
"""

from __future__ import annotations

from packgate.model.value import Origin, join, unknown
from packgate.shell.syntax import Lazy
from packgate.shell.windows import LineReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from packgate.model.value import Value

MAX_DEPTH: Final = 20
_SINGLE: Final = "'\u2018\u2019\u201a\u201b"
_DOUBLE: Final = '"\u201c\u201d\u201e'
_DASHES: Final = "\u2013\u2014\u2015"
_ESCAPES: Final = {
    "0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip
_VARIABLE: Final = Lazy(r"\$(?:([A-Za-z_?][A-Za-z0-9_:]*)|\{([^}]*)\}|([$^]))")
_REDIRECTION: Final = Lazy(r"([1-6*]?)(>>|>)(&[12])?")
_KEYWORD: Final = Lazy(
    r"(?i)(begin|break|class|continue|data|do|dynamicparam|end|enum|exit|filter|finally|for|foreach|function|if|param|"
    r"process|return|switch|throw|trap|try|until|using|while|workflow)(?![\w.\\/-])"
)
_CONSTANTS: Final = frozenset(["true", "false", "null"])
_CLOSING: Final = {"(": ")", "{": "}", "[": "]"}


class PowerShellReader(LineReader):
    """Reads one or more PowerShell statements."""

    __slots__ = ("level",)

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.level = 0

    def read(self) -> None:
        """Read the source to its end."""
        while self.pos < len(self.source):
            if not self._separator():
                if self.current.argv or self._may_begin():
                    self._part()
        self.finish("")

    def _separator(self) -> bool:
        """Step over blanks, comments and operators; False before anything else."""
        source = self.source
        char = source[self.pos]
        if char in "\r\n;":
            self.finish(char)
        elif char.isspace():
            self.pos += 1
        elif char == "`" and source[self.pos + 1 : self.pos + 2] in ("\n", "\r"):
            self.pos += 3 if source.startswith("\r\n", self.pos + 1) else 2
        elif char == "#":
            end = source.find("\n", self.pos)
            self.pos = end if end >= 0 else len(source)
        elif source.startswith("<#", self.pos):
            end = source.find("#>", self.pos + 2)
            self.pos = end + 2 if end >= 0 else len(source)
        elif char == "|" or char == "&":
            if char == "&" and not self.current.argv and not source.startswith("&&", self.pos):
                return False
            self.finish(char * 2 if source.startswith(char * 2, self.pos) else char)
        else:
            return False
        return True

    def _may_begin(self) -> bool:
        """Look at what begins a statement; False when it was stepped over as more than a plain command."""
        start = self.pos
        char = self.source[start]
        follower = self.source[start + 1 : start + 2]
        if char == "&" or (char == "." and follower.isspace()):
            self.pos += 1
            while self.pos < len(self.source) and self.source[self.pos] in " \t":
                self.pos += 1
            self.current.start = start
            if self.pos < len(self.source) and self.source[self.pos] not in "({$\r\n;|&":
                self._part()
                return False
            self._skip("a called expression isn't analysed", start)
            return False
        if _KEYWORD.match(self.source, start, len(self.source)) is not None:
            self._skip("a statement of the language isn't analysed", start)
            return False
        if char in "$({[@+!-)}]," or char in _SINGLE or char in _DOUBLE or char.isdigit():
            self._skip("an expression isn't analysed", start)
            return False
        return True

    def _skip(self, message: str, start: int) -> None:
        """Step over the rest of a statement, up to what it is piped into."""
        self.problem(message, start)
        while self.pos < len(self.source) and self.source[self.pos] not in "\r\n;|":
            self._skip_one()

    def _skip_one(self) -> None:
        char = self.source[self.pos]
        if char in _SINGLE or char in _DOUBLE:
            self._quoted()
        elif char in "({":
            self._balanced()
        else:
            self.pos += 2 if char == "`" else 1

    def _balanced(self) -> None:
        """Step over brackets and what they hold; strings within may hold brackets again."""
        self.level += 1
        if self.level > MAX_DEPTH:
            self.problem(f"nested more than {MAX_DEPTH} deep", self.pos)
            self.pos = len(self.source)
        self._brackets()
        self.level -= 1

    def _brackets(self) -> None:
        expected: list[str] = []
        while self.pos < len(self.source):
            char = self.source[self.pos]
            if char in "({":
                expected.append(_CLOSING[char])
                self.pos += 1
            elif expected and char == expected[-1]:
                expected.pop()
                self.pos += 1
                if not expected:
                    return
            elif char in _SINGLE or char in _DOUBLE:
                self._quoted()
            else:
                self.pos += 2 if char == "`" else 1
        self.problem("a bracket isn't closed", len(self.source))

    # --- words ------------------------------------------------------------------------------------------------------

    def _part(self) -> None:
        """Read a word or a redirection."""
        source = self.source
        start = self.pos
        match = _REDIRECTION.match(source, start, len(source))
        if match is not None:
            self._redirection(match.group(), match.end(), match.group(3) is not None)
            return
        if source.startswith("--%", start) and self.current.argv:
            self._verbatim()
            return
        char = source[start]
        if char == ",":
            self.pos += 1
            return
        if char in "({<)}":
            self._bracket(start)
            return
        if char == "@" and source[start + 1 : start + 2] in tuple("({'\""):
            self.pos += 1
            if source[self.pos] in "({":
                self._bracket(start)
            else:
                self._here_string(start)
            return
        if char in _SINGLE or char in _DOUBLE:
            self.add(self._quoted(), start)
            return
        word = self._bare()
        self.add(word, start)

    def _redirection(self, operator: str, end: int, merging: bool) -> None:
        start = self.pos
        self.pos = end
        if merging:
            self.redirect(operator[:-1], operator[-1], start)
            return
        while self.pos < len(self.source) and self.source[self.pos] in " \t":
            self.pos += 1
        char = self.source[self.pos : self.pos + 1]
        quoted = char != "" and (char in _SINGLE or char in _DOUBLE)
        self.redirect(operator, self._quoted() if quoted else self._bare(), start)

    def _bracket(self, start: int) -> None:
        """A script block, sub-expression or stray bracket as an argument: unknown text."""
        if self.source[self.pos] in "({":
            self.problem("an expression or script block isn't analysed", start)
            self._balanced()
            self.add(unknown(Origin("command")), start)
        else:
            self.problem(f"unexpected `{self.source[self.pos]}`", start)
            self.pos += 1

    def _here_string(self, start: int) -> None:
        close = self.source.find("\n" + self.source[self.pos] + "@", self.pos)
        self.problem("a here-string isn't analysed", start)
        self.pos = close + 3 if close >= 0 else len(self.source)
        self.add(unknown(Origin("argument")), start)

    def _verbatim(self) -> None:
        """Behind ``--%`` everything up to a pipe or the end of the line goes to the program as it is."""
        self.pos += 3
        start = self.pos
        while self.pos < len(self.source) and self.source[self.pos] not in "|\r\n":
            self.pos += 1
        for word in self.source[start : self.pos].split():
            self.add(word, start)

    def _bare(self) -> Value:
        """Read a word without quotes at its start; quotes within it are removed."""
        source = self.source
        parts: list[Value] = []
        while self.pos < len(source):
            char = source[self.pos]
            if char.isspace() or char in ";|&,()}<>" or (char == "{" and not parts):
                break
            if char in _SINGLE or char in _DOUBLE:
                parts.append(self._quoted())
            elif char == "`":
                parts.append(self._escape())
            elif char == "$":
                parts.append(self._dollar())
            else:
                self.pos += 1
                parts.append("-" if char in _DASHES and not parts else char)
        return join(parts)

    def _escape(self) -> str:
        """A backtick and the character that it makes special or plain."""
        char = self.source[self.pos + 1 : self.pos + 2]
        self.pos += 2 if char else 1
        if char == "\n":
            return ""
        return _ESCAPES.get(char, char)

    def _dollar(self) -> Value:
        """A variable is unknown text; a lone dollar sign stands for itself."""
        start = self.pos
        match = _VARIABLE.match(self.source, start, len(self.source))
        if match is not None:
            self.pos = match.end()
            name = match.group(1) or match.group(2) or match.group(3) or ""
            if name.lower() in _CONSTANTS:
                return match.group()
            self.problem(f"the variable `{name}` isn't known", start)
            return unknown(Origin("variable", name))
        self.pos += 1
        if self.source.startswith("(", self.pos):
            self.problem("a sub-expression isn't analysed", start)
            self._balanced()
            return unknown(Origin("command"))
        return "$"

    def _quoted(self) -> Value:
        """Read a string; the position is at its opening quote. A doubled quote stands for one."""
        source = self.source
        start = self.pos
        single = source[start] in _SINGLE
        quotes = _SINGLE if single else _DOUBLE
        parts: list[Value] = []
        self.pos += 1
        while self.pos < len(source):
            char = source[self.pos]
            if char in quotes:
                self.pos += 1
                if self.pos >= len(source) or source[self.pos] not in quotes:
                    return join(parts)
                parts.append(char)
                self.pos += 1
            elif char == "`" and not single:
                parts.append(self._escape())
            elif char == "$" and not single:
                parts.append(self._dollar())
            else:
                parts.append(char)
                self.pos += 1
        self.problem("a quote isn't closed", start)
        return join(parts)
