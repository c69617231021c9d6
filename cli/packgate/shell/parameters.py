"""Parameter expansion: ``$name`` and every form of ``${…}``."""

from __future__ import annotations

from packgate.model.operation import FULL
from packgate.model.value import DIGITS, NAME, Hole, Origin, Text, join, unknown
from packgate.shell import zsh
from packgate.shell.limits import ALL_FIELDS
from packgate.shell.operators import case_change, cut_pattern, replace_pattern, substring, transform
from packgate.shell.partial import one_of, variants
from packgate.shell.state import Unset, element, elements, keys, scalar, with_element

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.fields import Fields
    from packgate.shell.state import State, Stored
    from packgate.shell.tree import Parameter, Word
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
_ALWAYS_SET = frozenset((*_SHELL_SET, *_PATHS, "HOME", "PWD", "IFS"))


class Target:
    """What an expansion refers to: its values, whether it is a list (``$@``, ``${a[@]}``), and whether it is set
    (None: nothing is known of it)."""

    __slots__ = ("is_list", "key", "name", "present", "star", "values")

    def __init__(self, name: str, values: list[Value], present: bool | None = True, key: str | None = None) -> None:
        self.name = name
        self.values = values
        self.present = present
        self.key = key
        self.is_list = False
        self.star = False


def is_list(part: Parameter) -> bool:
    """Whether the expansion yields a field for each element, also within double quotes."""
    if part.length:
        return False
    return part.name == "@" or part.op in ("!@", "!keys") or _subscript(part) == "@"


def _subscript(part: Parameter) -> str:
    """``@`` or ``*`` when that is the subscript, else nothing."""
    if part.index is None or len(part.index.parts) != 1:
        return ""
    first = part.index.parts[0]
    text = getattr(first, "text", "")
    return text if text in ("@", "*") else ""


def expand(walk: Walk, part: Parameter, state: State, fields: Fields, quoted: bool) -> None:
    """Expand one parameter into fields."""
    if not part.op and part.index is None and not part.length and not part.indirect and part.name not in "@*":
        if state.shell == "zsh" and isinstance(state.lookup(part.name), list):
            emit(zsh.whole_array(walk, part.name, state), fields, quoted)
        else:
            fields.value(variable(walk, part.name, state), quoted)
        return
    if state.shell == "zsh" and zsh.flags(part.op):
        zsh.expand_flagged(walk, part, state, fields, quoted)
        return
    if part.op in ("!*", "!@", "!keys"):
        emit(_listing(part, state), fields, quoted)
        return
    target = resolve(walk, part, state)
    if part.length:
        fields.value(_length(target), quoted)
    elif part.op and part.op.lstrip(":") in ("-", "=", "?", "+"):
        _conditional(walk, part, target, state, fields, quoted)
    else:
        if part.op:
            _operate(walk, part, target, state)
        emit(target, fields, quoted)


def variable(walk: Walk, name: str, state: State) -> Value:
    """The value of a plain ``$name``; records names whose values come from outside the line."""
    stored = state.lookup(name)
    if stored is not None:
        use(walk, name, state)
        value = scalar(stored)
        if state.attributes and "n" in state.attributes.get(name, "") and isinstance(value, str) and value != name:
            return variable(walk, value, state)
        return value if value is not None else ""
    known = special(name, state)
    if known is not None:
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


def special(name: str, state: State) -> Value | None:
    """The value of a parameter that the shell itself keeps; None when it is not one."""
    if name.isdigit():
        number = int(name) if len(name) < 10 else 0
        if number == 0:
            return state.name
        return state.arguments[number - 1] if number <= len(state.arguments) else ""
    if name == "?":
        return str(state.status) if state.status is not None else _hole(name, DIGITS)
    if name == "#":
        return str(len(state.arguments))
    if name in "@*":
        return _spaced(state.arguments)
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


_LETTERS = {"errexit": "e", "nounset": "u", "xtrace": "x", "noglob": "f", "allexport": "a", "noexec": "n"}


def _hole(name: str, chars: str) -> Value:
    return unknown(Origin("variable", name), chars=chars)


