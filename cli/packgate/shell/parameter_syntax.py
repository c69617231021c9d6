"""Reading ``${…}``: names, subscripts, operators and their words."""

from __future__ import annotations

from packgate.shell.expansions import ExpansionReader
from packgate.shell.syntax import (
    BRACE_RUN,
    LENGTH,
    PARAMETER_NAME,
    PARAMETER_OPERATOR,
    PATTERN_RUN,
    QUOTED_BRACE_RUN,
    SUBSTRING_RUN,
)
from packgate.shell.tree import CommandSub, Parameter, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.tree import WordPart


class BraceReader(ExpansionReader):
    """Reads parameter expansions in braces."""

    __slots__ = ()

    def brace(self, start: int, quoted: bool) -> WordPart:
        """Read the rest of ``${…}``; the position is behind the brace."""
        self.deepen()
        self.pos = self.joins(self.pos)
        if self.peek() and self.source[self.pos] in " \t\n|":
            part: WordPart = self._function_substitution(start)
        else:
            part = self._parameter(start, quoted)
        self.depth -= 1
        return part

    def _function_substitution(self, start: int) -> CommandSub:
        """``${ command; }`` and ``${| command; }`` of ksh, mksh, bash 5.3 and zsh 5.9."""
        if self.source[self.pos] == "|":
            self.pos += 1
        script = self.command_list()
        if not self.accept("}"):
            self.fail("a command substitution isn't closed", start)
        return CommandSub(script, start, self.pos)

    def _parameter(self, start: int, quoted: bool) -> Parameter:
        flags = self._zsh_flags()
        length = LENGTH.match(self.source, self.pos, self.end)
        if length is not None:
            self.pos = length.end()
        indirect = length is None and self._indirection()
        head = PARAMETER_NAME.match(self.source, self.pos, self.end)
        if head is None or (self.zsh and self.source.startswith(("${", "$("), self.pos, self.end)):
            if self.zsh and self.peek() in ("$", '"', "`"):
                parameter = self._nested(start)
            elif self.zsh and self.peek() in (":", "-") and not length and not indirect:
                # ${:-word}: of no parameter, which is never set, so that the word holds.
                parameter = Parameter("", start, self.pos, op=flags)
            else:
                return self._bad(start)
        else:
            self.pos = self.joins(head.end())
            parameter = Parameter(head.group(1).replace("\\\n", ""), start, self.pos, op=flags)
        parameter.length = length is not None
        parameter.indirect = indirect
        if self.peek() == "[":
            self.pos += 1
            subscript = self.bracketed(self.pos - 1, "[]}")
            if parameter.index is None:
                parameter.index = subscript
            else:
                parameter.index.parts.extend(subscript.parts)
            self.pos = self.joins(self.pos)
        self._operator(parameter, quoted)
        if self.peek() == "}":
            self.pos += 1
            parameter.end = self.pos
            self._keys(parameter)
            return parameter
        if self.pos < self.end:
            return self._bad(start)
        self.fail("a brace isn't closed", start)
        parameter.end = self.end
        return parameter

    def _nested(self, start: int) -> Parameter:
        """zsh's ``${${name}…}`` and ``${$(command)…}``: no name, and the inner expansion in place of a subscript."""
        begin = self.pos
        parts: list[WordPart] = []
        self.special(parts, self.source[begin], False, False)
        return Parameter("", start, self.pos, index=Word(parts, begin, self.pos))

    def _indirection(self) -> bool:
        after = self.joins(self.pos + 1)
        if self.peek() != "!" or after >= self.end:
            return False
        char = self.source[after]
        if not (char.isascii() and char.isalnum()) and char not in "_@*#":
            return False
        self.pos = after
        return True

    def _zsh_flags(self) -> str:
        """``(flags)`` before the name, and the marks ``=``, ``~``, ``^``, ``+``; kept as an operator."""
        if not self.zsh:
            return ""
        begin = self.pos
        if self.peek() == "(":
            close = self.source.find(")", self.pos, self.end)
            self.pos = close + 1 if close >= 0 else self.end
        while self.peek() and self.source[self.pos] in "=~^+":
            self.pos += 1
        return self.source[begin : self.pos]

    def _operator(self, parameter: Parameter, quoted: bool) -> None:
        match = PARAMETER_OPERATOR.match(self.source, self.pos, self.end)
        if match is None:
            if parameter.indirect and self.peek() and self.source[self.pos] in "*@":
                parameter.op = "!" + self.source[self.pos]
                parameter.indirect = False
                self.pos = self.joins(self.pos + 1)
            return
        op = match.group().replace("\\\n", "")
        self.pos = match.end()
        parameter.op += op
        if op[0] == "@":
            return
        if op == ":":
            self._substring(parameter)
        elif op[0] == "/":
            parameter.args.append(self._argument("/}", False))
            if self.peek() == "/":
                self.pos += 1
                parameter.args.append(self._argument("}", False))
        else:
            pattern = op[0] in "#%^,~"
            parameter.args.append(self._argument("}", quoted and not pattern))

    def _argument(self, stops: str, quoted: bool) -> Word:
        begin = self.pos
        run = PATTERN_RUN if "/" in stops else QUOTED_BRACE_RUN if quoted else BRACE_RUN
        return Word(self.parts_until(stops, run, quoted, not quoted), begin, self.pos)

    def _substring(self, parameter: Parameter) -> None:
        for stops in (":}", "}"):
            begin = self.pos
            parts = self.parts_until(stops, SUBSTRING_RUN, False, True)
            parameter.args.append(Word(parts, begin, self.pos))
            if self.peek() != ":" or stops == "}":
                return
            self.pos += 1

    def _keys(self, parameter: Parameter) -> None:
        """``${!name[@]}`` asks for the subscripts, not for a value."""
        if not parameter.indirect or parameter.op:
            return
        index = parameter.index
        if index is not None and self.source[index.start : index.end] in ("@", "*"):
            parameter.op = "!keys"
            parameter.indirect = False

    def _bad(self, start: int) -> Parameter:
        """Step over an expansion that no shell reads; it is an error when it runs."""
        self.note("a parameter expansion that can't be read", start)
        parts = self.parts_until("}", BRACE_RUN, False, True)
        if self.peek() == "}":
            self.pos += 1
        else:
            self.fail("a brace isn't closed", start)
        return Parameter("", start, self.pos, op="bad", args=[Word(parts, start, self.pos)])
