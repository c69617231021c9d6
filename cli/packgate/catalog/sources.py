"""Sources of the catalog (`$1..`, `$--profile|url.host`) from text to their compiled form.

The compiled form is a list: the kind and its arguments. ``["text", T]``, ``["operands", FIRST, LAST]`` (1-based,
negative from the end, both included; one operand when they are equal), ``["option", NAME]``, ``["options", GLOB]``,
``["setting", OPTION, NAME]``, ``["env", NAME]``, ``["assigned", NAME]``, ``["stdin"]``, ``["command", INDEX]``, ``["program"]``,
``["cwd"]``, ``["it"]``, ``["rest"]``, ``["parse", SOURCE, PARSER, PART]``.
"""

from __future__ import annotations

import re

from packgate.catalog.problems import did_you_mean
from packgate.catalog.words import PARSERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.catalog.problems import Place

    Compiled = list[Any]

_ONE = re.compile(r"-?[1-9][0-9]*")
_RANGE = re.compile(r"([1-9][0-9]*)?\.\.(-?[1-9][0-9]*)?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def compile_source(value: Any, place: Place) -> Compiled:
    """One source. What does not start with ``$`` is that text; a mapping is what `compile_value` reads."""
    if isinstance(value, dict):
        return compile_value(value, place)
    text = place.text(value)
    if not text.startswith("$"):
        return ["text", text]
    head, *parsers = text[1:].split("|")
    source = _plain(head, place)
    for parser in parsers:
        name, _, part = parser.partition(".")
        if name not in PARSERS:
            place.wrong(f"unknown parser {name!r}", did_you_mean(name, sorted(PARSERS)))
        elif part and part not in PARSERS[name]:
            known = ", ".join(sorted(PARSERS[name])) or "no parts"
            place.wrong(f"the parser {name!r} has no part {part!r}; it has {known}")
        source = ["parse", source, name, part or None]
    return source


def _plain(head: str, place: Place) -> Compiled:
    if head == "operands":
        return ["operands", 1, -1]
    if head in ("cwd", "stdin", "program", "it"):
        return [head]
    if head == "command" or head.startswith("command."):
        return _command(head, place)
    if head.startswith("env."):
        return ["env", head[4:]]
    if _ONE.fullmatch(head):
        return ["operands", int(head), int(head)]
    found = _RANGE.fullmatch(head)
    if found is not None:
        return ["operands", int(found.group(1) or 1), int(found.group(2) or -1)]
    if head == "--":
        return ["rest"]
    if head.startswith("-") and len(head) > 1:
        option, dot, name = head.partition(".")
        if dot:
            return ["setting", option, name]
        return ["options" if "*" in head or "?" in head else "option", head]
    if head.endswith("=") and _NAME.fullmatch(head[:-1]):
        return ["assigned", head[:-1]]
    place.wrong(f"unknown source '${head}'", "write $1, $2.., $operands, $--option, $env.NAME, $cwd, $stdin, $command, $program or $it")
    return ["text", ""]


def _command(head: str, place: Place) -> Compiled:
    index = head[len("command."):]
    if not index:
        return ["command", None]
    if not _ONE.fullmatch(index):
        place.wrong(f"'${head}': expected a number after the dot")
        return ["command", None]
    return ["command", int(index)]


def compile_sources(value: Any, place: Place) -> list[Compiled]:
    """A source or a list of sources."""
    if isinstance(value, list):
        return [compile_source(item, place.at(index)) for index, item in enumerate(value)]
    return [compile_source(value, place)]


def compile_values(value: Any, place: Place) -> list[Compiled]:
    """A list whose items are sources or ``{first: [...]}``, or one such item."""
    if isinstance(value, list):
        return [compile_value(item, place.at(index)) for index, item in enumerate(value)]
    return [compile_value(value, place)]


def compile_value(value: Any, place: Place) -> Compiled:
    """What a field takes: ``["all", sources]``, ``["first", sources]`` for ``{first: [...]}``, or
    ``["into", directory, names]`` for ``{into: DIRECTORY, names: SOURCES}``."""
    if isinstance(value, dict) and "into" in value:
        place.check_keys(value, ("into", "names"))
        directory = compile_value(value["into"], place.at("into"))
        return ["into", directory, compile_value(value.get("names", []), place.at("names"))]
    if isinstance(value, dict):
        place.check_keys(value, ("first",))
        return ["first", compile_sources(value.get("first", []), place.at("first"))]
    return ["all", compile_sources(value, place)]
