"""Patterns of file names in code, as partly known paths."""

from __future__ import annotations

from packgate.model.value import Glob, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Part, Value

_GLOB = "*?["


def globbed(pattern: Value) -> Value:
    """A pattern of ``glob`` as the paths it finds."""
    if not isinstance(pattern, str):
        return pattern
    out: list[Value | Part] = []
    literal = ""
    index = 0
    while index < len(pattern):
        end = index + 1
        if pattern[index] == "[" and "]" in pattern[index + 2:]:
            end = pattern.index("]", index + 2) + 1
        elif pattern.startswith("**", index):
            end = index + 2
        if pattern[index] in _GLOB:
            out.extend((literal, Glob(pattern[index:end])))
            literal = ""
        else:
            literal += pattern[index]
        index = end
    return join([*out, literal])