def _spaced(values: list[Value], separator: Value = " ") -> Value:
    out: list[Value] = []
    for i, value in enumerate(values):
        if i:
            out.append(separator)
        out.append(value)
    return join(out)


# --- what is referred to ---------------------------------------------------------------------------------------------


def resolve(walk: Walk, part: Parameter, state: State) -> Target:
    """What the expansion refers to, through indirection, name references and subscripts."""
    name = part.name
    if part.indirect:
        pointer = scalar(state.lookup(name))
        if pointer is None:
            pointer = special(name, state)
        return _pointed(walk, pointer, name, state)
    if "n" in state.attributes.get(name, ""):
        pointer = scalar(state.lookup(name))
        if isinstance(pointer, str) and pointer != name:
            name = pointer
    key = _subscript(part)
    if name in "@*":
        key = name
    if key:
        values = state.arguments if name in "@*" else elements(state.lookup(name))
        walk.budget.fields += len(values)
        if walk.budget.fields > ALL_FIELDS:
            walk.limit("words", walk.span(part.start, part.end))
            values = values[:1]
        target = Target(name, list(values), len(values) > 0)
        target.is_list = True
        target.star = key == "*"
        if name not in "@*":
            use(walk, name, state)
        return target
    if part.index is not None:
        return _indexed(walk, name, subscript(walk, part.index, state, name), state)
    return _plain(walk, name, state)


def _plain(walk: Walk, name: str, state: State) -> Target:
    stored = state.lookup(name)
    if stored is None:
        known = special(name, state)
        if known is not None:
            missing = name.isdigit() and name != "0" and int(name[:9]) > len(state.arguments)
            return Target(name, [known], not missing)
    use(walk, name, state)
    if stored is None:
        return Target(name, [unknown(Origin("variable", name))], True if name in _ALWAYS_SET else None)
    value = scalar(stored)
    return Target(name, ["" if value is None else value], value is not None)


def _indexed(walk: Walk, name: str, key: str | None, state: State) -> Target:
    stored = state.lookup(name)
    use(walk, name, state)
    if state.shell == "zsh" and key is not None:
        key = zsh.from_one(key)
        if isinstance(stored, str):
            return Target(name, [zsh.character(stored, key)], True, key)
    if stored is None:
        return Target(name, [unknown(Origin("variable", name))], None, key)
    if key is None:
        values = elements(stored)
        known = [text for value in values if isinstance(value, str) for text in [value]]
        if values and len(known) == len(values):
            return Target(name, [one_of(known, (Origin("variable", name),))])
        return Target(name, [unknown(Origin("variable", name))])
    value = element(stored, key)
    return Target(name, ["" if value is None else value], value is not None, key)


def subscript(walk: Walk, index: Word, state: State, name: str) -> str | None:
    """A subscript as the key of an element; None when it is unknown."""
    from packgate.shell import arithmetic
    from packgate.shell.expand import quoted_text

    text = quoted_text(walk, index.parts, state)
    if isinstance(state.lookup(name), dict) or "A" in state.attributes.get(name, ""):
        return text if isinstance(text, str) else None
    value = arithmetic.evaluate(walk, text, state)
    return str(value) if value is not None else None


def _pointed(walk: Walk, pointer: Value | None, name: str, state: State) -> Target:
    """The target of ``${!name}``."""
    if not isinstance(pointer, str):
        names = variants(pointer) if pointer is not None else None
        if names is None:
            return Target(name, [unknown(Origin("variable", name))], None)
        found = [_plain(walk, item, state).values[0] for item in names]
        known = [text for value in found for text in (variants(value) or [])]
        return Target(name, [one_of(known) if known else unknown(Origin("variable", name))])
    base, bracket, rest = pointer.partition("[")
    if bracket and rest.endswith("]"):
        key = rest[:-1]
        if key in ("@", "*"):
            target = Target(base, list(elements(state.lookup(base))))
            target.is_list = True
            target.star = key == "*"
            return target
        from packgate.shell import arithmetic

        stored = state.lookup(base)
        number = None if isinstance(stored, dict) else arithmetic.evaluate(walk, key, state)
        return _indexed(walk, base, key if isinstance(stored, dict) else str(number), state)
    if pointer in ("@", "*"):
        target = Target(pointer, list(state.arguments))
        target.is_list = True
        target.star = pointer == "*"
        return target
    return _plain(walk, pointer, state)


