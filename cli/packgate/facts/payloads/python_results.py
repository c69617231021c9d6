"""What calls of library functions give in Python code."""

from __future__ import annotations

from packgate.facts.payloads.globs import globbed
from packgate.facts.payloads.python_files import expanded, home_of, joined_path, stdin_of
from packgate.facts.payloads.python_objects import MISSING, Lib, PathText, Some, derived, is_known, sources, text_of
from packgate.facts.payloads.python_pure import NotFolded, library
from packgate.model.value import NAME, Glob, Origin, Text, join, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.payloads.python_eval import Evaluator

_PATHS = frozenset(("Path", "PurePath", "PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath"))
_SAME = frozenset(("os.path.abspath", "os.path.realpath", "os.path.normpath", "os.path.expandvars", "os.fspath", "os.fsencode",
                   "os.fsdecode",
                   "sqlalchemy.text", "copy.copy", "copy.deepcopy", "io.BytesIO", "io.StringIO", "memoryview", "bytearray", "compile",
                   "iter",
                   "typing.cast", "psycopg2.sql.SQL", "psycopg.sql.SQL", "asyncio.run", "next", "textwrap.dedent", "sys.intern",
                   "io.TextIOWrapper"))
# Of these results nothing of what goes in can be told.
_BLIND = frozenset(("len", "bool", "isinstance", "hash", "id", "type", "callable", "hasattr", "any", "all", "os.path.exists",
                    "os.path.isfile",
                    "os.path.isdir", "os.path.getsize", "os.stat", "hashlib.sha256", "hashlib.md5", "os.access", "shutil.which", "sum",
                    "dir"))
_ENVIRONMENT = ("os.environ", "os.environb")
# Variables whose values are not taken for what the line knows: printing them discloses something.
_SECRET_NAMES = ("KEY", "TOKEN", "SECRET", "PASS", "CRED", "AUTH", "PWD", "DSN")


def result(lib: Lib, name: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    things = [*arguments, *keywords.values()]
    found = _path_result(name, arguments, machine)
    if found is not None:
        return found
    computed = _computed(name, arguments, keywords) if all(is_known(thing) for thing in things) else MISSING
    if computed is not MISSING:
        return computed
    first = arguments[0] if arguments else None
    if name in ("os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault", "os.environ.__getitem__", "os.getenvb"):
        return variable(first, machine)
    if name.startswith(_ENVIRONMENT) or (isinstance(first, Lib) and first.name in _ENVIRONMENT):
        return _environment(name, lib)
    if name in ("str", "repr", "format", "bytes", "ascii") and arguments:
        return text_of(first)
    if name in ("list", "tuple", "set", "frozenset", "sorted", "reversed", "collections.deque", "tqdm.tqdm", "tqdm") and arguments:
        return first if isinstance(first, (list, Some)) else Some(derived([first]))
    if name == "dict" and not arguments:
        return dict(keywords)
    if name == "enumerate" and arguments:
        items, exact = machine.iterated(first)
        rows: list[object] = [[index, item] for index, item in enumerate(items)]
        return rows if exact else [Some(row) for row in rows]
    if name == "zip" and arguments:
        return [list(row) for row in zip(*[machine.iterated(thing)[0] for thing in arguments], strict=False)]
    if name in ("input", "sys.stdin.read", "sys.stdin.readline", "sys.stdin.buffer.read", "raw_input", "sys.stdin.readlines"):
        return stdin_of(machine)
    if name in _BLIND:
        return derived([])
    machine.run_callbacks(arguments, keywords)
    return _made(lib, name, arguments, keywords)


def _computed(name: str, arguments: list[object], keywords: dict[str, object]) -> object:
    """What a function of constants computes. MISSING when it is not one that is carried out here, or fails on them or makes too much of
    them: the result is then told by what the function is known to do, and is unknown text with their origins otherwise."""
    try:
        return library(name, arguments, keywords)
    except NotFolded:
        return MISSING


def _made(lib: Lib, name: str, arguments: list[object], keywords: dict[str, object]) -> object:
    origins = [*lib.origins, *(origin for thing in (*arguments, *keywords.values()) for origin in sources(thing))]
    if not origins and name.rpartition(".")[2] in ("b64decode", "b32decode", "b85decode", "unhexlify", "decompress", "decrypt"):
        origins.append(Origin("encoded", name.rpartition(".")[2]))
    made = Lib(f"{name}()", lib, tuple(origins))
    made.arguments, made.keywords = arguments, keywords
    return made


def variable(name: object, machine: Evaluator) -> object:
    """The value of a variable of the environment."""
    if not isinstance(name, str):
        return unknown(Origin("variable", ""))
    known = machine.payload.state.env(name)
    if known is not None and not any(word in name.upper() for word in _SECRET_NAMES):
        return known
    return unknown(Origin("variable", name))


def _environment(name: str, lib: Lib) -> object:
    """Calls on the whole environment: the names alone disclose nothing."""
    every = unknown(Origin("variable", ""))
    if name.endswith((".keys", ".__iter__", ".update", ".clear")) or name in ("list", "sorted", "set", "tuple", "len", "bool", "iter",
                                                                              "enumerate"):
        return Some(derived([]))
    if name.endswith((".items", ".values")):
        return Some([derived([]), every]) if name.endswith("items") else Some(every)
    if name in _BLIND:
        return derived([])
    return {"": every} if name.endswith((".copy", "dict")) else every


def _path_result(name: str, arguments: list[object], machine: Evaluator) -> object:
    first = text_of(arguments[0]) if arguments else ""
    last = name.rpartition(".")[2]
    if last in _PATHS:
        return PathText(joined_path([text_of(item) for item in arguments]) if arguments else ".")
    if last in ("home", "cwd") and name.rpartition(".")[0].rpartition(".")[2] in _PATHS:
        return PathText(home_of(machine) if last == "home" else machine.payload.state.cwd)
    if name == "os.path.join":
        return joined_path([text_of(item) for item in arguments])
    if name in ("os.path.expanduser", "os.path.expandvars"):
        return expanded(first, machine)
    if name in ("os.getcwd", "os.getcwdb"):
        return machine.payload.state.cwd
    if name in ("glob.glob", "glob.iglob"):
        return Some(globbed(first))
    if name in ("os.scandir",):
        return Some(PathText(join([first or ".", "/", unknown(chars=NAME)])))
    if name == "os.walk":
        walked: list[object] = [join([first, "/", Text((Glob("**"),))]), Some(unknown(chars=NAME)), Some(unknown(chars=NAME))]
        return Some(walked)
    if name in ("os.path.dirname", "os.path.basename") and isinstance(first, str):
        head, _, tail = first.rpartition("/")
        return head if name.endswith("dirname") else tail
    if name in ("tempfile.mkdtemp", "tempfile.mktemp", "tempfile.gettempdir", "tempfile.TemporaryDirectory", "tempfile.NamedTemporaryFile"):
        return "/tmp" if name == "tempfile.gettempdir" else join(["/tmp/", unknown(chars=NAME)])
    if name in _SAME and arguments:
        if name == "next":
            items, _ = machine.iterated(arguments[0])
            return items[0] if items else derived(arguments)
        return arguments[0]
    return None
