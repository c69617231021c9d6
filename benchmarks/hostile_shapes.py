"""Hostile lines of about 100 KB, each of one shape. Nothing here is ever run."""

from __future__ import annotations

from hostile_meaning import explosions, recursions
from hostile_payloads import payloads
from hostile_surfaces import lines, surfaces
from hostile_syntax import closed_nests, endless, flat, long_words, nests_of_commands, open_nests, other_shells
from hostile_text import Shape, command

# Of the nests and explosions those whose meaning can be told from the text all the same.
READABLE = frozenset((
    "quoted eval in eval", "negated conditions", "a string that doubles in a loop", "an alias of itself", "an endless loop", "conditions in each other",
    "arithmetic loops in each other", "a power that grows", "shifts without end", "escapes beyond Unicode", "subscripts of subscripts",
))  # fmt: skip


def shapes() -> list[Shape]:
    """All shapes, with names that are unique."""
    large = {**open_nests(), **closed_nests(), **nests_of_commands(), **explosions(), **recursions(), **endless()}
    found = [command(name, text, name not in READABLE) for name, text in large.items()]
    found += [command(name, text) for name, text in {**flat(), **long_words(), **payloads()}.items()]
    found += [command(f"{shell}: {name}", text, beyond, shell) for shell, name, text, beyond in other_shells()]
    return [*found, *surfaces(), *lines()]
