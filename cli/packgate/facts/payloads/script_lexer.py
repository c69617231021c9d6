"""Tokens of JavaScript, Perl, Ruby, PHP and Lua.

A token is a name, a variable, a string with its pieces, words in quotes (``qw``), a command in quotes, a regular expression, a
number or a mark. Comments are left out; a line's end counts where the language ends statements there.
"""

from __future__ import annotations

import re

NAME = "name"
VARIABLE = "variable"
STRING = "string"
COMMAND = "command"
WORDS = "words"
REGEX = "regex"
NUMBER = "number"
MARK = "mark"
LINE = "line"

_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "e": "\x1b", "a": "\x07", "b": "\b", "f": "\f", "v": "\v", "\n": ""}
_ESCAPE = re.compile(r"\\(?:x\{([0-9A-Fa-f]+)\}|u\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|([0-7]{2,3})|(.))", re.DOTALL)
_LINE_ENDS = ("ruby", "lua")
_COMMENT = {
    "node": re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)|<!--[^\n]*|#![^\n]*", re.DOTALL),
    "perl": re.compile(r"(?<![$\w])#[^\n]*"),
    "ruby": re.compile(r"#[^\n]*"),
    "php": re.compile(r"//[^\n]*|#(?!\[)[^\n]*|/\*.*?(?:\*/|\Z)|<\?php|<\?=|\?>", re.DOTALL),
    "lua": re.compile(r"--\[(=*)\[.*?(?:\]\1\]|\Z)|--[^\n]*", re.DOTALL),
}
_NAMES = {
    "node": re.compile(r"[A-Za-z_$][\w$]*"), "perl": re.compile(r"[A-Za-z_]\w*(?:(?:::|')[A-Za-z_]\w*)*"),
    "ruby": re.compile(r"[A-Za-z_]\w*[?!]?(?:::[A-Z]\w*)*"), "php": re.compile(r"\\?[A-Za-z_]\w*(?:\\\w+)*"),
    "lua": re.compile(r"[A-Za-z_]\w*"),
}
_VARIABLES = {
    "perl": re.compile(r"[$@%](?:\{\^?\w+\}|[A-Za-z_]\w*(?:::\w+)*|\d+|[_!0@&/\\;,.])|\$#\w+"),
    "ruby": re.compile(r"\$(?:[A-Za-z_]\w*|\d|[!~0*])|@{1,2}[A-Za-z_]\w*"),
    "php": re.compile(r"\$\$?[A-Za-z_]\w*"),
}
_SPACE = re.compile(r"[ \t\r\f\v]+")
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]+|0[oO]?[0-7]+\b|\d[\d_]*(?:\.\d+)?")
_MARKS = re.compile(r"=>|->|\?\.|\.\.\.|\.\.|::|\*\*|&&|\|\||==?=?|!==?|=~|!~|[<>]=?|\+\+|--|[-+*/.]=|\?\?|<<|.", re.DOTALL)
_QUOTE_LIKE = re.compile(r"(qw|qq|qx|qr|q|m|tr|y|s)(?!\w)(?:\s*([^\w\s,;=)])|\s+(?!=>|=|,)([^\w\s,;=)#]))")
_PERCENT = re.compile(r"%([qQwWixrI]?)([(\[{<|!/])")
# Where braces inside a quote hold code, which may hold the quote.
_BRACED = frozenset((("node", "$", "`"), ("ruby", "#", '"'), ("ruby", "#", "`")))
_READ_LINE = re.compile(r"<(\$?\w*)>")
_HERE = {
    "perl": re.compile(r"<<(~?)(?:(['\"])([^'\"\n]+)\2|([A-Z_]\w*))"), "ruby": re.compile(r"<<([~-]?)(?:(['\"])([^'\"\n]+)\2|([A-Z_]\w*))"),
    "php": re.compile(r"<<<()(?:(['\"]?)([A-Za-z_]\w*)\2)()"),
}


class Token:
    """One token. ``pieces`` of a string are text, and lists of the tokens of what it interpolates; ``spaced`` tells that blanks stand
    before it."""

    __slots__ = ("kind", "pieces", "spaced", "text")

    def __init__(self, kind: str, text: str, pieces: list[str | list[Token]] | None = None) -> None:
        self.kind = kind
        self.text = text
        self.spaced = False
        self.pieces = pieces if pieces is not None else []

    def __repr__(self) -> str:
        return f"{self.kind}:{self.text!r}"


