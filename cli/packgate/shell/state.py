"""The state of a shell while a line is evaluated: variables, working folder, functions, descriptors."""

from __future__ import annotations

from packgate.model.value import join
from packgate.shell.limits import Budget
from packgate.shell.streams import Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    from packgate.model.value import Value
    from packgate.shell.streams import Closed, Sink
    from packgate.shell.walk import FunctionBody

    Stored = Union[Value, list[Value], dict[str, Value], "Unset"]
    Descriptor = Union[Stream, Sink, Closed]

DEFAULT_IFS = " \t\n"

# Variables that every login exports: assigning them changes what children see although the line says no `export`.
INHERITED = frozenset(("EDITOR", "HOME", "LANG", "LOGNAME", "OLDPWD", "PATH", "PWD", "SHELL", "TERM", "TMPDIR", "USER"))

# Variables that have a value although nothing sets them (`State.lookup`).
OF_THE_SHELL = frozenset(("PWD", "OLDPWD", "IFS", "OPTIND"))

# Paths of open descriptors, before their numbers.
_DESCRIPTORS = ("/dev/fd/", "/proc/self/fd/")


class Unset:
    """Marks a variable that is known not to be set."""

    __slots__ = ()


UNSET = Unset()

# Shared by all states that have none; never changed in place.
_NO_ATTRIBUTES: dict[str, str] = {}
_NO_VALUES: dict[str, Value] = {}
_NO_LIST: list[Value] = []
_NO_FUNCTIONS: dict[str, FunctionBody] = {}
_NO_TAINTS: dict[str, tuple[str, ...]] = {}
_NO_OPTIONS: frozenset[str] = frozenset()


