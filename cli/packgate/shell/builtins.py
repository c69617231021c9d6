"""Builtins that change the state of the shell. Each gets its expanded arguments and returns its exit status as far as
known; what builtins only print is folded like the output of programs."""

from __future__ import annotations

from packgate.model.value import join
from packgate.shell import arithmetic, builtins_code, builtins_variables, truth
from packgate.shell.aliases import GLOBAL
from packgate.shell.elastic import first_elastic, shifted
from packgate.shell.partial import as_written
from packgate.shell.paths import resolve_path
from packgate.shell.state import UNSET, keys
from packgate.shell.subscripts import run_subscript
from packgate.shell.tilde import FOLDER
from packgate.shell.walk import Leave

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.walk import Walk

    Builtin = Callable[[Walk, list[Value], State, tuple[int, int]], int | None]

_SET_LETTERS = {
    "a": "allexport", "e": "errexit", "f": "noglob", "n": "noexec", "u": "nounset", "x": "xtrace", "v": "verbose",
    "C": "noclobber", "B": "braceexpand", "E": "errtrace", "T": "functrace", "h": "hashall", "m": "monitor",
    "b": "notify", "p": "privileged", "k": "keyword", "P": "physical", "H": "histexpand", "t": "onecmd",
}  # fmt: skip