def _listing(part: Parameter, state: State) -> Target:
    """``${!prefix*}`` and ``${!name[@]}``: names of variables, subscripts of an array."""
    values: list[Value]
    if part.op == "!keys":
        values = [*keys(state.lookup(part.name))]
    else:
        found = {name for name, stored in state.variables.items() if not isinstance(stored, Unset)}
        found |= set(state.environment)
        values = [*sorted(name for name in found if name.startswith(part.name))]
    target = Target(part.name, values)
    target.is_list = True
    target.star = part.op == "!*" or _subscript(part) == "*"
    return target


# --- results ---------------------------------------------------------------------------------------------------------


def emit(target: Target, fields: Fields, quoted: bool) -> None:
    """Write a target's values as fields, the way its kind and the quotes ask for."""
    if not target.is_list:
        fields.value(target.values[0], quoted)
    elif quoted and target.star:
        fields.value(_spaced(target.values, fields.ifs[:1]), True)
    else:
        for i, value in enumerate(target.values):
            if i:
                fields.flush()
            fields.value(value, quoted)


def _length(target: Target) -> Value:
    if target.is_list:
        return str(len(target.values))
    value = target.values[0]
    return str(len(value)) if isinstance(value, str) else unknown(Origin("variable", target.name), chars=DIGITS)


def _operate(walk: Walk, part: Parameter, target: Target, state: State) -> None:
    """Apply an operator to every value of a target."""
    op = part.op
    if op == ":":
        substring(walk, part, target, state)
    elif op[0] in "#%":
        target.values = cut_pattern(walk, part, target.values, state)
    elif op[0] == "/":
        target.values = replace_pattern(walk, part, target.values, state)
    elif op[0] in "^,~":
        target.values = case_change(walk, part, target.values, state)
    elif op[0] == "@":
        target.values = [transform(walk, op[1:], value, state, target.name) for value in target.values]


def _conditional(
    walk: Walk, part: Parameter, target: Target, state: State, fields: Fields, quoted: bool
) -> None:
    """``-``, ``=``, ``?`` and ``+``, each also with a colon. A variable of which nothing is known is taken to be unset
    when a default is given, which is remarked; with ``+`` both outcomes are kept."""
    kind = part.op[-1]
    present = target.present
    if present and part.op[0] == ":" and all(value == "" for value in target.values):
        present = False
    if kind == "+":
        _alternative(walk, part, present, target, state, fields, quoted)
        return
    if present:
        emit(target, fields, quoted)
        return
    word = part.args[0] if part.args else None
    if kind == "?":
        if word is not None:
            _single(walk, word, state)
        emit(target, fields, quoted)
        return
    if present is None:
        text = f"${target.name} is taken to be unset, so that its default holds"
        walk.note("assumed", text, FULL, walk.span(part.start, part.end))
    if word is None:
        fields.value("", quoted)
    elif kind == "=":
        value = _single(walk, word, state)
        stored: Stored = value
        if target.key is not None:
            stored = with_element(state.lookup(target.name), target.key, value)
        state.set(target.name, stored)
        fields.value(value, quoted)
    else:
        _default(walk, word, state, fields, quoted)


def _alternative(
    walk: Walk, part: Parameter, present: bool | None, target: Target, state: State, fields: Fields, quoted: bool
) -> None:
    word = part.args[0] if part.args else None
    if present is False or word is None:
        fields.value("", quoted)
    elif present:
        _default(walk, word, state, fields, quoted)
    else:
        value = _single(walk, word, state)
        fields.value(one_of(["", value]) if isinstance(value, str) else value, quoted)


def _single(walk: Walk, word: Word, state: State) -> Value:
    from packgate.shell.expand import single

    return single(walk, word, state)


def _default(walk: Walk, word: Word, state: State, fields: Fields, quoted: bool) -> None:
    """The word of a default is expanded where it stands: its own quotes count, its blanks split."""
    from packgate.shell.expand import default_word

    default_word(walk, word, state, fields, quoted)
