"""Commands as they are when variables of which nothing is known are empty."""

from __future__ import annotations

from packgate.model.value import Hole, join
from packgate.shell.tree import Assignment, Parameter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Text, Value
    from packgate.shell.state import State
    from packgate.shell.tree import Word

# What ends a component of a path, a host, a list or a setting.
_SEPARATORS = frozenset("/.,:@ \t\n")


# What no name of a program has in it.
_NOT_IN_NAMES = frozenset(" \t\n=:@,;'\"\\$(){}[]*?")


def without_inner(word: Value, state: State) -> Value:
    """A word without the undeclared variables that stand inside of a name: behind something, and right before what is no separator."""
    if isinstance(word, str):
        return word
    parts = word.parts
    kept = []
    for i, part in enumerate(parts):
        if 0 < i < len(parts) - 1 and isinstance(part, Hole) and isinstance(parts[i - 1], str):
            following = parts[i + 1]
            inside = isinstance(following, str) and following[:1] not in _SEPARATORS
            if inside and ("" in part.choices if part.choices else _is_undeclared(part, state)):
                continue
        kept.append(part)
    return word if len(kept) == len(parts) else join(kept)


def without_undeclared(argv: list[Value], name: Text, state: State) -> list[Value] | None:
    """The command as it is when the undeclared variables of its command word are empty; None when there are none, or
    when what is left does not begin with the name of a command."""
    parts = [part for part in name.parts if not (isinstance(part, Hole) and _is_undeclared(part, state))]
    if len(parts) == len(name.parts):
        return None
    if parts:
        return [join(parts), *argv[1:]]
    return argv[1:] if len(argv) > 1 and _names_command(argv[1]) else None


def may_vanish(word: Word | Assignment, value: Value, state: State) -> bool:
    """Whether a word is nothing but an unquoted variable of which nothing is known: empty, it is no word at all."""
    if isinstance(value, str) or isinstance(word, Assignment) or len(word.parts) != 1 or not isinstance(word.parts[0], Parameter):
        return False
    part = value.parts[0]
    return len(value.parts) == 1 and isinstance(part, Hole) and ("" in part.choices if part.choices else _is_undeclared(part, state))


def _is_undeclared(hole: Hole, state: State) -> bool:
    if len(hole.origins) != 1 or hole.origins[0].kind != "variable":
        return False
    return state.lookup(hole.origins[0].detail) is None


def _names_command(value: Value) -> bool:
    """Whether a word is likely the name or the path of a program rather than an option, an address or a setting."""
    if not isinstance(value, str) or not value or _NOT_IN_NAMES.intersection(value):
        return False
    if value.startswith(("/", "./", "../")):
        return True
    # `notes.md` is a file, `mkfs.ext4` and `python3.11` are programs.
    return value[0].isalpha() and ("." not in value or value[-1].isdigit() or value.startswith("mkfs."))
