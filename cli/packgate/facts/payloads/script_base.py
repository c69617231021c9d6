"""Tokens of a short program while it is evaluated, and the functions that it defines."""

from __future__ import annotations

from packgate.facts.payloads.script_lexer import LINE, MARK, NAME, VARIABLE
from packgate.facts.payloads.script_things import Function, derived

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.nested import Payload
    from packgate.facts.payloads.script_lexer import Token

_STEPS = 40_000
# Tokens that are looked over in one step.
_SCANNED = 16
_CALLS = 10
OPEN = {"(": ")", "[": "]", "{": "}"}
CLOSE = (")", "]", "}")

# What ends an expression that no bracket encloses.
_ENDS = (",", ";", *CLOSE)


class Exhausted(Exception):
    """The program has more steps than are followed."""


class ScriptBase:
    """Tokens, and the functions that a program defines. What expressions and calls give is added by the classes on top."""

    __slots__ = ("calls", "functions", "language", "loose", "payload", "position", "steps", "tokens", "variables")

    def __init__(self, payload: Payload, language: str) -> None:
        self.payload = payload
        self.language = language
        self.variables: dict[str, object] = {}
        self.functions: list[Function] = []
        self.tokens: list[Token] = []
        self.position = 0
        self.steps = 0
        self.calls = 0
        # Whether arguments without parentheses are read: `and` and `or` bind less than those, and end them.
        self.loose = False

    def call(self, called: object, arguments: list[object]) -> object:
        """Call a thing."""
        raise NotImplementedError

    def statement(self) -> object:
        """Evaluate one statement."""
        raise NotImplementedError

    def assignment(self) -> object:
        """Evaluate an assignment or expression."""
        raise NotImplementedError

    def destructured(self) -> object:
        """Bind several names."""
        raise NotImplementedError

    def member(self, thing: object, name: str) -> object:
        """A member of a thing."""
        raise NotImplementedError

    # --- tokens ------------------------------------------------------------------------------------------------------

    def text(self, ahead: int = 0) -> str:
        """The text of a mark or name ahead; nothing for a string."""
        index = self.position + ahead
        if index >= len(self.tokens):
            return ""
        token = self.tokens[index]
        return token.text if token.kind in (MARK, NAME, LINE) else ""

    def kind(self, ahead: int = 0) -> str:
        """The kind of a token ahead."""
        index = self.position + ahead
        return self.tokens[index].kind if index < len(self.tokens) else ""

    def run(self, tokens: list[Token]) -> object:
        """Evaluate tokens as statements; the value of the last."""
        outer, place, loose = self.tokens, self.position, self.loose
        self.tokens, self.position, self.loose = tokens, 0, False
        result: object = None
        try:
            while self.position < len(self.tokens):
                before = self.position
                found = self.statement()
                result = found if found is not None else result
                if self.position == before:
                    self.position += 1
        finally:
            self.tokens, self.position, self.loose = outer, place, loose
        return result

    def closing(self, start: int) -> int:
        """The position of the mark that closes the one at ``start``."""
        depth = 0
        for index in range(start, len(self.tokens)):
            if self.tokens[index].kind == MARK:
                depth += (self.tokens[index].text in OPEN) - (self.tokens[index].text in CLOSE)
                if not depth:
                    self.scanned(index - start)
                    return index
        self.scanned(len(self.tokens) - start)
        return len(self.tokens)

    def scanned(self, count: int) -> None:
        """Count tokens that were looked over."""
        self.steps += count // _SCANNED
        self.step()

    def skip_lines(self) -> None:
        """Pass over ends of lines."""
        while self.kind() == LINE:
            self.position += 1

    def step(self) -> None:
        """Count one step. Raises `Exhausted`."""
        self.steps += 1
        if self.steps > _STEPS:
            raise Exhausted

    # --- functions ---------------------------------------------------------------------------------------------------

    def _arrow(self, names: list[str], arrow: int) -> Function:
        """``(a, b) => body``: the body ends at the comma or bracket of the outside."""
        self.position = arrow + 1
        start = self.position
        if self.text() == "{":
            end = self.closing(start)
            body = self.tokens[start + 1:end]
            self.position = end + 1
        else:
            end = self._body_end(start)
            body = self.tokens[start:end]
            self.position = end
        return self._made(names, body)

    def _body_end(self, start: int) -> int:
        depth = 0
        found = len(self.tokens)
        for index in range(start, len(self.tokens)):
            token = self.tokens[index]
            if token.kind == MARK:
                if not depth and token.text in _ENDS:
                    found = index
                    break
                depth += (token.text in OPEN) - (token.text in CLOSE)
        self.scanned(found - start)
        return found

    def _made(self, names: list[str], body: list[Token]) -> Function:
        made = Function(names, body)
        self.functions.append(made)
        return made

    def function(self) -> Function:
        """``function name(a) {…}``, ``sub name {…}``, ``def name(a) … end``; a name is bound."""
        name = ""
        while self.kind() == NAME and self.text() not in ("do",):
            name = self.text()
            self.position += 1
            if self.text() in (".", ":", "*"):
                self.position += 1
        names: list[str] = []
        if self.text() == "(":
            end = self.closing(self.position)
            names = [token.text.lstrip("$@%") for token in self.tokens[self.position + 1:end] if token.kind in (NAME, VARIABLE)]
            self.position = end + 1
        if self.text() == "{":
            end = self.closing(self.position)
            made = self._made(names, self.tokens[self.position + 1:end])
            self.position = end + 1
        else:
            made = self._made(names, self.word_body())
        if name:
            made.name = name
            self.variables[name] = made
        return made

    def word_body(self) -> list[Token]:
        """The tokens up to the ``end`` of a block in words."""
        depth = 1
        start = self.position
        fresh = True
        while self.position < len(self.tokens):
            word = self.text() if self.kind() == NAME else ""
            if word in ("do", "def", "function", "class", "module", "begin", "case") or (word in ("if", "unless", "while", "for") and (
                fresh or self.language == "lua"
            )):
                depth += not (word == "do" and self._loop_do())
            elif word == "end":
                depth -= 1
                if not depth:
                    self.position += 1
                    self.scanned(self.position - start)
                    return self.tokens[start:self.position - 1]
            fresh = self.kind() == LINE or self.text() == ";"
            self.position += 1
        self.scanned(self.position - start)
        return self.tokens[start:]

    def _loop_do(self) -> bool:
        """Whether ``do`` belongs to a ``for`` or ``while`` on its line."""
        for index in range(self.position - 1, -1, -1):
            token = self.tokens[index]
            if token.kind == LINE or token.text == ";":
                return False
            if token.kind == NAME and token.text in ("for", "while", "until"):
                return True
        return False

    def _ruby_lambda(self) -> object:
        self.position += 1
        names: list[str] = []
        if self.text() == "(":
            end = self.closing(self.position)
            names = [token.text for token in self.tokens[self.position + 1:end] if token.kind == NAME]
            self.position = end + 1
        return self.block(names)

    def block(self, names: list[str]) -> object:
        """``{ |x| … }`` or ``do |x| … end``."""
        braces = self.text() == "{"
        if braces:
            end = self.closing(self.position)
            body = self.tokens[self.position + 1:end]
            self.position = end + 1
        else:
            self.position += 1
            body = self.word_body()
        if body and body[0].text == "|":
            stop = next((index for index in range(1, len(body)) if body[index].text == "|"), 0)
            names = [token.text for token in body[1:stop] if token.kind == NAME]
            body = body[stop + 1:]
        return self._made(names, body)

    def run_function(self, function: Function, arguments: list[object]) -> object:
        """Run the body of a function with its arguments."""
        function.ran = True
        if self.calls >= _CALLS:
            return derived(arguments)
        outer = dict(self.variables)
        for index, name in enumerate(function.names):
            self.variables[name] = arguments[index] if index < len(arguments) else derived([])
        self.variables["_"] = arguments if self.language == "perl" and function.name else arguments[0] if arguments else derived([])
        self.calls += 1
        try:
            return self.run(function.body)
        finally:
            self.calls -= 1
            changed = {name: thing for name,
                       thing in self.variables.items() if name in outer and name not in function.names and name != "_"}
            self.variables = {**outer, **changed}
