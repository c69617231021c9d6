"""Programs in JavaScript, Perl, Ruby, PHP and Lua: statements, modules, loops, and the members of things."""

from __future__ import annotations

from packgate.facts.payloads.script_base import Exhausted
from packgate.facts.payloads.script_effects import call_reference, disclose
from packgate.facts.payloads.script_lexer import lex
from packgate.facts.payloads.script_pure import text_method
from packgate.facts.payloads.script_results import environment_member
from packgate.facts.payloads.script_statements import ScriptStatements
from packgate.facts.payloads.script_things import Function, Ref, derived, flattened, known_list, sources, text_of
from packgate.model.operation import OPAQUE, PARTIAL
from packgate.model.value import Origin, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.facts.nested import Payload
    from packgate.model.value import Value

SCRIPTS = frozenset(("node", "perl", "ruby", "php", "lua"))
_LARGEST = 60_000
_ITEMS = 64
_LONGEST_NAME = 500
_MAX_DEPTH = 4
_HOLE = "packgate_unknown_"
# Methods that call their function with every item, or with what they hold.
_EACH = frozenset(("forEach", "map", "each", "filter", "flatMap", "some", "every", "find", "reduce", "each_with_index", "collect",
                   "each_line", "select",
                   "each_child", "reject", "each_pair", "each_entry"))
_BLIND_MEMBERS = frozenset(("length", "size", "count", "include?", "key?", "has", "includes", "empty?", "nil?", "indexOf", "startsWith",
                            "keys", "is_a?"))
_PRINTING_FLAGS = ("-p", "--print", "-pe")


def script_reader(language: str) -> Callable[[Value, Payload], Value | None]:
    """The reader of one of `SCRIPTS`."""

    def read(code: Value, payload: Payload) -> Value | None:
        source, holes = _source(code, language)
        if len(source) > _LARGEST:
            payload.opaque("interpreter", PARTIAL)
            return None
        reader = ScriptReader(payload, language)
        reader.variables.update(holes)
        try:
            result = reader.run(lex(source, language))
            reader.finish(result)
        except Exhausted:
            payload.opaque("interpreter", PARTIAL)
        except RecursionError:
            payload.opaque("interpreter", OPAQUE)
        return reader.output()

    return read


def _source(code: Value, language: str) -> tuple[str, dict[str, object]]:
    """The text with a name in place of every unknown piece, which is a variable with that piece."""
    if isinstance(code, str):
        return code, {}
    out: list[str] = []
    holes: dict[str, object] = {}
    sigil = "$" if language in ("perl", "php") else ""
    for part in code.parts:
        if isinstance(part, str):
            out.append(part)
            continue
        name = f"{_HOLE}{len(holes)}"
        holes[name] = Text((part,))
        text = "".join(out)
        inside = text.count("'") % 2 or text.count('"') % 2
        out.append(name if inside else sigil + name)
    return "".join(out), holes


