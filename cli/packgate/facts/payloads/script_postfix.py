"""What follows an operand: members, items and calls, with and without parentheses."""

from __future__ import annotations

from packgate.facts.payloads.script_base import CLOSE, OPEN, ScriptBase
from packgate.facts.payloads.script_lexer import COMMAND, LINE, MARK, NAME, NUMBER, STRING, VARIABLE, WORDS
from packgate.facts.payloads.script_things import UNKNOWN_NAME, Function, Ref, derived, text_of

_MEMBERS = {
    "node": (".", "?."), "ruby": (".", "::", "&."), "perl": ("->",), "php": ("->", "::", "?->"), "lua": (".", ":"),
}
# Words that end the arguments of a call without parentheses.
_ENDS = frozenset(("if", "unless", "for", "foreach", "while", "until", "or", "and", "do", "then", "end", "rescue", "=>"))
_PARENLESS = ("perl", "ruby", "php", "lua")
# Operators in words and marks that no argument begins with.
COMPARISONS = frozenset(("==", "===", "!=", "!==", "<", ">", "<=", ">=", "=~", "!~", "eq", "ne", "lt", "gt", "instanceof", "%", "**", "/",
                         "*", "x", "-"))
CHOICES = frozenset(("||", "&&", "??", "or", "and", "?", ":", "xor"))
# Those that bind less than the commas of a call without parentheses: `system "x" and die` runs x.
WORD_CHOICES = frozenset(("or", "and", "xor"))


class ScriptPostfix(ScriptBase):
    """Members, items and calls of things."""

    __slots__ = ()

    def operand(self) -> object:
        """One operand."""
        raise NotImplementedError

    def pair(self) -> object:
        """One argument."""
        raise NotImplementedError

    def listing(self, closing: str) -> list[object]:
        """What stands between brackets."""
        raise NotImplementedError

    def postfix(self, thing: object) -> object:
        """A thing with everything that follows it."""
        while self.position < len(self.tokens):
            mark = self.text()
            if mark in _MEMBERS[self.language] and self._has_member():
                thing = self._member(thing, mark)
            elif mark == "(" and self._is_called(thing):
                thing = self.call(thing, self._arguments())
            elif mark in ("[", "{") and self._is_item(thing, mark):
                thing = self._item(thing, mark)
            elif self.kind() == STRING and self.language == "node" and isinstance(thing, Ref):
                thing = self.call(thing, [self.operand()])
            elif isinstance(thing, (Ref, Function)) and self._is_parenless():
                thing = self.call(thing, self._loose())
            elif mark in ("++", "--") and not isinstance(thing, Ref):
                self.position += 1
            else:
                return thing
        return thing

    def _has_member(self) -> bool:
        ahead = self.kind(1)
        if self.language == "lua" and self.text() == ":":
            return ahead == NAME and (self.text(2) == "(" or self.kind(2) == STRING)
        return ahead in (NAME, VARIABLE) or self.text(1) in ("(", "[", "{", "#")

    def _member(self, thing: object, mark: str) -> object:
        self.position += 1
        if self.kind() in (NAME, VARIABLE):
            name = self.tokens[self.position].text
            if self.kind() == VARIABLE:
                held = self.variables.get(name.lstrip("$"))
                name = held if isinstance(held, str) else UNKNOWN_NAME
            self.position += 1
            found = self.member(thing, name)
            alone = self.text() not in ("(", "=") and not self._is_parenless()
            if alone and self.language in ("ruby", "perl") and isinstance(found, Ref):
                return self.call(found, self._with_block([]))
            return found
        return thing

    def _is_called(self, thing: object) -> bool:
        if isinstance(thing, (Ref, Function)):
            return True
        previous = self.tokens[self.position - 1] if self.position else None
        if previous is None:
            return False
        return previous.kind == VARIABLE or previous.text in (")", "]", "}") or (previous.kind == NAME and thing is not None)

    def _is_item(self, thing: object, mark: str) -> bool:
        if mark == "{" and self.language != "perl":
            return False
        if self.language == "ruby" and self.tokens[self.position].spaced:
            return False
        previous = self.tokens[self.position - 1] if self.position else None
        return previous is not None and (previous.kind in (VARIABLE, STRING) or previous.text in (")", "]", "}", "->",
        "?.") or previous.kind == NAME)

    def _item(self, thing: object, mark: str) -> object:
        if mark == "{" and self.kind(1) == NAME and self.text(2) == "}":
            key: object = self.text(1)
            items: list[object] = [key]
            self.position += 3
        else:
            items = self.listing(OPEN[mark])
            key = items[0] if items else None
        if isinstance(thing, list):
            if isinstance(key, str) and key.isdigit() and int(key) < len(thing):
                return thing[int(key)]
            return derived([thing])
        if isinstance(thing, dict):
            return thing.get(str(text_of(key)), derived([thing]))
        if isinstance(thing, Ref):
            if thing.name == "Dir" and self.language == "ruby":
                return self.call(Ref("Dir.glob"), items if mark == "[" else [key])
            return self.member(thing, key if isinstance(key, str) else UNKNOWN_NAME)
        if isinstance(thing, str) and isinstance(key, str) and key.isdigit():
            return thing[int(key)] if int(key) < len(thing) else ""
        return derived([thing])

    def _arguments(self) -> list[object]:
        return self._with_block(self.listing(")"))

    def _with_block(self, arguments: list[object]) -> list[object]:
        if self.language == "ruby" and (self.text() == "{" or self.text() == "do"):
            return [*arguments, self.block([])]
        return arguments

    def _is_parenless(self) -> bool:
        """Whether the tokens that follow are arguments of a call without parentheses."""
        if self.language not in _PARENLESS or self.position >= len(self.tokens):
            return False
        token = self.tokens[self.position]
        if token.kind in (STRING, COMMAND, WORDS, VARIABLE, NUMBER):
            return self.language != "lua" or token.kind == STRING
        if self.language == "lua":
            return token.text == "{" and token.kind == MARK
        if token.kind == NAME:
            return token.text not in _ENDS and token.text not in COMPARISONS and token.text not in CHOICES
        if token.text in ("\\", "&"):
            return True
        if self.language == "perl":
            return token.text == "{"
        return self.language == "ruby" and ((token.text == "[" and token.spaced) or (token.text == "*" and self.kind(1) == VARIABLE))

    def _loose(self) -> list[object]:
        """Arguments without parentheses, up to the end of the statement."""
        out: list[object] = []
        outer, self.loose = self.loose, True
        while self.position < len(self.tokens):
            if self.text() == ";" or self.text() in CLOSE or self.text() in _ENDS or self.kind() == LINE:
                break
            before = self.position
            if self.text() == ",":
                self.position += 1
                self.skip_lines()
                continue
            if self.text() == "{" and self.language == "perl" and not out:
                end = self.closing(self.position)
                out.append(self._made([], self.tokens[self.position + 1:end]))
                self.position = end + 1
                continue
            found = self.pair()
            if isinstance(found, dict) and out and isinstance(out[-1], dict):
                out[-1].update(found)
            else:
                out.append(found)
            if self.position == before:
                break
        self.loose = outer
        return self._with_block(out)