class _Lexer:
    __slots__ = ("language", "out", "pending", "position", "source")

    def __init__(self, source: str, language: str) -> None:
        self.source = source
        self.language = language
        self.position = 0
        self.out: list[Token] = []
        self.pending: list[tuple[Token, str, bool]] = []

    def run(self) -> list[Token]:
        length = len(self.source)
        comment = _COMMENT[self.language]
        while self.position < length:
            char = self.source[self.position]
            if char == "\n":
                self._line()
                continue
            match = _SPACE.match(self.source, self.position) or comment.match(self.source, self.position)
            if match is not None and match.end() > self.position:
                self.position = match.end()
                continue
            count = len(self.out)
            spaced = self.position > 0 and self.source[self.position - 1] in " \t\n"
            self._token(char)
            if len(self.out) > count:
                self.out[count].spaced = spaced
        return self.out

    def _line(self) -> None:
        self.position += 1
        if self.language in _LINE_ENDS:
            self.out.append(Token(LINE, "\n"))
        for token, tag, literal in self.pending:
            match = re.compile(r"^[ \t]*" + re.escape(tag) + r"\b", re.MULTILINE).search(self.source, self.position)
            end = match.start() if match is not None else len(self.source)
            body = self.source[self.position:end]
            token.pieces = [body] if literal else self._pieces(body)
            self.position = match.end() if match is not None else end
        self.pending = []

    def _token(self, char: str) -> None:
        if char in "'\"`" and not (char == "`" and self.language == "lua"):
            self._quoted(char)
        elif self._special(char):
            return
        else:
            self._plain()

    def _special(self, char: str) -> bool:
        """Here-documents, quote-like operators, long strings, regular expressions; whether there was one."""
        here = _HERE.get(self.language)
        match = here.match(self.source, self.position) if here is not None and char == "<" and not self._is_operand() else None
        if match is not None:
            token = Token(STRING, "")
            self.pending.append((token, match.group(3) or match.group(4), match.group(2) == "'"))
            self.out.append(token)
            self.position = match.end()
            return True
        if self.language == "perl" and char in "qmtys" and not self._after_member():
            match = _QUOTE_LIKE.match(self.source, self.position)
            if match is not None:
                self._quote_like(match)
                return True
        if self.language == "ruby" and char == "%" and not self._is_operand():
            match = _PERCENT.match(self.source, self.position)
            if match is not None:
                self._percent(match)
                return True
        if self.language == "lua" and self.source.startswith(("[[", "[="), self.position):
            return self._long()
        if char == "/" and self.language in ("node", "perl", "ruby") and not self._is_operand():
            return self._regex()
        if char == "<" and self.language == "perl" and not self._is_operand():
            match = _READ_LINE.match(self.source, self.position)
            if match is not None:
                self.out.append(Token(VARIABLE if match.group(1).startswith("$") else NAME, match.group(1) or "STDIN"))
                self.position = match.end()
                return True
        return self._symbol(char)

    def _symbol(self, char: str) -> bool:
        """``:name`` of Ruby is text."""
        if self.language != "ruby" or char != ":" or self.source[self.position:self.position + 2] == "::":
            return False
        match = re.compile(r":(\w+[?!]?)").match(self.source, self.position)
        if match is None:
            return False
        self.out.append(Token(STRING, match.group(1), [match.group(1)]))
        self.position = match.end()
        return True

    def _after_member(self) -> bool:
        return bool(self.out) and self.out[-1].text in ("->", "{", "sub") and self.source[self.position + 1:self.position + 2] in "}>= "

    def _is_operand(self) -> bool:
        """Whether the token before ends an operand, so that ``/`` divides and ``<<`` shifts."""
        if not self.out:
            return False
        last = self.out[-1]
        if last.kind == NAME:
            return last.text not in ("return", "if", "unless", "and", "or", "not", "split", "grep", "map", "print", "eval", "system",
                                     "say", "lc", "unlink", "chomp", "join", "exec", "puts", "when", "case", "typeof", "in", "of", "while")
        return last.kind in (VARIABLE, STRING, NUMBER, REGEX) or last.text in (")", "]", "}")

    def _plain(self) -> None:
        variables = _VARIABLES.get(self.language)
        match = None
        if variables is not None and not (self.source[self.position] == "%" and self._is_operand() and self.out[-1].kind != NAME):
            match = variables.match(self.source, self.position)
        if match is not None:
            text = match.group()
            self.out.append(Token(VARIABLE, text[0] + text[1:].strip("{}") if text[0] in "$@%" else text))
        else:
            match = _NAMES[self.language].match(self.source, self.position)
            kind = NAME
            if match is None:
                match, kind = _NUMBER.match(self.source, self.position), NUMBER
            if match is None:
                match, kind = _MARKS.match(self.source, self.position), MARK
            if match is None:
                self.position += 1
                return
            self.out.append(Token(kind, match.group()))
        self.position = match.end()

    # --- quotes ------------------------------------------------------------------------------------------------------

    def _body(self, start: int, opening: str) -> tuple[str, int]:
        """The text up to the closing quote, and the position behind it. Brackets nest."""
        closing = _CLOSING.get(opening, opening)
        depth = 1
        index = start
        source = self.source
        while index < len(source):
            char = source[index]
            if char == "\\":
                index += 2
                continue
            if char == closing:
                depth -= 1
                if not depth:
                    return source[start:index], index + 1
            elif char == opening:
                depth += 1
            elif char in "$#" and source[index + 1:index + 2] == "{" and (self.language, char, opening) in _BRACED:
                _, index = self._body(index + 2, "{")
                continue
            index += 1
        return source[start:], len(source)

    def _quoted(self, quote: str) -> None:
        body, self.position = self._body(self.position + 1, quote)
        command = quote == "`" and self.language in ("perl", "ruby", "php")
        literal = quote == "'" and self.language != "node"
        pieces: list[str | list[Token]] = [_literal(body)] if literal else self._pieces(body)
        self.out.append(Token(COMMAND if command else STRING, body, pieces))

    def _quote_like(self, match: re.Match[str]) -> None:
        operator, opening = match.group(1), match.group(2) or match.group(3)
        body, self.position = self._body(match.end(), opening)
        if operator in ("s", "tr", "y"):
            if opening in _CLOSING:
                following = re.compile(r"\s*([(\[{<])").match(self.source, self.position)
                second, self.position = self._body(following.end(), following.group(1)) if following is not None else ("", self.position)
            else:
                second, self.position = self._body(self.position, opening)
            flags = re.compile(r"[a-z]*").match(self.source, self.position)
            letters = flags.group() if flags is not None else ""
            self.position += len(letters)
            runs = operator == "s" and "e" in letters
            self.out.append(Token(REGEX, body, [lex(second, "perl")] if runs else []))
            if runs and letters.count("e") > 1:
                self.out.append(Token(NAME, "eval"))
            return
        if operator in ("m", "qr"):
            self.out.append(Token(REGEX, body))
        elif operator == "qw":
            self.out.append(Token(WORDS, body))
        else:
            self.out.append(Token(COMMAND if operator == "qx" else STRING, body,
                                  [_literal(body)] if operator == "q" else self._pieces(body)))

    def _percent(self, match: re.Match[str]) -> None:
        body, self.position = self._body(match.end(), match.group(2))
        kind = {"w": WORDS, "W": WORDS, "i": WORDS, "I": WORDS, "x": COMMAND, "r": REGEX}.get(match.group(1), STRING)
        self.out.append(Token(kind, body, [_literal(body)] if match.group(1) == "q" else self._pieces(body)))

    def _long(self) -> bool:
        match = re.compile(r"\[(=*)\[\n?").match(self.source, self.position)
        if match is None:
            return False
        closing = "]" + match.group(1) + "]"
        end = self.source.find(closing, match.end())
        end = len(self.source) if end < 0 else end
        body = self.source[match.end():end]
        self.out.append(Token(STRING, body, [body]))
        self.position = end + len(closing)
        return True

    def _regex(self) -> bool:
        match = re.compile(r"/((?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)/[a-z]*").match(self.source, self.position)
        if match is None:
            return False
        self.out.append(Token(REGEX, match.group(1)))
        self.position = match.end()
        return True

    def _pieces(self, body: str) -> list[str | list[Token]]:
        """Text and interpolated code of a string."""
        out: list[str | list[Token]] = []
        for text, code in _interpolations(body, self.language):
            if text:
                out.append(_unescape(text))
            if code is not None:
                out.append(lex(code, self.language))
        return out


