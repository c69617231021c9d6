"""Calls of library functions in Python code: what they do, and what they give."""

from __future__ import annotations

from packgate.facts.paths import normalise
from packgate.facts.payloads.python_calls import (
    ALIASES,
    DEFERS,
    EVALUATES,
    FETCHES,
    FILES,
    NETWORK,
    OPAQUE,
    READING_METHODS,
    RUNS_ARGV,
    RUNS_SHELL,
    SENDS,
    WRITING_METHODS,
)
from packgate.facts.payloads.python_files import content, file_function, opened
from packgate.facts.payloads.python_network import network, socket_call
from packgate.facts.payloads.python_objects import (
    Function,
    Lib,
    Method,
    Opened,
    Partial,
    PathText,
    Scope,
    Some,
    derived,
    sources,
    text_of,
)
from packgate.facts.payloads.python_processes import run
from packgate.facts.payloads.python_results import result
from packgate.facts.payloads.python_sdk import sdk_call
from packgate.model.operation import FULL, PARTIAL
from packgate.model.value import Text, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.payloads.python_eval import Evaluator

_LOGS = frozenset(("debug", "info", "warning", "error", "critical", "exception", "log"))
_PRINTS = frozenset(("print", "pprint.pprint", "pprint.pp", "pprint", "rich.print", "click.echo", "typer.echo", "click.secho", "sys.exit",
                     "exit",
                     "quit", "sys.displayhook", "rich.pretty.pprint", "icecream.ic", "sys.stdout.buffer.write", "sys.stdout.write",
                     "sys.stderr.write", "sys.stderr.buffer.write", "sys.stdout.writelines", "os.write", "warnings.warn",
                     "sys.stderr.writelines"))


