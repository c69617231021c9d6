"""Files in Python code: paths of ``pathlib`` and ``os.path``, open files, and what is read from and written to them."""

from __future__ import annotations

from packgate.facts.paths import normalise
from packgate.facts.payloads.globs import globbed
from packgate.facts.payloads.python_calls import COPIES, FILES, METHODS
from packgate.facts.payloads.python_objects import Method, Opened, PathText, Some, derived, sources, text_of
from packgate.facts.payloads.python_operators import under
from packgate.model.value import NAME, Glob, Origin, Text, join, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.payloads.python_calls import Effect
    from packgate.facts.payloads.python_eval import Evaluator
    from packgate.model.value import Value

_STREAMS = ("0", "1", "2", "/dev/stdin", "/dev/stdout", "/dev/stderr")
_TREES = frozenset(("iterdir", "glob", "rglob", "walk"))
_SAME = frozenset(("resolve", "absolute", "as_posix", "expanduser", "__str__", "__fspath__", "readlink", "lower", "strip", "as_uri"))
_PATH_WORDS = ("path", "src", "dst", "source", "target", "file", "filepath_or_buffer", "fname", "dotenv_path")


def touch(effect: Effect, path: Value, machine: Evaluator, arguments: list[object]) -> None:
    """A method of a path that has an effect on its file."""
    family, operation, kind, position = effect
    paths = [text_of(arguments[0])] if position > 0 and arguments else [path]
    if position < 0 and arguments:
        paths.append(text_of(arguments[0]))
    for each in paths:
        machine.payload.add((family,), operation, kind, {"path": (each,)})
    if operation == "write" and position == 0:
        remember(path, text_of(arguments[0]) if arguments else None, machine)