class State:
    """A shell's state. Cheap to create and to copy; the evaluator changes it in place.

    ``environment`` holds the declared environment (only strings: what the action says is set); it is never changed.
    Tables are replaced, not changed, so that copies and snapshots share them; only ``variables``, ``exported`` and
    ``fds`` are a copy's own.
    ``variables`` holds what the line set: a value, a list (indexed array), a dict (associative or sparse array) or
    UNSET. ``temporary`` holds prefix assignments while their command runs. ``cwd`` and everything else may be partly
    unknown text.
    """

    __slots__ = (
        "aliases", "arguments", "attributes", "background", "budget", "cwd", "environment", "exported", "fds", "folders",
        "functions", "last_argument", "name", "old_cwd", "options", "saved", "shell", "status", "substituted", "taints",
        "temporary", "trap_span", "traps", "user", "variables",
    )  # fmt: skip

    def __init__(
        self,
        cwd: Value = "/",
        home: Value | None = None,
        environment: dict[str, str] | None = None,
        shell: str = "bash",
        arguments: list[Value] | None = None,
        user: str | None = None,
        name: Value | None = None,
        budget: Budget | None = None,
        like: State | None = None,
    ) -> None:
        if like is not None:
            self._take(like)
            return
        self.cwd = cwd
        self.old_cwd: Value | None = None
        self.environment: dict[str, str] = environment if environment is not None else {}
        self.variables: dict[str, Stored] = {"HOME": home} if home is not None else {}
        self.shell = shell
        self.arguments: list[Value] = arguments if arguments is not None else _NO_LIST
        self.name: Value = name if name is not None else shell
        self.user = user
        self.exported: set[str] = set()
        self.attributes: dict[str, str] = _NO_ATTRIBUTES
        self.temporary: dict[str, Value] = _NO_VALUES
        self.functions: dict[str, FunctionBody] = _NO_FUNCTIONS
        self.aliases: dict[str, Value] = _NO_VALUES
        self.options: frozenset[str] = _NO_OPTIONS
        self.fds: dict[int, Descriptor] = {}
        self.folders: list[Value] = _NO_LIST
        self.saved: list[dict[str, Stored | None]] = []
        self.traps: dict[str, Value] = _NO_VALUES
        self.trap_span: tuple[int, int] = (0, 0)
        self.substituted: dict[str, Value] = {}
        self.taints: dict[str, tuple[str, ...]] = _NO_TAINTS
        self.status: int | None = 0
        self.last_argument: Value = ""
        self.background = False
        self.budget = budget if budget is not None else Budget()

    # --- variables ---------------------------------------------------------------------------------------------------

    def lookup(self, name: str) -> Stored | None:
        """What is stored under a name: UNSET when it is known not to be set, None when nothing is known of it."""
        if name in self.temporary:
            return self.temporary[name]
        if name in self.variables:
            return self.variables[name]
        value = self.environment.get(name)
        if value is not None:
            return value
        if name == "PWD":
            return self.cwd
        if name == "OLDPWD":
            return self.old_cwd
        return DEFAULT_IFS if name == "IFS" else "1" if name == "OPTIND" else None

    def get(self, name: str) -> Value | None:
        """The value of a variable in the shell itself (an array's first); None when it is unset or not declared."""
        return scalar(self.lookup(name))

    def env(self, name: str) -> Value | None:
        """The value that a child process inherits; None when the variable is unset, not exported or not declared."""
        if name in self.temporary:
            return self.temporary[name]
        if name in self.variables and not self.is_exported(name):
            return None
        return scalar(self.lookup(name))

    def is_exported(self, name: str) -> bool:
        """Whether children inherit the variable, as far as the line and the declared environment say."""
        if "-x" in self.attributes.get(name, ""):
            return False
        return name in self.exported or name in self.environment or name in INHERITED or "allexport" in self.options

    def set(self, name: str, value: Stored) -> None:
        """Set a variable of the shell (the caller resolves name references and tells the host)."""
        self.variables = {**self.variables, name: value}
        if name in self.temporary:
            self.temporary = {key: kept for key, kept in self.temporary.items() if key != name}

    def export(self, name: str) -> None:
        """Let children inherit a variable."""
        self.exported = self.exported | {name}

    def taint(self, name: str, names: tuple[str, ...]) -> None:
        """Record the outside variables that a variable's value depends on; none forgets them. ``@`` stands for all
        positional parameters."""
        if names:
            self.taints = {**self.taints, name: tuple(dict.fromkeys(names))}
        elif name in self.taints:
            self.taints = {key: kept for key, kept in self.taints.items() if key != name}

    @property
    def home(self) -> Value | None:
        """The home folder as the tilde sees it."""
        return self.get("HOME")

    # --- files -------------------------------------------------------------------------------------------------------

    def read(self, path: Value) -> Value | None:
        """The text behind a path that the shell itself provides (`/dev/fd/63` of a process substitution, `/dev/fd/3` of a
        descriptor that is open); else None."""
        if not isinstance(path, str):
            return None
        found = self.substituted.get(path)
        if found is None and path.startswith(_DESCRIPTORS) and path[path.rfind("/") + 1:].isdigit():
            stream = self.fds.get(int(path[path.rfind("/") + 1:][:6]))
            found = stream.value if isinstance(stream, Stream) else None
        return found

    # --- copies ------------------------------------------------------------------------------------------------------

    def copy(self) -> State:
        """The state of a subshell: everything, independent of this one."""
        return State(like=self)

    def _take(self, other: State) -> None:
        """Become a copy; traps are not inherited."""
        self.cwd = other.cwd
        self.old_cwd = other.old_cwd
        self.environment = other.environment
        self.variables = other.variables.copy()
        self.shell = other.shell
        self.arguments = other.arguments
        self.name = other.name
        self.user = other.user
        self.exported = other.exported.copy()
        self.attributes = other.attributes
        self.temporary = other.temporary
        self.functions = other.functions
        self.aliases = other.aliases
        self.options = other.options
        self.fds = other.fds.copy()
        self.folders = other.folders
        self.saved = [frame.copy() for frame in other.saved] if other.saved else []
        self.traps = _NO_VALUES
        self.trap_span = (0, 0)
        self.substituted = other.substituted
        self.taints = other.taints
        self.status = other.status
        self.last_argument = other.last_argument
        self.background = other.background
        self.budget = other.budget

    def child(
        self,
        shell: str | None = None,
        arguments: list[Value] | None = None,
        name: Value | None = None,
        cwd: Value | None = None,
        clean: bool = False,
    ) -> State:
        """The state of a shell that a command of this one starts (``bash -c``): only exported variables survive.

        ``arguments`` are its positional parameters, ``name`` its ``$0``; ``clean`` drops the environment (``env -i``,
        a remote host).
        """
        kind = shell if shell is not None else self.shell
        new = State(self.cwd if cwd is None else cwd, None, None, kind, arguments, self.user, name, self.budget)
        new.substituted = self.substituted
        new.fds = self.fds.copy()
        if clean:
            return new
        new.environment = self.environment
        new.old_cwd = self.old_cwd
        # Most of them are plain, which is told here, not by a call for each.
        plain = frozenset[str]() if self.attributes else self.exported
        for key, stored in self.variables.items():
            if (key in plain and isinstance(stored, str)) or isinstance(stored, Unset) or (
                not isinstance(stored, (list, dict)) and self.is_exported(key)
            ):
                new.variables[key] = stored
                new.exported.add(key)
        for key, value in self.temporary.items():
            new.variables[key] = value
            new.exported.add(key)
        new.taints = {key: taint for key, taint in self.taints.items() if key in new.variables}
        new.functions = {function: body for function, body in self.functions.items() if body.exported}
        return new