def succeed(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    return 0


def fail(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    return 1


def undecided(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    return None


def test(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    operands = argv[1:]
    if argv[0] == "[" and operands and operands[-1] == "]":
        operands = operands[:-1]
    if len(operands) == 2 and operands[0] == "-v":
        run_subscript(walk, operands[1], state)
    return truth.test(operands, state)


# --- folders -------------------------------------------------------------------------------------------------------


# Folders of every system, which anybody may enter.
_EVERYWHERE = frozenset(("/", "/bin", "/dev", "/etc", "/home", "/lib", "/opt", "/proc", "/sys", "/tmp", "/usr", "/usr/bin", "/usr/local",
                         "/var", "/var/log", "/var/tmp"))


def cd(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``cd``: taken to succeed; its status is 0 for a folder that is there for sure."""
    operands = [value for value in argv[1:] if not (isinstance(value, str) and value[:1] == "-" and len(value) > 1)]
    target: Value | None = operands[0] if operands else state.home
    if target == "-":
        target = state.old_cwd if state.old_cwd is not None else state.cwd
    if target is None or target == "":
        return None
    left, before = state.cwd, state.old_cwd
    _enter(state, _searched(state, target))
    return 0 if _is_there(state.cwd, left, before) else None


def _is_there(folder: Value, left: Value, before: Value | None) -> bool:
    """Whether a folder is one that every system has, one that the shell was in, or one above it."""
    if not isinstance(folder, str):
        return folder in (left, before)
    return folder in _EVERYWHERE or folder == before or (isinstance(left, str) and f"{left}/".startswith(f"{folder}/"))


def _searched(state: State, target: Value) -> Value:
    """A folder below the first one of ``CDPATH`` that the line set, which the shell tries before the current one."""
    head = target if isinstance(target, str) else target.parts[0]
    if not state.variables or not isinstance(head, str) or head.startswith(("/", "./", "../")) or target in (".", ".."):
        return target
    folders = state.temporary.get("CDPATH") if "CDPATH" in state.temporary else state.get("CDPATH")
    first = folders.split(":")[0] if isinstance(folders, str) else ""
    return target if first in ("", ".") else join([first, "/", target])


def _enter(state: State, target: Value) -> None:
    state.old_cwd, state.cwd = state.cwd, resolve_path(state.cwd, target)


def pushd(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    operands = [value for value in argv[1:] if value not in ("-n", "--", "-q")]
    if operands and not (isinstance(operands[0], str) and operands[0][:1] in ("+", "-")):
        state.folders = [*state.folders, state.cwd]
        left, before = state.cwd, state.old_cwd
        _enter(state, operands[0])
        return 0 if _is_there(state.cwd, left, before) else None
    elif not operands and state.folders:
        top = state.folders[-1]
        state.folders = [*state.folders[:-1], state.cwd]
        _enter(state, top)
        return 0
    return None


def popd(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    if state.folders:
        top = state.folders[-1]
        state.folders = state.folders[:-1]
        _enter(state, top)
        return 0
    return None


# --- options and arguments -----------------------------------------------------------------------------------------


def set_options(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``set``: options, and the positional parameters."""
    i = 1
    while i < len(argv):
        word = argv[i]
        if not isinstance(word, str) or word[:1] not in ("-", "+") or len(word) == 1:
            break
        i += 1
        if word == "--":
            _set_arguments(walk, state, argv[i:])
            return 0
        for letter in word[1:]:
            if letter == "o":
                name = argv[i] if i < len(argv) else ""
                i += 1
                if isinstance(name, str) and name:
                    _option(walk, state, name, word[0] == "-")
            elif letter in _SET_LETTERS:
                _option(walk, state, _SET_LETTERS[letter], word[0] == "-")
    if i < len(argv):
        _set_arguments(walk, state, argv[i + 1 :] if argv[i] == "-" else argv[i:])
    return 0


def _set_arguments(walk: Walk, state: State, arguments: list[Value]) -> None:
    state.arguments = arguments
    state.taint("@", tuple(walk.names))


def _option(walk: Walk, state: State, name: str, on: bool) -> None:
    if name == "braceexpand":
        # The one option that is on from the start.
        name, on = "nobraceexpand", not on
    state.options = state.options | {name} if on else state.options - {name}
    if name == "xtrace" and on:
        from packgate.shell.variables import trace

        trace(walk, state)


def shopt(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``shopt`` and zsh's ``setopt`` and ``unsetopt``."""
    on = argv[0] == "setopt" or "-s" in argv
    for name in argv[1:]:
        if isinstance(name, str) and name[:1] != "-":
            plain = name.replace("_", "").lower() if argv[0] != "shopt" else name
            state.options = state.options | {plain} if on else state.options - {plain}
    return 0


def shift(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    count = argv[1] if len(argv) > 1 else "1"
    number = int(count) if isinstance(count, str) and count.isdigit() and len(count) < 9 else 1
    if number > len(state.arguments) == first_elastic(state.arguments):
        return 1
    state.arguments = shifted(state.arguments, number)
    return 0


def alias(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``alias``; with ``-g`` of zsh the name also counts where it is no command."""
    everywhere = state.shell == "zsh" and "-g" in argv[1:]
    for word in argv[1:]:
        name, value = builtins_variables.split_assignment(word)
        if name and value is not None:
            state.aliases = {**state.aliases, name: value}
            if everywhere:
                state.set(GLOBAL + name, value)
    return 0


def hash_program(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``hash -p PATH NAME``: the name then runs that path. ``hash -d NAME=FOLDER`` of zsh: ``~NAME`` is then that folder."""
    if state.shell == "zsh" and "-d" in argv[1:]:
        for word in argv[2:]:
            name, value = builtins_variables.split_assignment(word)
            if name and value is not None:
                state.set(FOLDER + name, value)
        return 0
    if len(argv) == 4 and argv[1] == "-p" and isinstance(argv[3], str):
        state.aliases = {**state.aliases, argv[3]: argv[2]}
    return 0


def unalias(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    state.aliases = {} if "-a" in argv else {k: v for k, v in state.aliases.items() if k not in argv[1:]}
    return 0


def unset(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    functions = "-f" in argv[1:]
    for word in argv[1:]:
        name = as_written(word)
        if not isinstance(name, str) or name[:1] == "-":
            continue
        if functions or (name in state.functions and "-v" not in argv and state.lookup(name) is None):
            state.functions = {key: body for key, body in state.functions.items() if key != name}
            continue
        base, bracket, key = name.partition("[")
        if bracket:
            _unset_element(walk, state, base, key.rstrip("]"))
            continue
        state.set(name, UNSET)
        state.attributes = {key: kept for key, kept in state.attributes.items() if key != name}
        state.exported = state.exported - {name}
    return 0


def _unset_element(walk: Walk, state: State, name: str, key: str) -> None:
    stored = state.lookup(name)
    if key in ("@", "*"):
        state.set(name, UNSET)
        return
    if isinstance(stored, list) or (isinstance(stored, dict) and "A" not in state.attributes.get(name, "")):
        number = arithmetic.evaluate(walk, key, state)
        if number is None:
            return
        key = str(number if number >= 0 else number + max((int(k) for k in keys(stored)), default=-1) + 1)
    if isinstance(stored, list):
        state.set(name, {str(i): value for i, value in enumerate(stored) if str(i) != key})
    elif isinstance(stored, dict):
        state.set(name, {k: value for k, value in stored.items() if k != key})


def leave(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``exit``, ``return``, ``break``, ``continue``: this path goes no further. What follows is walked for what it holds,
    without an effect."""
    code = argv[1] if len(argv) > 1 else None
    if argv[0] in ("break", "continue"):
        if walk.loops > 0:
            levels = int(code) if isinstance(code, str) and code.isascii() and code.isdigit() and len(code) < 4 else 1
            walk.left = Leave(str(argv[0]), max(1, min(levels, walk.loops)))
        return 0
    if argv[0] == "return" and not walk.calls and "source" not in walk.via and state.shell == "bash":
        # Bash refuses, and goes on.
        return 2
    walk.left = Leave(str(argv[0]))
    if isinstance(code, str) and code.isdigit() and len(code) < 9:
        return int(code) & 255
    return state.status if code is None else None


def modifier(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """Words before a command that change nothing of what it does (zsh)."""
    if len(argv) < 2:
        return 0
    from packgate.shell.commands import dispatch

    return dispatch(walk, argv[1:], state, span)


BUILTINS: dict[str, Builtin] = {
    ":": succeed, "true": succeed, "false": fail, "test": test, "[": test, "cd": cd, "chdir": cd, "pushd": pushd,
    "popd": popd, "set": set_options, "shopt": shopt, "setopt": shopt, "unsetopt": shopt, "shift": shift,
    "alias": alias, "unalias": unalias, "unset": unset, "exit": leave, "return": leave, "break": leave,
    "continue": leave, "hash": hash_program, "wait": undecided, "noglob": modifier, "nocorrect": modifier,
    "export": builtins_variables.declare, "declare": builtins_variables.declare, "local": builtins_variables.declare,
    "typeset": builtins_variables.declare, "readonly": builtins_variables.declare, "read": builtins_variables.read,
    "integer": builtins_variables.declare, "float": builtins_variables.declare,
    "mapfile": builtins_variables.mapfile, "readarray": builtins_variables.mapfile,
    "getopts": builtins_variables.getopts, "let": builtins_variables.let,
    "eval": builtins_code.evaluate_words, "source": builtins_code.source, ".": builtins_code.source,
    "trap": builtins_code.trap, "exec": builtins_code.replace, "command": builtins_code.command,
    "builtin": builtins_code.builtin,
}  # fmt: skip
