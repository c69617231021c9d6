"""Things that Python code handles while it is evaluated.

A thing is a constant (``str``, ``bytes``, ``int``, ``float``, ``bool``, ``None``), partly known text (`Text`), a ``list``
(tuples and sets too), a ``dict``, or one of the classes here. Text of which nothing is known stands for any unknown object.
"""

from __future__ import annotations

from packgate.model.value import Origin, Text, join, origins_of, unknown
from packgate.shell.fields import size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast

    from packgate.model.value import Value

# The most characters of one text.
MOST_TEXT = 200_000
# How far origins are looked for inside lists, dictionaries and arguments.
_DEPTH = 4


class Lib:
    """Something of a library: a module, a member, or what a call of it gave. ``name`` is the dotted path with ``()`` after every
    call (``boto3.client().delete_bucket``); ``parent`` is what a member was taken from, or what was called."""

    __slots__ = ("arguments", "keywords", "name", "origins", "parent")

    def __init__(self, name: str, parent: Lib | None = None, origins: tuple[Origin, ...] = ()) -> None:
        self.name = name
        self.parent = parent
        self.origins = origins
        self.arguments: list[object] = []
        self.keywords: dict[str, object] = {}


class Method:
    """A method of a thing that is no library object, or a function with leading arguments (``functools.partial``)."""

    __slots__ = ("name", "receiver")

    def __init__(self, receiver: object, name: str) -> None:
        self.receiver = receiver
        self.name = name


class Partial:
    """``functools.partial``."""

    __slots__ = ("arguments", "function", "keywords")

    def __init__(self, function: object, arguments: list[object], keywords: dict[str, object]) -> None:
        self.function = function
        self.arguments = arguments
        self.keywords = keywords


class Scope:
    """The names of a module, function or class."""

    __slots__ = ("outer", "variables")

    def __init__(self, outer: Scope | None = None) -> None:
        self.outer = outer
        self.variables: dict[str, object] = {}

    def find(self, name: str) -> object | None:
        """What a name stands for; `MISSING` when it is not defined here."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.variables:
                return scope.variables[name]
            scope = scope.outer
        return MISSING


class Function:
    """A function or lambda that the code defines. ``ran`` tells that it was called."""

    __slots__ = ("body", "defaults", "node", "ran", "receiver", "scope")

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope) -> None:
        self.node = node
        self.scope = scope
        self.ran = False
        self.receiver: object | None = None
        self.defaults: dict[str, object] = {}


class Class:
    """A class that the code defines."""

    __slots__ = ("bases", "members", "name")

    def __init__(self, name: str, bases: list[object], members: dict[str, object]) -> None:
        self.name = name
        self.bases = bases
        self.members = members


class Instance:
    """An object of a `Class`."""

    __slots__ = ("attributes", "kind")

    def __init__(self, kind: Class) -> None:
        self.kind = kind
        self.attributes: dict[str, object] = {}


class PathText:
    """A path of ``pathlib``."""

    __slots__ = ("text",)

    def __init__(self, text: Value) -> None:
        self.text = text


class Opened:
    """An open file."""

    __slots__ = ("binary", "path")

    def __init__(self, path: Value, binary: bool = False) -> None:
        self.path = path
        self.binary = binary


class Some:
    """A collection of unknown size whose items are all like one."""

    __slots__ = ("item",)

    def __init__(self, item: object) -> None:
        self.item = item


class Missing:
    """The mark of a name that is not defined."""

    __slots__ = ()


MISSING = Missing()


def text_of(thing: object) -> Value:
    """The text of a thing, as ``str()`` makes it; unknown text where it is not known."""
    if isinstance(thing, (str, Text)):
        return thing
    if isinstance(thing, bytes):
        return thing.decode("utf-8", "replace")
    if thing is None or isinstance(thing, (bool, int, float)):
        return str(thing)
    if isinstance(thing, PathText):
        return thing.text
    origins = sources(thing)
    return unknown(*origins) if origins else unknown(Origin("argument", _label(thing)))


def _label(thing: object) -> str:
    return thing.name.rpartition(".")[2].rstrip("()") if isinstance(thing, Lib) else ""


def sources(thing: object, depth: int = 0) -> list[Origin]:
    """Where the content of a thing comes from."""
    if isinstance(thing, Text):
        return list(origins_of(thing))
    if isinstance(thing, Lib):
        return list(thing.origins)
    if isinstance(thing, PathText):
        return list(origins_of(thing.text))
    if isinstance(thing, Opened):
        return [Origin("file", thing.path if isinstance(thing.path, str) else "")]
    if depth > _DEPTH:
        return []
    items: list[object] = []
    if isinstance(thing, list):
        items = thing
    elif isinstance(thing, dict):
        items = list(thing.values())
    elif isinstance(thing, Some):
        items = [thing.item]
    elif isinstance(thing, Instance):
        items = list(thing.attributes.values())
    return [origin for item in items for origin in sources(item, depth + 1)]


def derived(things: list[object], label: str = "") -> Text:
    """Unknown text that was made from things."""
    origins = [origin for thing in things for origin in sources(thing)]
    return unknown(*origins) if origins else unknown(Origin("argument", label))


def is_known(thing: object) -> bool:
    """Whether a thing is a constant or consists of constants."""
    if isinstance(thing, list):
        return all(is_known(item) for item in thing)
    if isinstance(thing, dict):
        return all(is_known(item) for item in thing.values())
    return thing is None or isinstance(thing, (str, bytes, bool, int, float))


def words_of(thing: object) -> list[Value] | None:
    """The items of a list as an argument vector; None for anything else."""
    if not isinstance(thing, list):
        return None
    return [text_of(item.item if isinstance(item, Some) else item) for item in thing]


def both(one: object, other: object) -> object:
    """What a name stands for after two branches that set it differently."""
    if one is other or (is_known(one) and is_known(other) and type(one) is type(other) and one == other):
        return one
    if one is None or isinstance(one, Missing):
        return other
    if other is None or isinstance(other, Missing):
        return one
    if isinstance(one, PathText) or isinstance(other, PathText):
        return PathText(_either(text_of(one), text_of(other)))
    if isinstance(one, (str, Text, bytes)) and isinstance(other, (str, Text, bytes)):
        return _either(text_of(one), text_of(other))
    if isinstance(one, (Lib, Function, Class)) and isinstance(other, (str, Text, int, float)):
        return one
    if isinstance(other, (Lib, Function, Class)) and isinstance(one, (str, Text, int, float)):
        return other
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *(item for item in other if not any(item is known for known in one))]
    if isinstance(one, (Lib, Function, Class, Instance)):
        return one
    return derived([one, other])


def _either(one: Value, other: Value) -> Value:
    if one == other:
        return one
    if isinstance(one, str) and isinstance(other, str):
        return unknown(choices=tuple(sorted({one, other})))
    return unknown(*origins_of(one), *origins_of(other))


def joined(parts: list[object]) -> Value:
    """Concatenate things as text, which is unknown when there is too much of it."""
    found = [text_of(part) for part in parts]
    if sum([size_of(value) for value in found]) > MOST_TEXT:
        return unknown(Origin("limit", "text"))
    return join(found)
