"""Calls of functions in JavaScript, Perl, Ruby, PHP and Lua: what they do."""

from __future__ import annotations

from packgate.facts.paths import REPOSITORY, normalise
from packgate.facts.payloads.script_network import network
from packgate.facts.payloads.script_results import result
from packgate.facts.payloads.script_tables import DISTINCT, TABLES
from packgate.facts.payloads.script_things import UNKNOWN_NAME, Function, Ref, derived, flattened, path_of, sources, text_of
from packgate.model.operation import FULL, PARTIAL
from packgate.model.value import Origin, Text, join, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.payloads.script_reader import ScriptReader
    from packgate.model.value import Value

_FILES: dict[str, tuple[str, str, str, int]] = {
    "delete": ("delete-file", "delete", "delete", 0), "write": ("modify-file", "write", "write", 0),
    "permission": ("modify-file", "permission", "write", 0), "permission2": ("modify-file", "permission", "write", 1),
    "permission3": ("modify-file", "permission", "write", 2), "target": ("modify-file", "write", "write", 1),
    "move": ("modify-file", "move", "write", -1), "read": ("read-file", "read", "read", 0), "load": ("read-file", "use", "read", 0),
}


def call_reference(ref: Ref, arguments: list[object], machine: ScriptReader) -> object:
    """Call something of a library."""
    name = ref.name
    special = _special(ref, name, arguments, machine)
    if special is not None:
        return special
    kind = kind_of(name, machine.language)
    if kind is not None and not (kind != "print" and _is_harmless(name, arguments, machine)):
        found = _effect(kind, ref, arguments, machine)
        return found if found is not None else derived([])
    if UNKNOWN_NAME in name and name.partition(".")[0].partition("()")[0] in ("fs", "child_process", UNKNOWN_NAME, "File", "Kernel", "os",
                                                                              "io", "FileUtils", "process"):
        machine.payload.opaque("dynamic", PARTIAL)
        return derived(arguments)
    return result(ref, name, arguments, machine)


def kind_of(name: str, language: str) -> str | None:
    """What a function does, by its name."""
    table = TABLES[language]
    found = table.get(name)
    if found is None and "." in name:
        last = name.rpartition(".")[2]
        found = table.get("*." + last)
        if found is None and language == "node" and last in DISTINCT and not name.startswith(("memfs.", "project.")):
            found = table[DISTINCT[last]]
    return found


def _is_harmless(name: str, arguments: list[object], machine: ScriptReader) -> bool:
    """Names that are something else without arguments or with other ones."""
    if not arguments:
        return not (name.endswith(("delete", "unlink", "rmtree", "read", "rmdir")) or name in ("phpinfo", "exec", "system"))
    first = arguments[0]
    if machine.language == "perl" and name in ("require", "do") and isinstance(first, (Ref, Function)):
        if isinstance(first, Function):
            machine.run_function(first, [])
        return True
    if name in ("setTimeout", "setInterval", "setImmediate", "eval") and isinstance(first, Function):
        machine.run_function(first, [])
        return True
    return False


def _special(ref: Ref, name: str, arguments: list[object], machine: ScriptReader) -> object:
    """Calls that lead to other things: modules, names as text, functions of functions."""
    last = name.rpartition(".")[2]
    first = arguments[0] if arguments else None
    if machine.language == "node" and last in ("require", "import", "getBuiltinModule", "createRequire()") and arguments:
        return machine.module(text_of(first))
    if last in ("send", "public_send", "__send__", "method", "instance_method") and machine.language == "ruby" and arguments:
        target = machine.member(_owner(ref), text_of(first) if isinstance(first, str) else UNKNOWN_NAME)  # type: ignore[arg-type]
        return target if last == "method" else machine.call(target, arguments[1:])
    if last in ("const_get", "global_variable_get") and isinstance(first, str):
        return Ref(first)
    if name == "Reflect.apply" and len(arguments) > 2:
        return machine.call(first, flattened(arguments[2:]))
    if last in ("call", "apply", "bind") and "." in name and machine.language in ("node", "ruby"):
        rest = flattened(arguments[1:] if machine.language == "node" else arguments)
        return machine.call(_owner(ref), rest)
    if name in ("call_user_func", "call_user_func_array", "array_map", "array_walk", "usort", "pcall", "xpcall") and arguments:
        return machine.call(first, flattened(arguments[1:]))
    if name.endswith((".constructor", "constructor.constructor")) and isinstance(first, (str, Text)):
        machine.run_code(text_of(first))
        return Ref("made()")
    if last in ("then", "catch", "finally", "forEach", "map", "each", "on", "once", "tap", "pipe", "each_pair", "each_line", "open",
                "start", "use"):
        functions = [item for item in arguments if isinstance(item, Function) or (last == "then" and isinstance(item, Ref))]
        if functions and kind_of(name, machine.language) is None:
            given: list[object] = [derived([ref]), derived([ref])] if ref.name.startswith("ENV") else [Ref(name + "()", ref.origins,
            ref.arguments)]
            results = [machine.call(item, given) for item in functions]
            return results[0] if last == "then" and results[0] is not None else Ref(name + "()", ref.origins, ref.arguments)
    return None


