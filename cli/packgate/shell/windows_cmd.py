"""Reading cmd.exe lines: carets, quotes, operators, redirections and percent variables.

cmd splits a line at its operators by its own rules (a caret escapes, every quote toggles), and each program splits what
is left into arguments by those of the C run time (a backslash escapes a quote). Both are followed here.
"""

from __future__ import annotations

from packgate.model.value import Origin, join, unknown
from packgate.shell.syntax import Lazy
from packgate.shell.windows import LineReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from packgate.model.value import Value

# Commands of cmd itself, whose name a switch may follow directly (``del/q``).
_BUILTINS: Final = frozenset(
    "assoc call cd chdir cls copy date del dir echo erase exit ftype md mkdir mklink move path pause popd prompt pushd rd "
    "ren rename rmdir set start time title type ver verify vol".split()
)
_NOT_ANALYSED: Final = frozenset(["if", "for", "goto", "setlocal", "endlocal", "shift", "set"])
_VARIABLE: Final = Lazy(r"%[^%\s\"]{1,80}%|%~?[A-Za-z0-9*]+|%%~?[A-Za-z]|![A-Za-z_][A-Za-z0-9_:~,=-]{0,80}!")
_REDIRECTION: Final = Lazy(r"([0-9]?)(>>|>&|<&|>|<)")
_BLANK: Final = " \t,;="


class CmdReader(LineReader):
    """Reads one or more cmd lines."""

    __slots__ = ("groups",)

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.groups = 0

    def read(self) -> None:
        """Read the source to its end."""
        while self.pos < len(self.source):
            if not self.current.argv and not self.current.redirects and self._opening():
                continue
            char = self.source[self.pos]
            if char in "\r\n":
                self.finish(char)
            elif char in _BLANK:
                self.pos += 1
            elif char in "&|":
                self.finish(char * 2 if self.source.startswith(char * 2, self.pos) else char)
            elif char == ")" and self.groups:
                self.groups -= 1
                self.finish(char)
            elif self._redirection():
                continue
            else:
                self._argument()
        self.finish("")
        if self.groups:
            self.problem("a parenthesis isn't closed", len(self.source))

    def _opening(self) -> bool:
        """Step over what may stand before a command: ``@``, ``(``, labels and remarks."""
        source = self.source
        char = source[self.pos]
        if char == "@":
            self.pos += 1
        elif char == "(":
            self.groups += 1
            self.pos += 1
        elif char == ":" or source[self.pos : self.pos + 4].lower() in ("rem ", "rem\t", "rem", "rem\n", "rem\r"):
            end = source.find("\n", self.pos)
            self.pos = end if end >= 0 else len(source)
        else:
            return False
        return True

    def _redirection(self) -> bool:
        match = _REDIRECTION.match(self.source, self.pos, len(self.source))
        if match is None:
            return False
        start = self.pos
        self.pos = match.end()
        while self.pos < len(self.source) and self.source[self.pos] in _BLANK:
            self.pos += 1
        self.redirect(match.group(), self._word(False), start)
        return True

    def _argument(self) -> None:
        start = self.pos
        if self.current.argv:
            self.add(self._word(False), start)
            return
        word = self._word(True)
        self.add(word, start)
        if isinstance(word, str) and word.lower() in _NOT_ANALYSED:
            self.problem(f"cmd's `{word}` isn't analysed", start)

    def _word(self, name: bool) -> Value:
        """Read a word; for the command's ``name`` further characters end it."""
        source = self.source
        parts: list[Value] = []
        quoted = False
        stops = " \t\r\n&|<>" + (")" if self.groups else "") + (",;=" if name else "")
        begin = self.pos
        while self.pos < len(source):
            char = source[self.pos]
            if not quoted and char in stops:
                break
            if name and char == "/" and self.pos - begin < 9 and source[begin : self.pos].lower() in _BUILTINS:
                break
            if char in "%!" and self._variable(parts):
                continue
            self.pos += 1
            if char == '"':
                quoted = self._quote(parts, quoted)
            elif char == "^" and not quoted:
                self._caret(parts)
            else:
                parts.append(char)
        if quoted:
            self.problem("a quote isn't closed", begin)
        return join(parts)

    def _quote(self, parts: list[Value], quoted: bool) -> bool:
        """A quote behind a backslash is a character of the argument, but toggles for cmd all the same."""
        if parts and parts[-1] == "\\":
            parts[-1] = '"'
        return not quoted

    def _caret(self, parts: list[Value]) -> None:
        """The character behind a caret is plain; a newline there joins the lines."""
        if self.source.startswith("\r\n", self.pos):
            self.pos += 2
        elif self.source.startswith("\n", self.pos):
            self.pos += 1
        elif self.pos < len(self.source):
            parts.append(self.source[self.pos])
            self.pos += 1

    def _variable(self, parts: list[Value]) -> bool:
        match = _VARIABLE.match(self.source, self.pos, len(self.source))
        if match is None:
            return False
        name = match.group().strip("%!")
        self.problem(f"the variable `{name}` isn't known", self.pos)
        parts.append(unknown(Origin("variable", name)))
        self.pos = match.end()
        return True
