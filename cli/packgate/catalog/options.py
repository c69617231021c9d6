"""Option declarations and neutral words of the catalog, from YAML to their compiled form."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.catalog.problems import Place

_SPELLING = re.compile(r"[-+][^\s=\[\]]+|--")
_METAVAR = re.compile(r"[A-Z][^\s\[\]a-z]*")
_ATTACHED = re.compile(r"(?P<name>[-+][^\s=\[\]]+)\[=?(?P<metavar>[^\s\[\]]+)\]")

# How an option takes a value: not at all, from the next word (or words), only attached, or all words that follow.
FLAG = "flag"
VALUE = "value"
ATTACHED = "attached"
REST = "rest"
# Attached values that are numbers: what follows the digits in a bundle is the next option (``-le CODE``).
_NUMBERS = ("N", "OCTAL")


def compile_options(value: Any, place: Place) -> list[list[Any]]:
    """``[kind, spellings]`` for each declaration; a value option of several values has their number as third item, one whose
    attached value is a number has 0."""
    out = []
    seen: set[str] = set()
    for index, item in enumerate(place.listing(value)):
        compiled = _declaration(place.at(index).text(item), place.at(index))
        for spelling in compiled[1]:
            if spelling in seen:
                place.at(index).wrong(f"option {spelling} is declared twice")
            seen.add(spelling)
        out.append(compiled)
    return out


def _declaration(text: str, place: Place) -> list[Any]:
    """``-f --force``, ``-o --output FILE``, ``--arg NAME VALUE``, ``--color[=WHEN]`` or ``-x CMD...``."""
    kind = FLAG
    count = 0
    spellings: list[str] = []
    for word in text.split():
        attached = _ATTACHED.fullmatch(word)
        if attached is not None:
            kind = ATTACHED
            count = 0 if attached.group("metavar") in _NUMBERS else 1
            spellings.append(attached.group("name"))
        elif _SPELLING.fullmatch(word) and kind not in (VALUE, REST):
            spellings.append(word)
        elif _METAVAR.fullmatch(word) and kind in (FLAG, VALUE) and spellings:
            kind = REST if word.endswith("...") else VALUE
            count += 1
        else:
            place.wrong(f"cannot read the option {text!r} at {word!r}", 'write "-f --force", "-o --output FILE" or "--color[=WHEN]"')
            return [FLAG, spellings or ["-"]]
    if not spellings:
        place.wrong("an option has at least one spelling")
        return [FLAG, ["-"]]
    return [kind, spellings, count] if count > 1 or (kind == ATTACHED and not count) else [kind, spellings]


def compile_neutral(value: Any, place: Place) -> list[list[Any]]:
    """``[word or option, excepted value or None]`` for each: ``--dry-run``, ``--dry-run!=none``, ``help``."""
    out = []
    for index, item in enumerate(value if isinstance(value, list) else [value]):
        name, excepted, other = place.at(index).text(item).partition("!=")
        out.append([name.strip(), other.strip() if excepted else None])
    return out
