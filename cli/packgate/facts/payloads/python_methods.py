"""Members and methods of Python's own objects: text, lists, dictionaries, paths, open files."""

from __future__ import annotations

from packgate.facts.payloads.python_calls import METHODS
from packgate.facts.payloads.python_files import file_method, path_member, path_method, touch
from packgate.facts.payloads.python_objects import (
    Lib,
    Method,
    Opened,
    PathText,
    Some,
    derived,
    is_known,
    joined,
    sources,
    text_of,
)
from packgate.facts.payloads.python_pure import NotFolded, text_method
from packgate.model.value import Origin, Text, has_holes, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.payloads.python_eval import Evaluator

# Attributes that lead from any object to everything that the interpreter can do.
_ESCAPES = frozenset(("__subclasses__", "__globals__", "__builtins__", "__loader__", "__mro__", "__bases__", "__base__", "__code__",
                      "f_globals"))
# Methods of paths that an unknown object has too rarely for other reasons to be ignored there.
_CERTAIN = frozenset(("unlink", "rmdir", "write_text", "write_bytes", "rmtree"))
_KEEPING = frozenset(("strip", "rstrip", "lstrip", "encode", "decode", "lower", "expandtabs", "copy", "tobytes", "casefold", "read",
                      "getvalue"))
_CONSTANTS: dict[str, object] = {
    "sys.executable": "python3", "os.sep": "/", "os.path.sep": "/", "os.linesep": "\n", "os.devnull": "/dev/null", "os.curdir": ".",
    "os.pardir": "..", "os.name": "posix", "sys.byteorder": "little", "subprocess.PIPE": -1, "subprocess.DEVNULL": -3,
    "subprocess.STDOUT": -2, "string.ascii_lowercase": "abcdefghijklmnopqrstuvwxyz", "string.ascii_letters":
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "string.digits": "0123456789", "os.path.curdir": ".", "os.extsep": ".",
    "string.ascii_uppercase": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
}
# Modules of which an unknown member can be anything.
_STRONG = frozenset(("os", "posix", "nt", "subprocess", "shutil", "builtins", "socket", "ctypes", "sys", "importlib", "pty", "commands",
                     "?"))


def member_of(thing: object, name: str, machine: Evaluator, key: object = None) -> object:
    """``thing.name``; the item of a library object is the member ``[]`` with its key."""
    if name in _ESCAPES:
        return Lib("?")
    if isinstance(thing, Lib):
        return _library_member(thing, name, machine, key)
    if isinstance(thing, PathText):
        return path_member(thing, name)
    if isinstance(thing, Opened) and name == "name":
        return thing.path
    return Method(thing, name)


def _library_member(thing: Lib, name: str, machine: Evaluator, key: object) -> object:
    if name == "[]":
        return _item(thing, key, machine)
    if name == "__dict__":
        return Lib(thing.name + ".__dict__", thing)
    dotted = f"{thing.name}.{name}"
    if dotted in _CONSTANTS:
        return _CONSTANTS[dotted]
    if dotted == "sys.argv":
        state = machine.payload.state
        return ["-c", *state.arguments] if state.arguments else derived([Lib("sys.argv", None, (Origin("argument", ""),))])
    # The whole environment holds the values of all variables.
    origins = (Origin("variable", ""),) if dotted in ("os.environ", "os.environb") else thing.origins
    return Lib(dotted, thing, origins)


def _item(thing: Lib, key: object, machine: Evaluator) -> object:
    """An item of a table of names: the environment, loaded modules, the dictionary of a module."""
    name = key if isinstance(key, str) else None
    if thing.name in ("os.environ", "os.environb"):
        from packgate.facts.payloads.python_results import variable

        return variable(key, machine)
    if thing.name == "sys.modules":
        return Lib(name or "?")
    if thing.name.endswith(".__dict__"):
        base = thing.name.removesuffix(".__dict__")
        return Lib(f"{base}.{name}" if name is not None and base != "builtins" else name or "?", thing.parent)
    found = Lib(f"{thing.name}[]", thing, thing.origins)
    found.arguments = [key]
    return found