def _owner(ref: Ref) -> Ref:
    """What a member was taken from."""
    return Ref(ref.name.rpartition(".")[0], ref.origins, ref.arguments)


# --- effects ---------------------------------------------------------------------------------------------------------------


def _effect(kind: str, ref: Ref, arguments: list[object], machine: ScriptReader) -> object:
    payload = machine.payload
    if kind in _FILES:
        return _file(kind, ref, arguments, machine)
    if kind in ("shell", "argv"):
        return _run(kind, ref, arguments, machine)
    if kind == "print":
        disclose(arguments, machine, ref.name)
        return ""
    if kind == "eval":
        return _evaluated(ref, arguments, machine)
    if kind == "open":
        return _opened(arguments, machine)
    if kind in ("fetch", "send"):
        return network(kind, ref, arguments, machine)
    if kind in ("kill", "kill2"):
        things = flattened(arguments)
        target = things[-1] if kind == "kill2" and things else things[0] if things else None
        own = target in ("$", "0") or (isinstance(target, Ref) and target.name in ("process.pid", "$$", "Process.pid"))
        if not own and not (kind == "kill2" and things and things[0] == "0"):
            payload.add(("process-kill",), "kill", "delete", {"target": (text_of(target),)})
    elif kind == "chdir":
        payload.state.cwd = normalise(text_of(arguments[0] if arguments else "~"), payload.state.cwd)
        for item in arguments:
            if isinstance(item, Function):
                machine.run_function(item, [])
    elif kind == "dump":
        payload.add(("environment-exposure",), "dump", "read")
    else:
        payload.opaque("interpreter", PARTIAL)
    return None


def _file(kind: str, ref: Ref, arguments: list[object], machine: ScriptReader) -> object:
    family, operation, effect, position = _FILES[kind]
    payload = machine.payload
    given = [item for item in arguments if not isinstance(item, (dict, Function))]
    if not given and ref.arguments:
        given = list(ref.arguments)
    if machine.language in ("perl", "ruby") and kind in ("delete", "permission2", "permission3"):
        things = flattened(given)[max(position, 0):] if kind != "delete" else flattened(given)
    elif position < 0:
        things = given[:2]
    else:
        things = given[position:position + 1]
        things = flattened(things) if things and isinstance(things[0], list) else things
    if kind == "target" and given:
        payload.add(("read-file",), "copy", "read", {"path": (path_of(given[0]),)})
    if ref.name.startswith("shelljs."):
        things = [thing for thing in flattened(given) if not (isinstance(thing, str) and thing.startswith("-"))]
        things = things[-1:] if kind != "delete" else things
    if kind == "read" and given and isinstance(given[0], str) and given[0].startswith(("http://", "https://")):
        return network("fetch", ref, [given[0]], machine)
    for thing in things:
        payload.add((family,), operation, effect, {"path": (path_of(thing),)})
    if kind in ("read", "load"):
        found = content(path_of(given[0]) if given else "", machine)
        machine.callbacks(found, arguments)
        for item in arguments:
            if isinstance(item, Function):
                machine.run_function(item, [derived([]), found] if machine.language == "node" else [found])
        return found
    if kind == "write" and given:
        _remember(path_of(given[0]), given[1] if len(given) > 1 else None, machine, "append" in ref.name.lower())
        if len(given) > 1 and any(origin.kind == "variable" and not origin.detail for origin in sources(given[1])):
            payload.add(("environment-exposure",), "dump", "read")
    elif kind in ("move", "target") and len(given) > 1:
        _remember(path_of(given[1]), content(path_of(given[0]), machine), machine, False)
    machine.callbacks(ref, arguments)
    return None


