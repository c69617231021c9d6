"""The values of variables and special parameters, and the record of those that come from outside the line."""

from __future__ import annotations

from packgate.model.value import DIGITS, NAME, Hole, Origin, Text, join, origins_of, unknown
from packgate.shell.elastic import at, count
from packgate.shell.state import scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.walk import Walk

# Variables that the shell sets itself and whose values no line determines: what they are made of.
_SHELL_SET = {
    "RANDOM": DIGITS, "SRANDOM": DIGITS, "SECONDS": DIGITS, "LINENO": DIGITS, "UID": DIGITS, "EUID": DIGITS,
    "PPID": DIGITS, "BASHPID": DIGITS, "SHLVL": DIGITS, "EPOCHSECONDS": DIGITS, "COLUMNS": DIGITS, "LINES": DIGITS,
    "HISTCMD": DIGITS, "GROUPS": DIGITS, "$": DIGITS, "HOSTNAME": NAME, "HOST": NAME, "OSTYPE": NAME, "MACHTYPE": NAME,
    "HOSTTYPE": NAME, "USER": NAME, "LOGNAME": NAME, "TERM": NAME, "BASH_VERSION": NAME, "ZSH_VERSION": NAME,
}  # fmt: skip
# Variables that hold a path wherever a shell runs.
_PATHS = {"PATH": "/", "SHELL": "/bin/", "BASH": "/bin/", "MANPATH": "/", "XDG_RUNTIME_DIR": "/run/user/"}
ALWAYS_SET = frozenset((*_SHELL_SET, *_PATHS, "HOME", "PWD", "IFS"))
_LETTERS = {"errexit": "e", "nounset": "u", "xtrace": "x", "noglob": "f", "allexport": "a", "noexec": "n"}


def variable(walk: Walk, name: str, state: State) -> Value:
    """The value of a plain ``$name``; records names whose values come from outside the line."""
    stored = state.lookup(name)
    if stored is not None:
        use(walk, name, state)
        value = scalar(stored)
        if state.attributes and "n" in state.attributes.get(name, "") and value != name:
            if isinstance(value, str):
                return variable(walk, value, state)
            use_named(walk, value)
        return value if value is not None else ""
    known = special(name, state)
    if known is not None:
        if state.taints and (name.isdigit() or name in "@*"):
            use_arguments(walk, state)
        return known
    use(walk, name, state)
    return unknown(Origin("variable", name))


def use(walk: Walk, name: str, state: State) -> None:
    """Record that a variable's value was expanded, under the names of the outside variables that it depends on."""
    taint = state.taints.get(name)
    if taint is not None:
        walk.names.extend(taint)
    elif name not in state.variables and name not in state.temporary and name not in ("PWD", "OLDPWD", "IFS", "OPTIND"):
        walk.names.append(name)


def use_named(walk: Walk, pointer: Value | None) -> None:
    """Record that the variables were expanded whose names a list of variables holds: ``${!v}`` for each name of ``compgen -v``."""
    if pointer is not None and not isinstance(pointer, str):
        walk.names.extend(origin.detail + "*" for origin in origins_of(pointer) if origin.kind == "variables")


def use_arguments(walk: Walk, state: State) -> None:
    """The same for the positional parameters."""
    walk.names.extend(state.taints.get("@", ()))


def special(name: str, state: State) -> Value | None:
    """The value of a parameter that the shell itself keeps; None when it is not one."""
    if name.isdigit():
        number = int(name) if len(name) < 10 else 0
        if number == 0:
            return state.name
        return argument_at(state, number) or ""
    if name == "?":
        return str(state.status) if state.status is not None else _hole(name, DIGITS)
    if name == "#":
        return count(state.arguments, name)
    if name in "@*":
        return spaced(state.arguments)
    if name == "!":
        return _hole(name, DIGITS) if state.background else ""
    if name == "-":
        return "hB" + "".join(sorted(_LETTERS[o] for o in state.options if o in _LETTERS))
    if name == "_":
        return state.last_argument
    if name == "USER" and state.user is not None:
        return state.user
    if name in _SHELL_SET:
        return _hole(name, _SHELL_SET[name])
    if name in _PATHS:
        if name in ("SHELL", "BASH"):
            return "/bin/" + state.shell
        return Text((_PATHS[name], Hole((Origin("variable", name),))))
    return None


def argument_at(state: State, number: int) -> Value | None:
    """A positional parameter, counted from one; None when there are not so many."""
    return at(state.arguments, number - 1)


def _hole(name: str, chars: str) -> Value:
    return unknown(Origin("variable", name), chars=chars)


def spaced(values: list[Value], separator: Value = " ") -> Value:
    """Values with a separator between them."""
    out: list[Value] = []
    for i, value in enumerate(values):
        if i:
            out.append(separator)
        out.append(value)
    return join(out)
