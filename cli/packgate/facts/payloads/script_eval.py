"""Short programs in JavaScript, Perl, Ruby, PHP and Lua, evaluated as far as their text decides them.

No grammar of a language is read: tokens are taken as operands, members, calls and operators, which these languages share. Constants,
variables, modules, functions and loops over known lists are followed; calls that touch the world become operations.
"""

from __future__ import annotations

from packgate.facts.payloads.script_base import CLOSE
from packgate.facts.payloads.script_lexer import COMMAND, LINE, MARK, NAME, NUMBER, REGEX, STRING, VARIABLE, WORDS
from packgate.facts.payloads.script_postfix import CHOICES, COMPARISONS, WORD_CHOICES, ScriptPostfix
from packgate.facts.payloads.script_things import Function, Ref, derived, known_list, sources, text_of
from packgate.model.value import Origin, Text, join, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.payloads.script_lexer import Token

_PREFIXES = frozenset((
    "-", "new", "await", "return", "\\", "&", "*", "...", "void", "async", "yield", "local", "my", "our", "const", "let", "var", "throw",
    "+", "do", "then", "else", "elsif", "if", "unless", "while", "until", "case", "when", "global", "static", "public", "begin", "rescue",
    "ensure",
    "elseif", "in", "of", "end", "delete", "defer", "export", "default", "try", "finally", "switch", "repeat", "next", "last", "break",
    "clone", "@",
))
_BLIND_PREFIXES = frozenset(("!", "not", "typeof", "defined", "exists", "isset", "empty", "#", "~"))
# Pieces of partly known text that are told apart.
_PIECES = 100
_COMMAND_STEPS = 100
_CONCATENATION = {"node": "+", "ruby": "+", "perl": ".", "php": ".", "lua": ".."}


