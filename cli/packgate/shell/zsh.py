"""What zsh does differently with parameters: subscripts from one, whole arrays, flags such as ``${(U)x}``."""

from __future__ import annotations

from packgate.model.value import origins_of, unknown
from packgate.shell.lookup import spaced
from packgate.shell.partial import each, map_literals, split_blank, split_on
from packgate.shell.tree import Literal, Parameter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.model.value import Value
    from packgate.shell.fields import Fields
    from packgate.shell.state import State
    from packgate.shell.targets import Target
    from packgate.shell.walk import Walk

_MARKS = "=~^+"


def flags(op: str) -> str:
    """The flags at the start of an operator: ``(…)`` and marks."""
    end = op.find(")") + 1 if op[:1] == "(" else 0
    while end < len(op) and op[end] in "=~" and (end or len(op) == 1):
        end += 1
    return op[:end]


def from_one(key: str) -> str:
    """A subscript that counts from one as one that counts from zero; negative ones count from the end in both."""
    return str(int(key) - 1) if key.isdigit() and key != "0" else key


def character(text: str, key: str) -> str:
    """A subscript of a plain string yields a character."""
    try:
        return text[int(key)]
    except (ValueError, IndexError):
        return ""


def whole_array(walk: Walk, name: str, state: State) -> Target:
    """``$array`` stands for all its elements."""
    from packgate.shell.lookup import use
    from packgate.shell.state import elements
    from packgate.shell.targets import Target

    use(walk, name, state)
    target = Target(name, elements(state.lookup(name)))
    target.is_list = True
    return target


def nested(walk: Walk, part: Parameter, state: State) -> Target:
    """``${${…}…}`` and ``${$(…)…}``: what the inner expansion yields. ``${…}`` without a name is a parameter that is never set."""
    from packgate.shell.expand import add_words
    from packgate.shell.targets import Target

    if part.index is None:
        return Target("", [""], False)
    values: list[Value] = []
    add_words(walk, [part.index], state, values)
    target = Target("", values or [""])
    target.is_list = len(values) > 1
    return target


def modify(part: Parameter, values: list[Value]) -> list[Value] | None:
    """``${name:h}``, ``:t``, ``:l`` …: the modifiers that history has too (zsh, "Modifiers"); None for a substring."""
    words = [word.parts[0].text if len(word.parts) == 1 and isinstance(word.parts[0], Literal) else "" for word in part.args]
    if not words or not words[0][:1].isalpha():
        return None
    for letters in words:
        change = _MODIFIERS.get(letters)
        values = [_each(value, change) for value in values] if change is not None else [unknown(*origins_of(value)) for value in values]
    return values


def _each(value: Value, change: Callable[[str], str]) -> Value:
    known = each(value, change)
    return known if known is not None else unknown(*origins_of(value))


def _head(path: str) -> str:
    return path.rstrip("/").rpartition("/")[0] or ("/" if path.startswith("/") else ".")


def _root(path: str) -> str:
    stem, dot, suffix = path.rpartition(".")
    return stem if dot and "/" not in suffix and stem else path


_MODIFIERS: dict[str, Callable[[str], str]] = {
    "l": str.lower, "u": str.upper, "h": _head, "t": lambda path: path.rstrip("/").rpartition("/")[2], "r": _root,
    "e": lambda path: path[len(_root(path)) + 1 :], "a": str, "A": str, "P": str, "Q": lambda text: text.replace("'", ""),
}


def expand_flagged(walk: Walk, part: Parameter, state: State, fields: Fields, quoted: bool) -> None:
    """Expand ``${(flags)name…}``: the plain expansion first, then what the flags ask for."""
    from packgate.shell.fields import Fields as Collector
    from packgate.shell.parameters import emit, expand
    from packgate.shell.targets import Target

    found = flags(part.op)
    plain = Parameter(
        part.name, part.start, part.end, part.op[len(found) :], part.args, part.index, part.indirect, part.length
    )
    inner = Collector(False, False, " ")
    expand(walk, plain, state, inner, True)
    inner.flush()
    values = _flagged(walk, found, inner.done or [""], state)
    target = Target(part.name, values)
    target.is_list = len(values) != 1
    emit(target, fields, quoted)


def _flagged(walk: Walk, found: str, values: list[Value], state: State) -> list[Value]:
    inside = found[1 : found.find(")")] if found[:1] == "(" else ""
    i = 0
    while i < len(inside):
        letter = inside[i]
        i += 1
        if letter == "U" or letter == "L":
            values = [map_literals(value, str.upper if letter == "U" else str.lower) for value in values]
        elif letter == "P":
            values = [_pointed(walk, value, state) for value in values]
        elif letter == "f":
            values = [piece for value in values for piece in split_on(value, "\n")]
        elif letter == "z":
            values = [piece for value in values for piece in split_blank(value)]
        elif letter in "sj":
            close = inside.find(inside[i : i + 1], i + 1)
            separator = inside[i + 1 : close] if close > 0 else ""
            i = close + 1 if close > 0 else len(inside)
            values = _split(values, separator) if letter == "s" else [spaced(values, separator)]
    if "=" in found:
        values = [piece for value in values for piece in split_blank(value)]
    return values


def _split(values: list[Value], separator: str) -> list[Value]:
    return [piece for value in values for piece in split_on(value, separator)] if separator else values


def _pointed(walk: Walk, value: Value, state: State) -> Value:
    from packgate.shell.lookup import use_named, variable

    if isinstance(value, str):
        return variable(walk, value, state)
    use_named(walk, value)
    return unknown()