def content(path: Value, machine: ScriptReader) -> Value:
    """What reading a file gives: what the line wrote to it, else unknown text of that file."""
    payload = machine.payload
    if payload.context.place is None:
        where = normalise(path, payload.state.cwd)
        if where in ("/dev/stdin", normalise("0", payload.state.cwd)) or path == "php://stdin":
            return payload.stdin if payload.stdin is not None else unknown(Origin("input", ""))
        known = payload.session.written(where) or payload.state.read(where)
        if known is not None:
            return known
    return unknown(Origin("file", path if isinstance(path, str) else ""))


def _remember(path: Value, thing: object, machine: ScriptReader, append: bool) -> None:
    payload = machine.payload
    if payload.context.place is None:
        payload.session.remember(normalise(path, payload.state.cwd), text_of(thing) if thing is not None else None, append)


def _run(kind: str, ref: Ref, arguments: list[object], machine: ScriptReader) -> object:
    """Run a command line, or a program with a list of arguments."""
    payload = machine.payload
    options = next((item for item in arguments if isinstance(item, dict)), {})
    listed = any(isinstance(item, list) for item in arguments)
    given = flattened([item for item in arguments if not isinstance(item, dict)])
    if ref.name in ("open3", "open2", "IPC::Open3::open3", "IPC::Open2::open2"):
        given = [item for item in given if isinstance(item, str)]
    if isinstance(options.get("args"), list):
        given.extend(flattened([options["args"]]))
    if not given:
        return derived([])
    state, stdin = payload.state, payload.stdin
    folder = options.get("cwd", options.get("chdir"))
    if folder is not None:
        payload.state = state.copy()
        payload.state.cwd = normalise(text_of(folder), state.cwd)
    sent = options.get("input", options.get("stdin_data"))
    if sent is not None:
        payload.stdin = text_of(sent)
    try:
        words = [text_of(item) for item in given]
        one = ref.name in ("child_process.exec", "child_process.execSync", "popen", "IO.popen", "io.popen", "shell_exec", "exec",
                           "passthru", "proc_open") and not isinstance(arguments[0], list)
        one = one and not (machine.language in ("perl", "ruby") and len(words) > 1 and ref.name == "exec")
        if ref.name in ("IO.popen",) and not listed:
            words = words[:1]
        if kind == "argv" and options.get("shell") is not None and len(words) >= 1 and text_of(options["shell"]) != "false":
            return payload.shell(join([piece for word in words for piece in (word, " ")]))
        if kind == "shell" and (len(words) == 1 or one or machine.language in ("php", "lua", "node")) and not isinstance(arguments[0],
        list):
            return _shell(words[0], machine)
        if _is_unknown(words[0]):
            payload.unreadable(words[0])
            return derived([])
        return payload.run(words)
    finally:
        payload.state, payload.stdin = state, stdin
        machine.callbacks(ref, arguments)


def _shell(code: Value, machine: ScriptReader) -> object:
    if _is_unknown(code):
        machine.payload.unreadable(code)
        return derived([code])
    return machine.payload.shell(code)


def _is_unknown(value: Value) -> bool:
    return not isinstance(value, str) and not any(isinstance(part, str) and part.strip() for part in value.parts)


def _evaluated(ref: Ref, arguments: list[object], machine: ScriptReader) -> object:
    """Code as text, and files of code that are loaded."""
    given = [item for item in arguments if not isinstance(item, (dict, Function))]
    if not given:
        return None
    code = text_of(given[-1] if ref.name == "Function" else given[0])
    if ref.name in ("require", "require_once", "include", "include_once", "load", "do", "dofile", "loadfile", "require_relative") and (
        machine.language != "lua" or ref.name in ("dofile", "loadfile")
    ):
        return _loaded(code, machine)
    machine.run_code(code)
    return Ref("made()")