_INTERPOLATION = {
    "node": re.compile(r"\$\{((?:[^{}]|\{[^{}]*\})*)\}"),
    "ruby": re.compile(r"#\{((?:[^{}]|\{[^{}]*\})*)\}"),
    "perl": re.compile(r"@\{\[(.*?)\]\}|(?<!\\)(\$\{\w+\}|\$ENV\{['\"]?\w+['\"]?\}|[$@][A-Za-z_]\w*(?:(?:->)?(?:\[[^\]]*\]|\{[^}]*\}))*)"),
    "php": re.compile(r"\{(\$[^}]*)\}|(?<!\\)(\$[A-Za-z_]\w*(?:\[[^\]]*\]|->\w+)?|\$\{\w+\})"),
}


def _interpolations(body: str, language: str) -> list[tuple[str, str | None]]:
    pattern = _INTERPOLATION.get(language)
    if pattern is None:
        return [(body, None)]
    out: list[tuple[str, str | None]] = []
    place = 0
    for match in pattern.finditer(body):
        code = next((group for group in match.groups() if group is not None), "")
        out.append((body[place:match.start()], code))
        place = match.end()
    out.append((body[place:], None))
    return out


def _literal(body: str) -> str:
    return body.replace("\\'", "'").replace("\\\\", "\\")


def _unescape(body: str) -> str:
    if "\\" not in body:
        return body

    def replace(match: re.Match[str]) -> str:
        for group in match.groups()[:4]:
            if group is not None:
                number = int(group, 16)
                return chr(number) if number < 0x110000 else ""
        if match.group(5) is not None:
            return chr(int(match.group(5), 8) & 0x1FF)
        return _ESCAPES.get(match.group(6), match.group(6))

    return _ESCAPE.sub(replace, body)


def lex(source: str, language: str) -> list[Token]:
    """The tokens of a program."""
    return _Lexer(source, language).run()