class ScriptEvaluator(ScriptPostfix):
    """Evaluates expressions; what calls do is added by `call` of the reader."""

    __slots__ = ()

    # --- expressions -------------------------------------------------------------------------------------------------

    def expression(self) -> object:
        """Operands joined by operators."""
        self.step()
        left = self.operand()
        while True:
            operator = self.text()
            if operator == _CONCATENATION[self.language]:
                self.position += 1
                left = self._joined(left, self.operand())
            elif operator in ("+=", ".="):
                self.position += 1
                self.expression()
            elif operator in COMPARISONS:
                self.position += 1
                left = self._compared(operator, left, self.operand())
            elif operator in CHOICES and not (self.loose and operator in WORD_CHOICES):
                left = self._choice(operator, left)
            else:
                return left

    def _choice(self, operator: str, left: object) -> object:
        """``a || b``, ``a && b``, ``a ? b : c``: each side may be the value."""
        self.position += 1
        self.skip_lines()
        right = self.expression()
        if operator in ("?", "&&", "and"):
            return right
        if isinstance(left, (str, list, Ref, Function)) and left != "":
            return left
        return derived([left, right]) if isinstance(left, Text) and sources(left) else right

    def _joined(self, left: object, right: object) -> object:
        if isinstance(left, list) and isinstance(right, list):
            return [*left, *right]
        if isinstance(left, Text) and len(left.parts) > _PIECES:
            return left
        return join([text_of(left), text_of(right)])

    def _compared(self, operator: str, left: object, right: object) -> object:
        if operator == "x" and isinstance(left, str) and isinstance(right, str) and right.isdigit() and len(left) * int(right) < 10_000:
            return left * int(right)
        return derived([])

    def operand(self) -> object:
        """One operand with its members, items and calls."""
        self.step()
        blind = False
        while self.position < len(self.tokens):
            token = self.tokens[self.position]
            if token.kind in (NAME, MARK) and token.text in _BLIND_PREFIXES:
                blind = True
            elif token.kind not in (NAME, MARK) or token.text not in _PREFIXES or self._is_value(token):
                break
            self.position += 1
        if self.position >= len(self.tokens):
            return None
        thing = self.postfix(self._primary())
        return derived([]) if blind else thing

    def _is_value(self, token: Token) -> bool:
        """Whether a word of `_PREFIXES` is a name here (``rm.delete``, ``end = 1``, ``do "file"``)."""
        if token.text == "do" and self.language == "perl":
            return self.kind(1) in (STRING, VARIABLE)
        return token.kind == NAME and self.text(1) in ("=", ".", "(") and token.text in ("delete", "last", "next", "end", "default",
                                                                                         "local", "static", "do")

    def _primary(self) -> object:
        token = self.tokens[self.position]
        if token.kind == MARK:
            return self._mark(token.text)
        self.position += 1
        if token.kind == STRING:
            return self._string(token)
        if token.kind == COMMAND:
            self.steps += _COMMAND_STEPS
            return self.payload.shell(text_of(self._string(token)))
        if token.kind == WORDS:
            return list(token.text.split())
        if token.kind == NUMBER:
            return token.text.replace("_", "")
        if token.kind == VARIABLE:
            return self._variable(token.text)
        if token.kind == REGEX:
            for piece in token.pieces:
                if isinstance(piece, list):
                    self.run(piece)
            return Ref("regex")
        if token.kind == NAME:
            return self._name(token.text)
        return None

    def _string(self, token: Token) -> object:
        return join([piece if isinstance(piece, str) else text_of(self.run(piece)) for piece in token.pieces])

    def _mark(self, mark: str) -> object:
        if mark == "(":
            arrow = self.closing(self.position) + 1
            if arrow < len(self.tokens) and self.tokens[arrow].text == "=>" and self.language == "node":
                return self._arrow([token.text for token in self.tokens[self.position + 1:arrow - 1] if token.kind == NAME], arrow)
            items = self.listing(")")
            return items[0] if len(items) == 1 else items
        if mark == "[":
            return self.listing("]")
        if mark == "{":
            return self.braces()
        if mark == "->" and self.language == "ruby":
            return self._ruby_lambda()
        if mark in CLOSE or mark in (",", ";"):
            return None
        self.position += 1
        return None

    def listing(self, closing: str) -> list[object]:
        """What stands between brackets, separated by commas."""
        self.position += 1
        out: list[object] = []
        loose, self.loose = self.loose, False
        while self.position < len(self.tokens) and self.text() != closing:
            before = self.position
            if self.text() in (",", ";") or self.kind() == LINE:
                self.position += 1
                continue
            if self.text() in CLOSE:
                break
            found = self.pair()
            if isinstance(found, dict) and out and isinstance(out[-1], dict):
                out[-1].update(found)
            else:
                out.append(found)
            if self.position == before:
                self.position += 1
        self.position += 1
        self.loose = loose
        return out

    def pair(self) -> object:
        """An argument; ``key: value`` and ``key => value`` are a table."""
        if self.kind() in (NAME, STRING) and self.text(1) == ":" and self.language in ("ruby", "node") and self.text(2) != ":":
            key = self.tokens[self.position].text
            self.position += 2
            return {key: self.expression()}
        if self.text() in ("my", "our", "local") and self.text(1) == "(":
            return self.destructured()
        if self.kind() in (NAME, VARIABLE) and self.text(1) == "=" and self.language != "lua":
            return self.assignment()
        left = self.expression()
        if self.text() == "=>":
            self.position += 1
            return {str(text_of(left)): self.expression()}
        if self.text() == "=" and self.language in ("lua", "php", "node", "ruby", "perl"):
            self.position += 1
            right = self.expression()
            return {left.name if isinstance(left, Ref) else str(text_of(left)): right} if self.language == "lua" else right
        return left

    def braces(self) -> object:
        """A table, or a block."""
        out: dict[str, object] = {}
        loose: list[object] = []
        end = self.closing(self.position)
        self.position += 1
        outer, self.loose = self.loose, False
        while self.position < min(end, len(self.tokens)):
            before = self.position
            if self.text() in (",", ";") or self.kind() == LINE:
                self.position += 1
                continue
            name = self.text()
            found = self.pair() if self.text(1) in (":", "=>", "=") or self.kind() == STRING else self.statement()
            if isinstance(found, dict):
                out.update(found)
            elif name and name in self.variables and self.language == "node":
                out[name] = found
            elif found is not None:
                loose.append(found)
            if self.position == before:
                self.position += 1
        self.position = end + 1
        self.loose = outer
        if self.language == "lua" and loose:
            return loose
        return out if out or not loose else loose[-1] if self.language == "perl" and len(loose) == 1 else {"": derived(loose)}

    # --- names -------------------------------------------------------------------------------------------------------

    def _variable(self, name: str) -> object:
        bare = name[1:] if name[:1] in "$@%" else name
        if self.language == "perl" and bare == "ENV":
            return Ref("ENV", (Origin("variable", ""),))
        if self.language == "perl" and bare == "ARGV":
            return self.arguments()
        if bare in self.variables:
            return self.variables[bare]
        if self.language == "php" and bare in ("_ENV", "_SERVER"):
            return Ref("ENV", (Origin("variable", ""),))
        if self.language == "php" and bare == "argv":
            return ["-", *known_list(self.arguments())]
        return Ref("$" + bare) if self.language == "ruby" else unknown(Origin("argument", bare))

    def shifted(self) -> object:
        """``shift`` of Perl: the first argument of the function or of the program."""
        words = self.variables.get("_") if self.calls else self.arguments()
        if isinstance(words, list) and words:
            return words[0]
        return derived([words])

    def arguments(self) -> object:
        """The words after the program."""
        state = self.payload.state
        return list(state.arguments) if state.arguments else derived([Ref("ARGV")])

    def _name(self, name: str) -> object:
        if (name in ("function", "sub", "lambda", "proc", "fn") and self.text() in ("(", "{", "*", "do")) or (
            name in ("function", "sub") and self.kind() == NAME
        ):
            return self.function()
        if self.language == "node" and self.text() == "=>":
            return self._arrow([name], self.position)
        if self.text() == "=>" and self.language in ("perl", "php"):
            return name
        if name in self.variables:
            return self.variables[name]
        if name in ("shift", "pop") and self.language == "perl" and not (self.text() == "(" or self.kind() == VARIABLE):
            return self.shifted()
        if name in ("STDIN", "gets", "$stdin") and self.language in ("perl", "ruby"):
            known = self.payload.stdin
            return known if known is not None else unknown(Origin("input", ""))
        if name in ("ENV",) and self.language == "ruby":
            return Ref("ENV", (Origin("variable", ""),))
        if name in ("ARGV", "arg"):
            return self.arguments()
        return Ref(name.removeprefix("CORE::").removeprefix("GLOBAL::").removeprefix("\\").removeprefix("::"))
