"""Statements of short programs: assignments, imports, definitions and loops."""

from __future__ import annotations

from packgate.facts.payloads.script_eval import ScriptEvaluator
from packgate.facts.payloads.script_lexer import NAME, STRING, VARIABLE, lex
from packgate.facts.payloads.script_tables import MODULES
from packgate.facts.payloads.script_things import UNKNOWN_NAME, Ref, derived, flattened, known_list, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.nested import Payload
    from packgate.facts.payloads.script_lexer import Token
    from packgate.model.value import Value

_ITEMS = 64
_MAX_DEPTH = 4


class ScriptStatements(ScriptEvaluator):
    """Runs statements. ``nested`` counts programs in programs."""

    __slots__ = ("nested",)

    def __init__(self, payload: Payload, language: str) -> None:
        super().__init__(payload, language)
        self.nested = 0

    def run_code(self, code: Value) -> object:
        """``eval(code)``."""
        raise NotImplementedError

    def statement(self) -> object:
        """Evaluate one statement; the value of an expression."""
        self.skip_lines()
        word = self.text() if self.kind() == NAME else ""
        if self.text() in (";", ",", "{", "}", ")", "]", ":"):
            self.position += 1
            return None
        if word in ("const", "let", "var", "my", "our", "local", "global", "static") and self.text(1) in ("{", "(", "["):
            return self.destructured()
        if word == "import" and self.language == "node" and self.text(1) != "(":
            return self._import()
        if word in ("use", "no", "package", "namespace", "module", "class", "include") and self.language != "node":
            return self._declaration(word)
        if word in ("def", "sub", "function") and self.kind(1) == NAME:
            self.position += 1
            return self.function()
        if word in ("for", "foreach") and self.position + 1 < len(self.tokens):
            return self._loop()
        if word == "async":
            self.position += 1
            return None
        return self.assignment()

    def _declaration(self, word: str) -> object:
        """``use Foo qw(a b);``; ``include FileUtils`` and ``include "x.php"``."""
        if word == "include" and self.language != "ruby":
            return self.assignment()
        if word in ("class", "module", "namespace", "package"):
            self.position += 2
            return None
        while self.position < len(self.tokens) and self.text() != ";" and self.text() != "\n":
            self.position += 1
        return None

    def destructured(self) -> object:
        """``const {a, b: c} = require("x")``, ``my ($a, $b) = @_``."""
        start = self.position + 1
        end = self.closing(start)
        inside = self.tokens[start + 1:end]
        brace = self.tokens[start].text == "{"
        self.position = end + 1
        if self.text() != "=":
            return None
        self.position += 1
        thing = self.expression()
        self._bind(inside, thing, brace)
        return thing

    def _bind(self, inside: list[Token], thing: object, brace: bool) -> None:
        names = [index for index, token in enumerate(inside) if token.kind in (NAME, VARIABLE)]
        for place, index in enumerate(names):
            name = inside[index].text.lstrip("$@%")
            following = inside[index + 1].text if index + 1 < len(inside) else ""
            if index and inside[index - 1].text in (":", "as"):
                continue
            if brace:
                target = inside[index + 2].text if following in (":", "as") and index + 2 < len(inside) else name
                self.variables[target] = self.member(thing, name)
            else:
                items = known_list(thing)
                self.variables[name] = items[place] if isinstance(thing, list) and place < len(items) else derived([thing])

    def _import(self) -> object:
        """``import fs, {rmSync as r} from "fs"``."""
        start = self.position + 1
        while self.position < len(self.tokens) and self.kind() != STRING and self.text() != ";":
            self.position += 1
        if self.kind() != STRING:
            return None
        module = self.module(text_of(self.operand()))
        inside = self.tokens[start:self.position - 1]
        brace = next((index for index, token in enumerate(inside) if token.text == "{"), None)
        for token in inside[:brace] if brace is not None else inside:
            if token.kind == NAME and token.text not in ("from", "as", "type"):
                self.variables[token.text] = module
        if brace is not None:
            self._bind(inside[brace + 1:], module, True)
        return None

    def module(self, name: Value) -> object:
        """A module by the text that ``require`` is given. One that the line wrote runs."""
        if not isinstance(name, str):
            return Ref(UNKNOWN_NAME)
        if name.startswith((".", "/")):
            self._written(name)
            return Ref("project")
        bare = name.removeprefix("node:")
        return Ref(MODULES.get(bare, bare))

    def _written(self, name: str) -> None:
        from packgate.facts.paths import normalise

        payload = self.payload
        if payload.session.files and payload.context.place is None and self.nested < _MAX_DEPTH:
            for ending in ("", ".js", ".mjs", ".cjs", ".rb", ".pm", ".lua", ".php", ".ts"):
                code = payload.session.written(normalise(name + ending, payload.state.cwd))
                if code is not None:
                    self.run_code(code)
                    return

    def assignment(self) -> object:
        """``name = expression``; anything else is an expression."""
        start = self.position
        while self.text() in ("const", "let", "var", "my", "our", "local", "static", "global", "export", "return"):
            self.position += 1
        if self.kind() in (NAME, VARIABLE) and self.text(1) in ("=", ".=", "+=", "||=") and self.kind(1) == "mark":
            name = self.tokens[self.position].text
            name = name if self.kind() == NAME or self.language == "ruby" else name.lstrip("$@%")
            operator = self.text(1)
            many = self.tokens[self.position].text[:1] == "@" and self.language == "perl"
            self.position += 2
            thing = self.expression()
            if operator in (".=", "+=") and name in self.variables:
                thing = self._joined(self.variables[name], thing)
            self.variables[name] = flattened(known_list(thing)) if many else thing
            self._modified(start)
            return thing
        self.position = start
        found = self.expression()
        if self.text() == "=" and self.kind() == "mark":
            self.position += 1
            right = self.expression()
            if isinstance(found, Ref) and found.name.startswith("$stdout"):
                return right
            found = right
        self._modified(start)
        return found

    def _modified(self, start: int) -> None:
        """``statement for LIST`` of Perl runs once for every item; it has run once already, with nothing known."""
        if self.language != "perl" or self.text() not in ("for", "foreach"):
            return
        body = self.tokens[start:self.position]
        self.position += 1
        self._each(known_list(self.expression() if self.text() != "(" else self.operand()), "_", body)

    # --- loops -------------------------------------------------------------------------------------------------------

    def _loop(self) -> object:
        """``for (const x of list) body``, ``foreach my $x (list) {…}``, ``foreach (list as $x)``, ``for x in list do … end``."""
        self.position += 1
        names: list[str] = []
        while self.kind() in (NAME, VARIABLE) and self.text() not in ("in",):
            if self.text() not in ("my", "our", "await", "local"):
                names.append(self.tokens[self.position].text.lstrip("$@%"))
            self.position += 1
            if self.text() == ",":
                self.position += 1
        if self.text() == "in":
            self.position += 1
            thing = self.expression()
            body = self._body()
        elif self.text() == "(":
            end = self.closing(self.position)
            inside = self.tokens[self.position + 1:end]
            self.position = end + 1
            more, thing = self._header(inside)
            names = names or more
            body = self._body()
        else:
            return None
        return self._each(thing if isinstance(thing, list) else [derived([thing])], names[-1] if names else "_", body)

    def _header(self, inside: list[Token]) -> tuple[list[str], object]:
        for index, token in enumerate(inside):
            if token.kind == NAME and token.text in ("of", "in", "as"):
                before, after = inside[:index], inside[index + 1:]
                if token.text == "as":
                    before, after = after, before
                names = [item.text.lstrip("$@%") for item in before if item.kind in (NAME, VARIABLE) and item.text not in ("const", "let",
                "var")]
                return names, self.run(after)
        if any(token.text == ";" for token in inside):
            self.run(inside)
            return [], [derived([])]
        list_outer, place = self.tokens, self.position
        self.tokens, self.position = [*inside, *lex(")", self.language)], 0
        out: list[object] = []
        while self.position < len(inside):
            before_position = self.position
            if self.text() != ",":
                out.append(self.expression())
            self.position += self.position == before_position
        self.tokens, self.position = list_outer, place
        return [], [item for thing in out for item in known_list(thing)]

    def _body(self) -> list[Token]:
        """The body of a loop: a block, words up to ``end``, or one statement."""
        self.skip_lines()
        if self.text() == "{":
            end = self.closing(self.position)
            body = self.tokens[self.position + 1:end]
            self.position = end + 1
            return body
        if self.text() == "do" or self.language in ("ruby", "lua"):
            self.position += self.text() == "do"
            return self.word_body()
        start = self.position
        while self.position < len(self.tokens) and self.text() != ";":
            self.position = self.closing(self.position) + 1 if self.text() in ("(", "[", "{") else self.position + 1
        return self.tokens[start:self.position]

    def _each(self, items: list[object], name: str, body: list[Token]) -> object:
        if len(items) > _ITEMS:
            items = [*items[:_ITEMS], derived(items)]
        for item in items:
            self.variables[name] = item
            self.run(body)
        return None