def _loaded(path: Value, machine: ScriptReader) -> object:
    from packgate.facts.scripts import place_of

    payload = machine.payload
    where = normalise(path, payload.state.cwd)
    known = payload.session.written(where) or (payload.session.written(join([where, ".rb"])) if machine.language == "ruby" else None)
    if known is not None:
        machine.run_code(known)
    elif isinstance(path, str) and path.startswith(("http://", "https://")):
        payload.unreadable(unknown(Origin("network", path)))
    elif place_of(where, payload.session) == REPOSITORY:
        payload.opaque("project-script", FULL, {"path": (where,)})
    else:
        payload.opaque("file" if isinstance(path, str) else "dynamic", PARTIAL)
    return derived([])


def _opened(arguments: list[object], machine: ScriptReader) -> object:
    """``open``: a path with a mode, in the order and spelling of each language, or a command."""
    payload = machine.payload
    given = [item for item in arguments if not isinstance(item, (dict, Function))]
    if machine.language == "perl":
        # The first is the handle.
        given = given[1:]
        mode = text_of(given[0]) if given else ""
        text = mode if isinstance(mode, str) else join([mode])
        if len(given) > 1:
            words = [text_of(item) for item in flattened(given[1:])]
            if isinstance(mode, str) and "|" in mode:
                return payload.run(words) if len(words) > 1 else _shell(words[0], machine)
            path = words[0]
            letters = mode if isinstance(mode, str) else ">"
        else:
            stripped = text.strip() if isinstance(text, str) else text
            if isinstance(stripped, str) and (stripped.startswith("|") or stripped.endswith("|")):
                return _shell(stripped.strip("|"), machine)
            letters = stripped if isinstance(stripped, str) else str(stripped)
            path = stripped.lstrip("+<> ") if isinstance(stripped, str) else _after_mode(stripped)
        return _file_opened(path, "w" if ">" in letters[:3] or letters.startswith("+") else "r", arguments, machine)
    path = text_of(given[0]) if given else ""
    if isinstance(path, str) and path.startswith("|") and machine.language == "ruby":
        return _shell(path[1:], machine)
    mode = text_of(given[1]) if len(given) > 1 else "r"
    return _file_opened(path, mode if isinstance(mode, str) else "w", arguments, machine)


def _after_mode(value: Value) -> Value:
    if isinstance(value, str) or not isinstance(value.parts[0], str):
        return value
    return join([value.parts[0].lstrip("+<> "), *value.parts[1:]])


def _file_opened(path: Value, mode: str, arguments: list[object], machine: ScriptReader) -> object:
    if path in ("php://stdin", "php://stdout", "php://output", "php://stderr", "php://memory", "-", "", "&STDOUT", "&STDERR"):
        return derived([])
    if isinstance(path, str) and path.startswith(("http://", "https://")):
        return network("fetch", Ref("open"), [path], machine)
    if any(letter in mode for letter in "wax+"):
        machine.payload.add(("modify-file",), "append" if mode.startswith("a") else "write", "write", {"path": (path,)})
        found: Text | Value = derived([])
    else:
        machine.payload.add(("read-file",), "read", "read", {"path": (path,)})
        found = content(path, machine)
    for item in arguments:
        if isinstance(item, Function):
            machine.run_function(item, [found])
    return found


def disclose(things: list[object], machine: ScriptReader, name: str = "") -> None:
    """Things are shown: values of the environment in them are disclosed."""
    for origin in [origin for thing in things for origin in sources(thing)]:
        if origin.kind == "variable":
            if origin.detail:
                machine.payload.add(("environment-exposure",), "print", "read", {"variable": (origin.detail,)})
            else:
                machine.payload.add(("environment-exposure",), "dump", "read")
    if machine.printed is None:
        return
    if machine.calls or not all(isinstance(thing, str) for thing in things):
        machine.printed = None
        return
    end = "\n" if name in ("console.log", "puts", "say", "p") or (machine.language == "lua" and name == "print") else ""
    machine.printed.append((" " if name == "console.log" else "").join(str(thing) for thing in things) + end)