def call_library(lib: Lib, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """Call something of a library."""
    name = _canonical(lib.name)
    if "?" in name:
        machine.payload.opaque("dynamic", PARTIAL)
        return derived(arguments)
    last = name.rpartition(".")[2]
    handled = _language(name, last, arguments, keywords, machine)
    if handled is None:
        handled = _effect(lib, name, last, arguments, keywords, machine)
    if handled is not None:
        return None if handled is _NOTHING else handled
    return result(lib, name, arguments, keywords, machine)


_NOTHING = Scope()


def _canonical(name: str) -> str:
    for alias, standard in ALIASES.items():
        if name.startswith(alias):
            return standard + name[len(alias):]
    return name


def _done(thing: object) -> object:
    """A handled call that gives None."""
    return _NOTHING if thing is None else thing


# --- the language itself ---------------------------------------------------------------------------------------------------


def _language(name: str, last: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    first = arguments[0] if arguments else None
    if name in ("__import__", "importlib.import_module", "importlib.__import__"):
        return machine.module(first)
    if name == "getattr" and len(arguments) > 1:
        return _member(first, arguments[1], machine)
    if name in ("globals", "locals", "vars") and not arguments:
        return _names(machine)
    if name == "vars":
        return Lib(first.name + ".__dict__", first) if isinstance(first, Lib) else derived(arguments)
    if name in ("functools.partial", "partial"):
        return Partial(first, arguments[1:], keywords)
    if name == "operator.methodcaller":
        return Partial(Lib("packgate.call-method"), list(arguments), keywords)
    if name == "packgate.call-method" and len(arguments) > 1:
        return _done(machine.call(_member(arguments[-1], first, machine), arguments[1:-1], keywords))
    if name == "operator.attrgetter":
        return Partial(Lib("packgate.member"), [first], {})
    if name == "packgate.member" and len(arguments) > 1:
        return _member(arguments[1], first, machine)
    if name in ("map", "filter", "itertools.starmap", "functools.reduce", "sorted", "min", "max"):
        return _applied(name, arguments, keywords, machine)
    if name in EVALUATES:
        return _evaluated(name, arguments, keywords, machine)
    if last in DEFERS or (last in ("Thread", "Process", "Timer",
                                   "ThreadPool") and ("target" in keywords or "function" in keywords or arguments)):
        return _deferred(arguments, keywords, machine)
    return None


def _member(thing: object, name: object, machine: Evaluator) -> object:
    if isinstance(name, str):
        found = thing
        for part in name.split("."):
            found = machine.member(found, part)
        return found
    from packgate.facts.payloads.python_methods import is_strong

    if isinstance(thing, Lib) and is_strong(thing.name):
        return Lib("?")
    return Lib("getattr()", None, tuple(sources(thing)))


def _names(machine: Evaluator) -> object:
    found: dict[str, object] = {"__builtins__": Lib("builtins"), "__name__": "__main__"}
    scope: Scope | None = machine.scope
    while scope is not None:
        found = {**scope.variables, **found}
        scope = scope.outer
    return found


def _applied(name: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """``map(f, items)`` and its kin."""
    function = keywords.get("key") if name in ("sorted", "min", "max") else arguments[0] if arguments else None
    lists = arguments if name in ("sorted", "min", "max") else arguments[1:]
    if not isinstance(function, (Function, Lib, Method, Partial)) or not lists:
        return None
    found, exact = machine.iterated(lists[0])
    machine.uncertain += not exact
    out: list[object] = []
    for index, item in enumerate(found):
        given = [item]
        for more in lists[1:]:
            others, _ = machine.iterated(more)
            given.append(others[index] if index < len(others) else derived([more]))
        if name == "itertools.starmap" and isinstance(item, list):
            given = item
        if name == "functools.reduce":
            given = [out[-1] if out else item, item]
        out.append(machine.call(function, given, {}))
    machine.uncertain -= not exact
    if name in ("map", "itertools.starmap"):
        return out if exact else [Some(item) for item in out]
    if name == "filter":
        return [Some(item) for item in found]
    return derived([*found, *out]) if name != "sorted" else lists[0]


def _evaluated(name: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """``exec(text)`` and its kin."""
    position = EVALUATES[name]
    if name in ("runpy.run_path", "execfile") and arguments:
        return _done(machine.run_code(content(text_of(arguments[0]), machine), False))
    if position < 0 or position >= len(arguments):
        return None
    code = arguments[position]
    if isinstance(code, (Function, Lib)) and not sources(code):
        return _done(machine.call(code, [], {})) if isinstance(code, Function) else None
    outer = machine.scope
    machine.scope = _given_names(name, arguments, keywords, machine)
    try:
        return _done(machine.run_code(text_of(code), name == "eval"))
    finally:
        machine.scope = outer


def _given_names(name: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> Scope:
    """The names that the text sees: those of ``exec(text, globals, locals)`` before the ones around it."""
    tables = [*arguments[1:3], keywords.get("globals"), keywords.get("locals")] if name in ("exec", "eval") else []
    given = {key: thing for table in tables if isinstance(table, dict) for key, thing in table.items() if isinstance(key, str) and key}
    if not given:
        return machine.scope
    scope = Scope(machine.scope)
    scope.variables.update(given)
    return scope


def _deferred(arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """A function that is called later with arguments that are given here."""
    function = keywords.get("target", keywords.get("function"))
    given: object = keywords.get("args", [])
    if function is None:
        for index, thing in enumerate(arguments):
            if isinstance(thing, (Function, Lib, Method, Partial)):
                function, given = thing, arguments[index + 1:]
                break
    if function is None:
        return None
    if isinstance(given, list) and len(given) == 1 and isinstance(given[0], list) and isinstance(function, Function):
        given = given[0]
    extra = keywords.get("kwargs", {})
    machine.call(function, list(given) if isinstance(given, list) else [], extra if isinstance(extra, dict) else {})
    return derived([])


# --- effects ---------------------------------------------------------------------------------------------------------------


def _effect(lib: Lib, name: str, last: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    root = name.partition(".")[0].partition("(")[0]
    if name in RUNS_SHELL or name in RUNS_ARGV or root == "sh" or (root == "subprocess" and "()" in name):
        return _done(run(lib, name, arguments, keywords, machine))
    if name in _PRINTS or (last in _LOGS and root in ("logging", "logger", "log")):
        given = arguments[1:] if name == "os.write" else arguments
        end = "" if "write" in last or name == "sys.exit" else text_of(keywords.get("end", "\n"))
        if name.endswith("exit") or name == "quit":
            given = [item for item in given if not isinstance(item, int)]
        printed(list(given), machine, end, "stderr" in name or "file" in keywords, keywords.get("sep"))
        target = keywords.get("file")
        if isinstance(target, Opened):
            machine.call(Method(target, "write"), [join([join([text_of(item) for item in given]), end])], {})
        return _NOTHING
    if name in FILES:
        return _done(file_function(name, arguments, keywords, machine))
    if name in ("open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open", "aiofiles.open", "os.fdopen", "fileinput.input",
                "os.open", "smart_open.open"):
        return _done(_opened(name, arguments, keywords, machine))
    if name in ("os.kill", "os.killpg", "psutil.Process().kill", "psutil.Process().terminate", "signal.pidfd_send_signal"):
        maker = lib.parent
        target = arguments[0] if arguments else maker.arguments[0] if maker is not None and maker.arguments else None
        own = isinstance(target, Lib) and target.name in ("os.getpid()", "os.getpgrp()")
        if not own and not (len(arguments) > 1 and arguments[1] == 0):
            machine.payload.add(("process-kill",), "kill", "delete", {"target": (text_of(target),)})
        return _NOTHING
    if name in ("os.chdir", "contextlib.chdir") and arguments:
        machine.payload.state.cwd = normalise(text_of(arguments[0]), machine.payload.state.cwd)
        return derived([])
    return _other_effect(lib, name, last, root, arguments, keywords, machine)


def _other_effect(
    lib: Lib, name: str, last: str, root: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator
) -> object:
    if name == "os.setuid" and arguments and arguments[0] == 0:
        machine.payload.add(("privilege-escalation",), "setuid", "execute", {"user": ("root",)})
        return _NOTHING
    if name.startswith(OPAQUE):
        return _opaque(name, last, arguments, machine)
    if root == "socket" or root in ("smtplib", "ftplib", "telnetlib"):
        return socket_call(lib, name, last, arguments, keywords, machine)
    if root in NETWORK and (last in FETCHES or last in SENDS):
        return network(lib, name, last, arguments, keywords, machine)
    found = sdk_call(lib, name, last, arguments, keywords, machine)
    if found is not None:
        return found
    if "()" in name and arguments and isinstance(arguments[0], (str, Text, PathText)):
        path = text_of(arguments[0])
        if last in WRITING_METHODS:
            machine.payload.add(("modify-file",), "write", "write", {"path": (path,)})
            return _NOTHING
        if last in READING_METHODS:
            machine.payload.add(("read-file",), "read", "read", {"path": (path,)})
    return None


def _opened(name: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    if name == "os.fdopen":
        return derived(arguments)
    if name == "os.open":
        flags = arguments[1] if len(arguments) > 1 else None
        writes = any(word in _flag_names(flags) for word in ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"))
        return opened([arguments[0], "w" if writes else "r"], {}, machine) if arguments else None
    if name == "fileinput.input":
        edits = keywords.get("inplace") is True
        things = arguments[0] if arguments and isinstance(arguments[0], list) else arguments
        out = [opened([thing, "a" if edits else "r"], {}, machine) for thing in things] if isinstance(things, list) else []
        return Some(derived(out))
    if name == "gzip.open" and len(arguments) < 2 and "mode" not in keywords:
        return opened([*arguments, "rb"], {}, machine)
    return opened(arguments, keywords, machine)


def _flag_names(thing: object) -> str:
    return thing.name if isinstance(thing, Lib) else "O_WRONLY" if not isinstance(thing, int) or thing else ""


def _opaque(name: str, last: str, arguments: list[object], machine: Evaluator) -> object:
    """What can do anything; the data of a project's file is as much its own as its code."""
    if last in ("load", "open") and arguments and isinstance(arguments[0], (Opened, str)):
        machine.payload.opaque("project-script", FULL)
        return derived(arguments)
    if name.startswith("ctypes.") and name.endswith(".system") and arguments:
        return _done(machine.payload.shell(text_of(arguments[0])))
    if name.startswith("ctypes.") and last.rstrip("()") in ("sizeof", "c_int", "c_char_p", "byref", "c_long", "c_uint", "c_void_p",
                                                            "c_size_t", "find_library"):
        return None
    if name.startswith("ctypes.") and "()" not in name:
        return None
    machine.payload.opaque("interpreter", PARTIAL)
    return derived(arguments)


def printed(things: list[object], machine: Evaluator, end: object, aside: bool = False, separator: object = None) -> None:
    """Things are shown: values of the environment in them are disclosed."""
    for origin in [origin for thing in things for origin in sources(thing)]:
        if origin.kind == "variable":
            if origin.detail:
                machine.payload.add(("environment-exposure",), "print", "read", {"variable": (origin.detail,)})
            else:
                machine.payload.add(("environment-exposure",), "dump", "read")
    if aside:
        return
    out: list[object] = []
    for index, thing in enumerate(things):
        if index:
            out.append(" " if separator is None else separator)
        out.append(thing)
    if any(isinstance(thing, (list, dict, float)) for thing in things):
        machine.printed = None
    machine.show(join([*(text_of(item) for item in out), text_of(end)]))