def file_function(name: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """A function of `FILES`. Positional parameters may be given by name."""
    family, operation, kind, position = FILES[name]
    given = list(arguments)
    given.extend(keywords[word] for word in _PATH_WORDS if word in keywords)
    if name == "os.listdir":
        folder = text_of(given[0]) if given else "."
        return Some(unknown(Origin("file", folder if isinstance(folder, str) else ""), chars=NAME))
    if not given and name.startswith("dotenv."):
        given.append(".env")
    paths = given[:2] if position < 0 else given[position:position + 1]
    if paths and isinstance(paths[0], Opened):
        return derived([paths[0]])
    if name in COPIES and given and not isinstance(given[0], Opened) and name not in ("os.symlink", "os.rename", "os.replace",
                                                                                      "shutil.move"):
        machine.payload.add(("read-file",), "copy", "read", {"path": (text_of(given[0]),)})
    for path in paths:
        machine.payload.add((family,), operation, kind, {"path": (text_of(path),)})
    if name in COPIES and len(given) > 1:
        remember(text_of(given[1]), content(text_of(given[0]), machine), machine)
    if kind == "read" and paths:
        return content(text_of(paths[0]), machine)
    return text_of(given[1]) if name in COPIES and len(given) > 1 else None


def opened(arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """``open(path, mode)``."""
    first = arguments[0] if arguments else keywords.get("file")
    if first is None or isinstance(first, Opened):
        return first
    mode = arguments[1] if len(arguments) > 1 else keywords.get("mode", "r")
    letters = mode if isinstance(mode, str) else "w"
    path = text_of(first)
    if path in _STREAMS:
        return stdin_of(machine) if path in ("0", "/dev/stdin") else Opened("/dev/stdout")
    if any(letter in letters for letter in "wax+"):
        machine.payload.add(("modify-file",), "append" if "a" in letters else "write", "write", {"path": (path,)})
        if "w" in letters:
            remember(path, "", machine)
    else:
        machine.payload.add(("read-file",), "read", "read", {"path": (path,)})
    return Opened(path, "b" in letters)


def stdin_of(machine: Evaluator) -> object:
    """What the program reads from its standard input."""
    known = machine.payload.stdin
    return known if known is not None else unknown(Origin("input", ""))


def file_method(thing: Opened, name: str, arguments: list[object], machine: Evaluator) -> object:
    """A method of an open file."""
    if name in ("write", "writelines", "truncate"):
        things: list[object] = list(arguments[0]) if name == "writelines" and arguments and isinstance(arguments[0], list) else arguments
        text = join([text_of(item) for item in things])
        if thing.path in _STREAMS:
            from packgate.facts.payloads.python_effects import printed

            printed(list(arguments), machine, "")
        else:
            disclosed(things, machine)
            remember(thing.path, text, machine, append=True)
        return None
    if name in ("read", "read_text", "getvalue"):
        return content(thing.path, machine)
    if name == "readline":
        return derived([content(thing.path, machine)])
    if name in ("readlines", "__iter__"):
        known = content(thing.path, machine)
        return list(known.splitlines(keepends=True)) if isinstance(known, str) else Some(known)
    if name in ("__enter__", "detach"):
        return thing
    return derived([thing]) if name not in ("close", "flush", "seek") else None


def disclosed(things: list[object], machine: Evaluator) -> None:
    """The whole environment that is written somewhere is disclosed."""
    if any(origin.kind == "variable" and not origin.detail for thing in things for origin in sources(thing)):
        machine.payload.add(("environment-exposure",), "dump", "read")


def content(path: Value, machine: Evaluator) -> Value:
    """What reading a file gives: what the line wrote to it, else unknown text of that file."""
    payload = machine.payload
    if payload.context.place is None:
        where = normalise(path, payload.state.cwd)
        known = payload.session.written(where) or payload.state.read(where)
        if known is not None:
            return known
    return unknown(Origin("file", path if isinstance(path, str) else ""))


def remember(path: Value, text: Value | None, machine: Evaluator, append: bool = False) -> None:
    """The code wrote a file."""
    payload = machine.payload
    if payload.context.place is None and path not in _STREAMS:
        payload.session.remember(normalise(path, payload.state.cwd), text, append)


# --- paths -----------------------------------------------------------------------------------------------------------------


def home_of(machine: Evaluator) -> Value:
    """The home directory."""
    home = machine.payload.state.home
    return home if home is not None else unknown(Origin("variable", "HOME"))


def expanded(path: Value, machine: Evaluator) -> Value:
    """``~`` at the start of a path."""
    if isinstance(path, str):
        return join([home_of(machine), path[1:]]) if path == "~" or path.startswith("~/") else path
    first = path.parts[0]
    if isinstance(first, str) and first.startswith("~/"):
        return join([home_of(machine), first[1:], *path.parts[1:]])
    return path


def path_member(thing: PathText, name: str) -> object:
    """An attribute of a path; everything else is a method."""
    text = thing.text
    if name == "parent":
        head = text.rstrip("/").rpartition("/")[0] if isinstance(text, str) else None
        return PathText(head or ("/" if isinstance(text, str) and text.startswith("/") else ".")) if head is not None else thing
    if name in ("name", "stem", "suffix") and isinstance(text, str):
        base = text.rstrip("/").rpartition("/")[2]
        stem, dot, suffix = base.rpartition(".")
        return {"name": base, "stem": stem or base, "suffix": dot + suffix if stem else ""}[name]
    if name in ("name", "stem", "suffix", "parts", "parents"):
        return derived([thing])
    return Method(thing, name)


def path_method(thing: PathText, name: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """A method of a path."""
    if name == "open":
        return opened([thing.text, *arguments], keywords, machine)
    if name in _TREES:
        inside: Value = Text((Glob("**"),))
        if name == "iterdir":
            inside = Text((Glob("*"),))
        elif arguments and isinstance(arguments[0], str):
            inside = globbed(("**/" if name == "rglob" else "") + arguments[0])
        found = PathText(under(thing.text, inside))
        return Some([found, Some(derived([])), Some(derived([]))]) if name == "walk" else Some(found)
    if name == "joinpath":
        return PathText(joined_path([thing.text, *(text_of(item) for item in arguments)]))
    if name in ("with_suffix", "with_name", "with_stem") and arguments:
        return PathText(_renamed(thing.text, name, text_of(arguments[0])))
    if name == "replace" and len(arguments) > 1:
        return derived([thing])
    if name in ("expanduser", "home"):
        return PathText(expanded(thing.text, machine))
    if name == "cwd":
        return PathText(machine.payload.state.cwd)
    if name in METHODS:
        touch(METHODS[name], thing.text, machine, arguments)
        return content(thing.text, machine) if name.startswith("read_") else PathText(text_of(arguments[0])) if name in ("rename",
        "replace") else None
    if name in _SAME:
        return thing
    return derived([])


def _renamed(path: Value, name: str, given: Value) -> Value:
    if not isinstance(path, str):
        return path
    folder, slash, base = path.rpartition("/")
    if name == "with_suffix":
        return join([folder + slash + (base.rpartition(".")[0] or base), given])
    return join([folder + slash, given])


def joined_path(parts: list[Value]) -> Value:
    """``os.path.join``."""
    out: Value = parts[0] if parts else ""
    for part in parts[1:]:
        out = under(out, part)
    return out