def call_method(method: Method, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """Call a method of a thing that is no library object."""
    thing, name = method.receiver, method.name
    if isinstance(thing, PathText):
        return path_method(thing, name, arguments, keywords, machine)
    if isinstance(thing, Opened):
        return file_method(thing, name, arguments, machine)
    if isinstance(thing, (list, dict)):
        return _collection(thing, name, arguments, machine)
    if isinstance(thing, (str, bytes)):
        return _constant(thing, name, arguments, keywords)
    machine.run_callbacks(arguments, keywords)
    return _unknown(thing, name, arguments, keywords, machine)


def _constant(thing: str | bytes, name: str, arguments: list[object], keywords: dict[str, object]) -> object:
    if name in ("read", "getvalue", "tobytes"):
        return thing
    if name in ("readlines", "readline"):
        return thing.splitlines(keepends=True)
    things = [*arguments, *keywords.values()]
    if all(is_known(item) for item in things):
        try:
            return text_method(thing, name, arguments, keywords)
        except NotFolded:
            return derived([thing])
    if name == "join" and arguments and isinstance(arguments[0], list) and isinstance(thing, str):
        out: list[object] = []
        for index, item in enumerate(arguments[0]):
            out.extend((thing, item.item if isinstance(item, Some) else item) if index else (item.item if isinstance(item,
            Some) else item,))
        return joined(out)
    if name == "join" and arguments and isinstance(arguments[0], Some):
        return derived([arguments[0]])
    if name == "format" and isinstance(thing, str):
        return _format(thing, arguments, keywords)
    if name == "replace" and isinstance(thing, str) and len(arguments) > 1 and isinstance(arguments[0], str) and arguments[0]:
        pieces: list[object] = []
        for index, piece in enumerate(thing.split(arguments[0])):
            pieces.extend((arguments[1], piece) if index else (piece,))
        return joined(pieces)
    return derived(things)


def _format(template: str, arguments: list[object], keywords: dict[str, object]) -> object:
    """``"…{}…".format(x)`` with a thing that is only partly known."""
    out: list[object] = []
    position = 0
    for index, piece in enumerate(template.replace("{{", "\0").replace("}}", "\1").split("{")):
        if not index:
            out.append(piece)
            continue
        field, _, rest = piece.partition("}")
        name = field.partition(":")[0].partition("!")[0]
        if not name:
            name, position = str(position), position + 1
        if name.isdigit():
            out.append(arguments[int(name)] if int(name) < len(arguments) else "")
        else:
            out.append(keywords.get(name, unknown(Origin("argument", name))))
        out.append(rest)
    return joined([piece.replace("\0", "{").replace("\1", "}") if isinstance(piece, str) else piece for piece in out])


def _collection(thing: list[object] | dict[str, object], name: str, arguments: list[object], machine: Evaluator) -> object:
    if isinstance(thing, list):
        if name in ("append", "add", "appendleft") and arguments:
            thing.append(arguments[0] if not machine.uncertain else Some(arguments[0]))
            return None
        if name in ("extend", "update") and arguments:
            found, _ = machine.iterated(arguments[0])
            thing.extend(machine.hold(found))
            machine.hold(thing)
            return None
        if name == "insert" and len(arguments) > 1:
            thing.insert(arguments[0] if isinstance(arguments[0], int) else 0, arguments[1])
            return None
        if name == "reverse":
            thing.reverse()
            return None
        if name == "pop":
            return thing.pop() if thing else derived([])
        if name == "copy":
            return list(thing)
        return derived([thing])
    if name == "items":
        return [[key, item] for key, item in thing.items()]
    if name == "keys":
        return list(thing)
    if name == "values":
        return list(thing.values())
    if name in ("get", "pop", "setdefault") and arguments:
        key = arguments[0]
        return thing.get(key, arguments[1] if len(arguments) > 1 else None) if isinstance(key, str) else derived([thing])
    if name == "update" and arguments and isinstance(arguments[0], dict):
        thing.update(arguments[0])
        return None
    return derived([thing])


def _unknown(thing: object, name: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """A method of something unknown: text that keeps its origins, or a path that is deleted or written."""
    text = text_of(thing)
    if name in _CERTAIN and name in METHODS:
        touch(METHODS[name], text, machine, arguments)
        return None
    if isinstance(thing, Text) and name in _KEEPING:
        return thing
    if isinstance(thing, Text) and name in ("split", "splitlines", "items", "values", "keys"):
        return Some(derived([thing]))
    if isinstance(thing, Text) and name == "format" and not has_holes(thing):
        return thing
    if name in ("execute", "executemany", "executescript"):
        from packgate.facts.payloads.python_sdk import statement

        statement(arguments, {}, machine)
    origins = sources(thing)
    return unknown(*origins) if origins else derived([*arguments, *keywords.values()], name)


def is_strong(name: str) -> bool:
    """Whether a member of that module whose name is not known can do anything."""
    return name.partition(".")[0] in _STRONG
