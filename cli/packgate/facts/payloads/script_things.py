"""Things that short programs handle: text, lists (``list``), tables (``dict``), and the classes here."""

from __future__ import annotations

from packgate.model.value import Origin, Text, join, origins_of, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.payloads.script_lexer import Token
    from packgate.model.value import Value

_DEPTH = 4
# The name of a member that is not known.
UNKNOWN_NAME = "(unknown)"


class Ref:
    """Something of a library, by its dotted name, with ``()`` after a call; ``arguments`` are those of the last call."""

    __slots__ = ("arguments", "name", "origins")

    def __init__(self, name: str, origins: tuple[Origin, ...] = (), arguments: list[object] | None = None) -> None:
        self.name = name
        self.origins = origins
        self.arguments = arguments if arguments is not None else []


class Function:
    """A function that the program defines."""

    __slots__ = ("body", "name", "names", "ran")

    def __init__(self, names: list[str], body: list[Token]) -> None:
        self.names = names
        self.body = body
        self.name = ""
        self.ran = False


def text_of(thing: object) -> Value:
    """The text of a thing; unknown text where it is not known."""
    if isinstance(thing, (str, Text)):
        return thing
    if thing is None:
        return ""
    if isinstance(thing, list):
        return join([text_of(item) for item in thing])
    return derived([thing])


def derived(things: list[object]) -> Text:
    """Unknown text that was made from things."""
    origins = [origin for thing in things for origin in sources(thing)]
    return unknown(*origins) if origins else unknown(Origin("argument", ""))


def sources(thing: object, depth: int = 0) -> list[Origin]:
    """Where the content of a thing comes from."""
    if isinstance(thing, Text):
        return list(origins_of(thing))
    if isinstance(thing, Ref):
        return list(thing.origins)
    if depth > _DEPTH:
        return []
    items = list(thing.values()) if isinstance(thing, dict) else thing if isinstance(thing, list) else []
    return [origin for item in items for origin in sources(item, depth + 1)]


def known_list(thing: object) -> list[object]:
    """The items of a list; a thing alone is a list of one."""
    return list(thing) if isinstance(thing, list) else [thing]


def flattened(things: list[object]) -> list[object]:
    """Lists inside spread, as Perl and the spread operator do."""
    out: list[object] = []
    for thing in things:
        if isinstance(thing, list):
            out.extend(flattened(thing))
        elif not isinstance(thing, (dict, Function)):
            out.append(thing)
    return out


def path_of(thing: object) -> Value:
    """The path of a thing: that of `Pathname.new("x")` is its argument."""
    if isinstance(thing, Ref) and thing.arguments and thing.name.endswith("()"):
        return text_of(thing.arguments[0])
    return text_of(thing)
