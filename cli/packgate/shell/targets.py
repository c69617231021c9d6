"""What a parameter expansion refers to: a variable, an element, a list, through indirection and references."""

from __future__ import annotations

from packgate.model.value import NAME, Hole, Origin, Text, unknown
from packgate.shell import arithmetic, zsh
from packgate.shell.elastic import at
from packgate.shell.limits import ALL_FIELDS
from packgate.shell.lookup import ALWAYS_SET, argument_at, special, use, use_arguments, use_named
from packgate.shell.partial import one_of, variants
from packgate.shell.state import Unset, element, elements, is_sparse, keys, scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.tree import Parameter, Word
    from packgate.shell.walk import Walk


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
    return part.name == "@" or part.op == "!@" or _subscript(part) == "@"


def _subscript(part: Parameter) -> str:
    """``@`` or ``*`` when that is the subscript, else nothing."""
    if part.index is None or len(part.index.parts) != 1:
        return ""
    first = part.index.parts[0]
    text = getattr(first, "text", "")
    return text if text in ("@", "*") else ""


def resolve(walk: Walk, part: Parameter, state: State) -> Target:
    """What the expansion refers to, through indirection, name references and subscripts."""
    name = part.name
    if not name and part.op != "bad":
        return zsh.nested(walk, part, state)
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
        elif state.taints:
            use_arguments(walk, state)
        return target
    if part.index is not None:
        return _indexed(walk, name, subscript(walk, part.index, state, name), state)
    return _plain(walk, name, state)


def _plain(walk: Walk, name: str, state: State) -> Target:
    stored = state.lookup(name)
    if stored is None:
        known = special(name, state)
        if known is not None:
            if state.taints and name.isdigit():
                use_arguments(walk, state)
            missing = name.isdigit() and name != "0" and argument_at(state, int(name[:9])) is None
            return Target(name, [known], not missing)
    use(walk, name, state)
    if stored is None:
        return Target(name, [unknown(Origin("variable", name))], True if name in ALWAYS_SET else None)
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
    value = at(stored, int(key)) if isinstance(stored, list) and key.lstrip("-").isdigit() else element(stored, key)
    return Target(name, ["" if value is None else value], value is not None, key)


def subscript(walk: Walk, index: Word, state: State, name: str) -> str | None:
    """A subscript as the key of an element; None when it is unknown."""
    from packgate.shell.expand import quoted_text

    text = quoted_text(walk, index.parts, state)
    stored = state.lookup(name)
    if "A" in state.attributes.get(name, "") or (isinstance(stored, dict) and not is_sparse(stored)):
        return text if isinstance(text, str) else None
    value = arithmetic.evaluate(walk, text, state)
    return str(value) if value is not None else None


def _pointed(walk: Walk, pointer: Value | None, name: str, state: State) -> Target:
    """The target of ``${!name}``."""
    if not isinstance(pointer, str):
        use_named(walk, pointer)
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
        stored = state.lookup(base)
        number = None if isinstance(stored, dict) else arithmetic.evaluate(walk, key, state)
        return _indexed(walk, base, key if isinstance(stored, dict) else str(number), state)
    if pointer in ("@", "*"):
        target = Target(pointer, list(state.arguments))
        target.is_list = True
        target.star = pointer == "*"
        return target
    return _plain(walk, pointer, state)


def listing(part: Parameter, state: State) -> Target:
    """``${!prefix*}`` and ``${!name[@]}``: names of variables, subscripts of an array."""
    values: list[Value]
    if part.op == "!keys":
        values = [*keys(state.lookup(part.name))]
    else:
        found = {name for name, stored in state.variables.items() if not isinstance(stored, Unset)}
        found |= set(state.environment)
        values = [*sorted(name for name in found if name.startswith(part.name))]
        if not any(name.startswith(part.name) for name in state.variables):
            # The line sets none of them: it is the environment's that are asked for.
            values.append(Text((part.name, Hole((Origin("variables", part.name),), NAME))))
    target = Target(part.name, values)
    target.is_list = True
    target.star = part.op == "!*" or _subscript(part) == "*"
    return target