def scalar(stored: Stored | None) -> Value | None:
    """The single value of what is stored: an array's element 0; None when there is none."""
    if stored is None or isinstance(stored, Unset):
        return None
    if isinstance(stored, list):
        return stored[0] if stored else None
    if isinstance(stored, dict):
        return stored.get("0")
    return stored


def elements(stored: Stored | None) -> list[Value]:
    """All values of what is stored, in order."""
    if stored is None or isinstance(stored, Unset):
        return []
    if isinstance(stored, list):
        return stored
    if isinstance(stored, dict):
        return list(stored.values())
    return [stored]


def keys(stored: Stored | None) -> list[str]:
    """The subscripts of what is stored, in order."""
    if stored is None or isinstance(stored, Unset):
        return []
    if isinstance(stored, list):
        return [str(i) for i in range(len(stored))]
    if isinstance(stored, dict):
        return list(stored)
    return ["0"]


def element(stored: Stored | None, key: str) -> Value | None:
    """One element; None when it is not there. Negative indices count from the end."""
    if isinstance(stored, dict):
        if key[:1] == "-" and key[1:].isdigit() and is_sparse(stored):
            last = max(int(index) for index in stored) + 1
            key = str(last + int(key))
        return stored.get(key)
    values = elements(stored)
    try:
        return values[int(key)]
    except (ValueError, IndexError):
        return None


def is_sparse(table: dict[str, Value]) -> bool:
    """Whether a table is an indexed array with gaps, and not an associative one."""
    return bool(table) and all(key.isdigit() for key in table)


def in_order(table: dict[str, Value]) -> dict[str, Value]:
    """A table in the order in which bash lists it: indexed arrays by number, associative ones by their hash table (of
    1,024 buckets, FNV-1)."""
    if len(table) < 2:
        return table
    if is_sparse(table):
        return {key: table[key] for key in sorted(table, key=int)}
    return {key: table[key] for key in sorted(table, key=_bucket)}


def _bucket(key: str) -> int:
    value = 2_166_136_261
    for byte in key.encode("utf-8", "surrogateescape"):
        value = (value * 16_777_619 & 0xFFFFFFFF) ^ (byte if byte < 128 else 0xFFFFFF00 | byte)
    return value & 1_023


def with_element(stored: Stored | None, key: str, value: Value, append: bool = False) -> Stored:
    """What is stored after one element was set; arrays with gaps become dicts with numeric keys."""
    if isinstance(stored, dict):
        table = dict(stored)
        table[key] = join((table.get(key, ""), value)) if append else value
        return in_order(table)
    values = list(elements(stored))
    number = int(key) if key.lstrip("-").isdigit() else 0
    if number < 0:
        number += len(values)
    if 0 <= number < len(values):
        values[number] = join((values[number], value)) if append else value
        return values
    if number == len(values):
        return [*values, value]
    sparse = {str(i): item for i, item in enumerate(values)}
    sparse[str(number)] = value
    return in_order(sparse)
