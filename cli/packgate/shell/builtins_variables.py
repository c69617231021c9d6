"""Builtins that set variables: declarations, ``read``, ``mapfile``, ``printf -v``, ``getopts``, ``let``."""

from __future__ import annotations

from packgate.model.value import Origin, has_globs, join, origins_of, unknown
from packgate.shell import arithmetic
from packgate.shell.builtins_code import run_code
from packgate.shell.partial import as_written, split_lines
from packgate.shell.reading import restored, split_fields, take_escaped, take_line
from packgate.shell.state import UNSET, scalar
from packgate.shell.streams import Stream
from packgate.shell.subscripts import run_subscript
from packgate.shell.variables import set_variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State, Stored
    from packgate.shell.walk import Walk

_ATTRIBUTES = frozenset("aAilnrux")


def split_assignment(word: Value) -> tuple[str, Value | None]:
    """``name=value`` as its two halves; the value is None without ``=``, the name empty when it is unknown."""
    if isinstance(word, str):
        name, equals, value = word.partition("=")
        return name, value if equals else None
    first = word.parts[0]
    if not isinstance(first, str) or "=" not in first:
        return "", None
    name, _, rest = first.partition("=")
    return name, join((rest, *word.parts[1:]))


def declare(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``export``, ``declare``, ``typeset``, ``local``, ``readonly``."""
    added, removed, words = _flags(argv)
    if argv[0] == "export":
        added += "" if "n" in added else "x"
    elif argv[0] == "readonly":
        added += "r"
    elif argv[0] == "integer":
        added += "i"
    if "f" in added or "F" in added:
        _functions(state, words, "x" in added)
        return 0
    is_local = argv[0] != "export" and argv[0] != "readonly" and len(state.saved) > 0 and "g" not in added and "p" not in added
    names = tuple(walk.names)
    for word in words:
        name, value = split_assignment(word)
        append = name.endswith("+")
        name = name.removesuffix("+")
        if not name:
            continue
        _declare(walk, state, name, value, append, added, removed, argv[0] == "export", is_local, span, names)
    return 0


def _flags(argv: list[Value]) -> tuple[str, str, list[Value]]:
    added, removed = "", ""
    words: list[Value] = []
    options = True
    for word in argv[1:]:
        if options and isinstance(word, str) and len(word) > 1 and word[0] in "-+":
            if word == "--":
                options = False
            elif word[0] == "-":
                added += word[1:]
            else:
                removed += word[1:]
        else:
            words.append(word)
    return added, removed, words


def _functions(state: State, words: list[Value], exported: bool) -> None:
    for word in words:
        if exported and isinstance(word, str) and word in state.functions:
            state.functions[word].exported = True


def _declare(
    walk: Walk, state: State, name: str, value: Value | None, append: bool, added: str, removed: str, export: bool,
    is_local: bool, span: tuple[int, int], names: tuple[str, ...],
) -> None:  # fmt: skip
    fresh = is_local and name not in state.saved[-1]
    if fresh:
        state.saved[-1][name] = state.variables.get(name)
    attributes = set(state.attributes.get(name, "")) - {"r"} | (set(added) & _ATTRIBUTES)
    if export and "n" in added:
        state.exported = state.exported - {name}
        return
    attributes = (attributes - set(removed)) & _ATTRIBUTES
    if "x" in attributes:
        state.exported = state.exported | {name}
    kept = "".join(sorted(attributes - {"x", "r"}))
    if kept or name in state.attributes:
        state.attributes = {**state.attributes, name: kept}
    if value is not None:
        if append:
            before = state.get(name)
            value = join(("" if before is None else before, value))
        if "n" in kept:
            state.set(name, value)
        else:
            set_variable(walk, state, name, value, span, names)
    else:
        stored = state.lookup(name)
        known = scalar(stored)
        if "x" in attributes and known is not None:
            walk.host.assigned(name, known, True, span)
        elif fresh and "n" not in kept and name not in state.temporary:
            _set_empty(state, name, stored)
    if "r" in attributes:
        state.attributes = {**state.attributes, name: kept + "r"}


def _set_empty(state: State, name: str, stored: Stored | None) -> None:
    """A local variable without a value: unset in bash, empty in zsh; in other shells it keeps the value of the one outside."""
    if state.shell == "bash":
        state.set(name, UNSET)
    elif state.shell == "zsh" or stored is None:
        state.set(name, "")


# --- reading -------------------------------------------------------------------------------------------------------


def read(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``read``: one line of the input, split at IFS into variables."""
    options, names = _read_options(argv)
    fd = int(options["u"]) if options.get("u", "").isdigit() and len(options["u"]) < 6 else 0
    stream = state.fds.get(fd)
    if not isinstance(stream, Stream):
        for name in names or ["REPLY"]:
            set_variable(walk, state, name, unknown(Origin("input")), span)
        return None
    line, rest, status = _take(stream.value, options)
    stream.value = rest
    walk.consumed = True
    ifs = state.get("IFS")
    if "N" in options or (not names and "a" not in options):
        ifs = ""
    fields = split_fields(line, ifs if isinstance(ifs, str) else " \t\n", 0 if "a" in options else len(names) or 1)
    fields = [restored(field) if isinstance(field, str) else field for field in fields]
    if "a" in options:
        state.set(options["a"], fields)
        if stream.names:
            state.taint(options["a"], stream.names)
        return status
    for i, name in enumerate(names or ["REPLY"]):
        missing: Value = "" if status is not None else unknown(*origins_of(line))
        set_variable(walk, state, name, fields[i] if i < len(fields) else missing, span, stream.names)
    return status


def _take(value: Value, options: dict[str, str]) -> tuple[Value, Value, int | None]:
    """The line that `read` takes from its input, the rest, and its status."""
    delimiter = "\n" if "d" not in options else options["d"][:1] or "\0"
    count = options.get("N", options.get("n", ""))
    if count.isascii() and count.isdigit() and len(count) < 6:
        if not isinstance(value, str):
            return unknown(*origins_of(value)), unknown(*origins_of(value)), None
        if "N" in options or delimiter not in value[: int(count)]:
            return value[: int(count)], value[int(count) :], 0 if len(value) >= int(count) else 1
    if "r" not in options and isinstance(value, str) and "\\" in value:
        return take_escaped(value, delimiter)
    return take_line(value, delimiter)


def _read_options(argv: list[Value]) -> tuple[dict[str, str], list[str]]:
    """The options of `read` with their values, and the names."""
    options: dict[str, str] = {}
    names: list[str] = []
    i = 1
    while i < len(argv):
        word = argv[i]
        i += 1
        if not isinstance(word, str):
            continue
        if word[:1] != "-" or len(word) == 1 or names:
            names.append(word)
            continue
        for j, letter in enumerate(word[1:], 1):
            if letter not in "adinNptu":
                options[letter] = ""
                continue
            value: Value = word[j + 1 :]
            if not value and i < len(argv):
                value = argv[i]
                i += 1
            options[letter] = value if isinstance(value, str) else ""
            break
    return options, [name for name in names if name.replace("_", "a").isalnum()]


def mapfile(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``mapfile``: the lines of the input as an array. The callback of ``-C`` is code."""
    name = "MAPFILE"
    trim = False
    skip = False
    for i, word in enumerate(argv[1:], 1):
        if skip:
            skip = False
            if isinstance(argv[i - 1], str) and str(argv[i - 1])[-1:] == "C":
                run_code(walk, join((word, " 0 ")), state, span, "mapfile")
        elif isinstance(word, str) and word[:1] == "-" and len(word) > 1:
            trim = trim or "t" in word
            skip = word[-1] in "dnOsuCc"
        elif isinstance(word, str):
            name = word
    stream = state.fds.get(0)
    if not isinstance(stream, Stream):
        state.set(name, [unknown(Origin("input"))])
        return None
    lines = split_lines(stream.value)
    state.set(name, lines if trim else [join((line, "\n")) for line in lines])
    state.taint(name, stream.names)
    stream.value = ""
    return 0


# --- others --------------------------------------------------------------------------------------------------------


def printf_to_variable(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``printf -v NAME FORMAT VALUE…``."""
    from packgate.shell.fold_text import format_values

    name = argv[2]
    run_subscript(walk, name, state)
    if isinstance(name, str) and name:
        set_variable(walk, state, name, format_values(argv[3], argv[4:]), span, tuple(walk.names))
    return 0


def getopts(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``getopts``: its variables are set to one of the options, if there are arguments at all."""
    if len(argv) < 3 or not isinstance(argv[2], str):
        return 1
    arguments = argv[3:] or state.arguments
    if not arguments:
        return 1
    state.set(argv[2], unknown(Origin("argument", "option"), chars="name"))
    state.set("OPTARG", unknown(*[o for value in arguments for o in origins_of(value)], Origin("argument", "option")))
    return None


def let(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    value: int | None = 0
    for word in argv[1:]:
        # With `nullglob` it is there only when a file has such a name.
        text = unknown(Origin("argument")) if has_globs(word) and "nullglob" in state.options else as_written(word)
        value = arithmetic.evaluate(walk, text, state)
    return None if value is None else int(value == 0)

