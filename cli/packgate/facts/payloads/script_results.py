"""What calls of functions in JavaScript, Perl, Ruby, PHP and Lua give."""

from __future__ import annotations

from packgate.facts.payloads.globs import globbed
from packgate.facts.payloads.script_pure import pure
from packgate.facts.payloads.script_tables import SAME
from packgate.facts.payloads.script_things import UNKNOWN_NAME, Function, Ref, derived, flattened, sources, text_of
from packgate.model.value import NAME, Origin, join, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.payloads.script_reader import ScriptReader
    from packgate.model.value import Value

_SECRET_NAMES = ("KEY", "TOKEN", "SECRET", "PASS", "CRED", "AUTH", "PWD", "DSN")
_BLIND = frozenset(("Object.keys", "keys", "array_keys", "Boolean", "strlen", "count", "length", "isset", "empty", "defined", "exists",
                    "typeof",
                    "file_exists", "fs.existsSync", "fs.statSync", "File.exist?", "File.exists?", "is_file", "is_dir", "next", "type",
                    "defined?"))
_LISTS = frozenset(("Object.entries", "Object.values", "Array.from", "keys", "values", "sort", "reverse", "grep", "map", "uniq",
                    "Object.fromEntries", "ipairs",
                    "pairs", "Array", "list", "array", "array_merge", "glob", "Dir.glob", "fs.readdirSync", "scandir", "readdir",
                    "Dir.entries", "Dir.children",
                    "fs.readdir", "Deno.readDirSync", "Dir.[]", "Dir.each_child", "table.pack", "fs.globSync"))


def environment_member(name: str, machine: ScriptReader) -> object:
    """A variable of the environment, or a method of all of it."""
    if name in ("fetch", "get", "[]", "dig"):
        return Ref("environment.get")
    if name in ("key?", "has", "include?", "keys", "length", "size", "has_key?", "empty?"):
        return Ref("blind." + name)
    if name in ("to_h", "to_a", "each", "map", "inspect", "toObject", "sort", "select", "to_s", "entries", "values", "each_pair",
                "filter", "each_with_object"):
        return Ref("ENV." + name, (Origin("variable", ""),))
    return variable(name, machine)


def variable(name: object, machine: ScriptReader) -> Value:
    """The value of a variable of the environment."""
    if not isinstance(name, str):
        return unknown(Origin("variable", ""))
    known = machine.payload.state.env(name)
    if known is not None and not any(word in name.upper() for word in _SECRET_NAMES):
        return known
    return unknown(Origin("variable", name if name != UNKNOWN_NAME else ""))


def result(ref: Ref, name: str, arguments: list[object], machine: ScriptReader) -> object:
    first = arguments[0] if arguments else None
    if name in _BLIND or name.startswith("blind."):
        machine.callbacks(None, arguments)
        return derived([])
    if name in ("environment.get", "os.getenv", "getenv", "Deno.env.get"):
        if not arguments:
            return unknown(Origin("variable", ""))
        return variable(first, machine)
    if name in ("os.homedir", "Dir.home", "os.userInfo().homedir"):
        home = machine.payload.state.home
        return home if home is not None else unknown(Origin("variable", "HOME"))
    if name in ("process.cwd", "Dir.pwd", "getcwd", "Deno.cwd", "cwd"):
        return machine.payload.state.cwd
    if name in ("path.join", "File.join", "path.resolve", "File.expand_path") and arguments:
        pieces: list[Value] = []
        for item in flattened(arguments):
            text = text_of(item)
            pieces = [text] if isinstance(text, str) and text.startswith("/") and name != "path.join" else [*pieces, "/",
            text] if pieces else [text]
        joined = join(pieces)
        home = machine.payload.state.home
        return join([home, joined[1:]]) if isinstance(joined, str) and joined.startswith("~/") and home is not None else joined
    if name in ("shift", "pop"):
        return (first[0] if first else derived([])) if isinstance(first, list) else derived([first]) if arguments else machine.shifted()
    if name == "String.raw" and arguments:
        return first
    if name == "join" and len(arguments) > 1:
        return pure(name, [first, flattened(arguments[1:])]) or derived(arguments)
    found = pure(name, arguments)
    if found is not None:
        return found
    if name in SAME and arguments:
        return first if name not in ("Pathname", "Pathname.new", "URI", "URI.parse", "URL") else Ref(name + "()", tuple(sources(first)),
        arguments)
    if name in _LISTS:
        return _listed(name, arguments, machine)
    machine.callbacks(ref, arguments)
    origins = [*ref.origins, *(origin for item in arguments for origin in sources(item))]
    return Ref(name + "()", tuple(origins), arguments or ref.arguments)


def _listed(name: str, arguments: list[object], machine: ScriptReader) -> object:
    """Lists of a table, of a folder, or of another list."""
    first = arguments[0] if arguments else None
    if name in ("glob", "Dir.glob", "Dir.[]", "fs.globSync"):
        return [globbed(text_of(item)) for item in flattened(arguments)]
    if name in ("fs.readdirSync", "scandir", "readdir", "Dir.entries", "Dir.children", "Dir.each_child", "fs.readdir", "Deno.readDirSync"):
        names = [unknown(Origin("file", str(text_of(first)) if isinstance(first, str) else ""), chars=NAME)]
        machine.callbacks(names, arguments)
        return names
    things: list[object] = []
    for item in arguments:
        if isinstance(item, list):
            things.extend(item)
        elif isinstance(item, dict):
            things.extend(item.values())
        elif isinstance(item, Function):
            machine.callbacks(things, [item])
        elif item is not None:
            things.append(derived([item]))
    return things