class ScriptReader(ScriptStatements):
    """Runs statements. ``printed`` is what the program prints, None once that is not known; ``nested`` counts programs in
    programs."""

    __slots__ = ("printed",)

    def __init__(self, payload: Payload, language: str) -> None:
        super().__init__(payload, language)
        self.printed: list[Value] | None = []

    def output(self) -> Value | None:
        """What the program has printed, where that is known."""
        from packgate.model.value import join

        return join(self.printed) if self.printed else None

    def finish(self, result: object) -> None:
        """Functions that nobody called may be called by what is not known; ``node -p`` prints the last value."""
        for function in list(self.functions):
            if not function.ran and not function.name:
                self.run_function(function, [])
        if self.language == "node" and any(flag in _PRINTING_FLAGS for flag in self.payload.common.get("flag", ())):
            disclose([result], self)

    def run_code(self, code: Value) -> object:
        """``eval(code)``."""
        from packgate.facts.nested import is_unknown

        if is_unknown(code) or self.nested >= _MAX_DEPTH:
            self.unread(code)
            return derived([code])
        source, holes = _source(code, self.language)
        self.variables.update(holes)
        self.nested += 1
        try:
            return self.run(lex(source, self.language))
        finally:
            self.nested -= 1

    def unread(self, code: Value) -> None:
        """Say that code is not known."""
        self.printed = None
        self.payload.unreadable(code)

    # --- members and calls -------------------------------------------------------------------------------------------

    def member(self, thing: object, name: str) -> object:
        """A member of a thing: text and lists keep what they are by a reference to a method of them."""
        if isinstance(thing, dict) and name in thing:
            return thing[name]
        if isinstance(thing, Ref):
            if thing.name in ("ENV", "process.env", "Deno.env", "Bun.env", "import.meta.env"):
                return environment_member(name, self)
            if name in _BLIND_MEMBERS and thing.origins:
                return Ref(f"blind.{name}")
            return self._reference(thing, name)
        if isinstance(thing, Text) and name in _BLIND_MEMBERS:
            return derived([])
        held = Ref(f"value.{name}", tuple(sources(thing)), [thing])
        if isinstance(thing, (str, list)) and name in ("length", "size"):
            return str(len(thing))
        return held

    def _reference(self, thing: Ref, name: str) -> object:
        if len(thing.name) > _LONGEST_NAME:
            return thing
        dotted = f"{thing.name}.{name}"
        if dotted == "process.env":
            return Ref("process.env", (Origin("variable", ""),))
        if dotted in ("process.argv", "Deno.args", "Bun.argv"):
            return ["node", *known_list(self.arguments())] if name == "argv" else self.arguments()
        constants = {"path.sep": "/", "os.EOL": "\n", "File.SEPARATOR": "/", "process.execPath": "node", "RbConfig.ruby": "ruby"}
        if dotted in constants:
            return constants[dotted]
        if dotted == "fs.promises":
            return Ref("fs")
        if thing.name in ("globalThis", "global", "window", "self", "_G", "this", "process.mainModule", "module", "require.main"):
            return Ref(name)
        if name == "default":
            return thing
        return Ref(dotted, thing.origins, thing.arguments)

    def call(self, called: object, arguments: list[object]) -> object:
        """Call a thing."""
        self.step()
        if isinstance(called, Function):
            return self.run_function(called, arguments)
        if isinstance(called, str) and called.isidentifier():
            # The name of a function in a variable, which PHP and Perl can call.
            return call_reference(Ref(called), arguments, self)
        if isinstance(called, Text) and self.language == "php":
            self.payload.opaque("dynamic", PARTIAL)
        if not isinstance(called, Ref):
            self.callbacks(called, arguments)
            return derived([called, *arguments])
        if called.name.startswith("value."):
            return self._method(called, called.name[6:], arguments)
        return call_reference(called, arguments, self)

    def callbacks(self, thing: object, arguments: list[object]) -> None:
        """Functions that are handed to something are called there with what it holds."""
        for argument in arguments:
            if isinstance(argument, Function) and not argument.ran:
                self.run_function(argument, [derived([thing])])

    def _method(self, held: Ref, name: str, arguments: list[object]) -> object:
        """A method of text, a list or something unknown."""
        thing = held.arguments[0] if held.arguments else None
        if name in _EACH and arguments and isinstance(arguments[-1], (Function, Ref)):
            items = thing if isinstance(thing, list) else [derived([thing])]
            return [self.call(arguments[-1], [item]) for item in items[:_ITEMS]]
        if name.endswith("constructor") and arguments and isinstance(arguments[0], (str, Text)):
            self.run_code(text_of(arguments[0]))
            return Ref("made()")
        if name in ("call", "apply", "bind", "()") and isinstance(thing, Function):
            return self.run_function(thing, flattened(arguments))
        if isinstance(thing, list):
            return self._list_method(thing, name, arguments)
        if isinstance(thing, str) and all(isinstance(item, (str, list)) for item in arguments):
            found = text_method(thing, name, arguments)
            if found is not None:
                return found
        if name in ("then", "tap", "finally", "catch", "yield_self"):
            results = [self.call(item, [thing]) for item in arguments if isinstance(item, (Function, Ref))]
            return results[0] if results else thing
        if name in ("unlink", "rmtree", "rmdir", "unlinkSync", "rmSync") and not arguments:
            self.payload.add(("delete-file",), "delete", "delete", {"path": (text_of(thing),)})
            return None
        self.callbacks(thing, arguments)
        return thing if isinstance(thing, Text) else derived([thing, *arguments])

    def _list_method(self, thing: list[object], name: str, arguments: list[object]) -> object:
        if name == "join":
            separator = text_of(arguments[0]) if arguments else "," if self.language == "node" else ""
            out: list[Value] = []
            for index, item in enumerate(thing):
                out.extend((separator, text_of(item)) if index else (text_of(item),))
            from packgate.model.value import join

            return join(out)
        if name == "reverse":
            return thing[::-1]
        if name in ("push", "concat", "<<", "append"):
            return [*thing, *flattened(arguments)]
        if name in ("first", "shift", "pop", "last", "at"):
            return (thing[0] if name in ("first", "shift") else thing[-1]) if thing else derived([])
        if name in ("slice", "to_a", "flat", "compact", "uniq", "sort", "values", "flatten"):
            return thing
        if name == "pack" and arguments:
            try:
                return "".join(chr(int(str(item), 0)) for item in thing)
            except ValueError:
                return derived([])
        self.callbacks(thing, arguments)
        return derived([thing])
