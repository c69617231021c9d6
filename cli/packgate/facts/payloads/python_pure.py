"""Functions and methods of Python that only compute, carried out on constants.

Nothing here touches the world: every function is one of the lists below, its arguments are constants of a bounded size, and what
it returns is bounded too.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# No constant grows beyond this many characters or items.
LARGEST = 200_000
_MOST_ITEMS = 2_000

_TEXT_METHODS = frozenset(
    "capitalize casefold center count encode endswith expandtabs find format index isalnum isalpha isascii isdecimal isdigit "
    "islower isspace istitle isupper join ljust lower lstrip partition removeprefix removesuffix replace rfind rindex rjust "
    "rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill decode hex keys values items "
    "get copy index".split()
)
_BUILTINS: dict[str, Callable[..., object]] = {
    "chr": chr, "ord": ord, "str": str, "int": int, "float": float, "bool": bool, "len": len, "hex": hex, "oct": oct, "bin": bin,
    "abs": abs, "min": min, "max": max, "sum": sum, "round": round, "repr": repr, "ascii": ascii, "format": format, "divmod": divmod,
    "any": any, "all": all, "dict": dict, "bytes": bytes, "bytearray": bytes, "bytes.fromhex": bytes.fromhex,
    "bytearray.fromhex": bytes.fromhex, "str.join": str.join, "bytes.decode": bytes.decode, "str.encode": str.encode,
    "str.maketrans": str.maketrans, "isinstance": lambda *_: None, "str.lower": str.lower, "str.upper": str.upper,
    "str.strip": str.strip, "str.replace": str.replace, "str.format": str.format, "operator.add": lambda a, b: a + b,
}
_LISTS = ("list", "tuple", "set", "frozenset", "sorted", "reversed", "enumerate", "zip", "range", "iter")


class NotFolded(Exception):
    """The result is not known."""


def text_method(receiver: object, name: str, arguments: list[object], keywords: dict[str, object]) -> object:
    """A method of a constant. Raises `NotFolded`."""
    if name not in _TEXT_METHODS or isinstance(receiver, (bool, float)) or receiver is None:
        raise NotFolded
    if isinstance(receiver, list):
        if name in ("count", "index", "copy"):
            return _bounded(lambda: getattr(receiver, name)(*arguments))
        raise NotFolded
    if name in ("center", "ljust", "rjust", "zfill", "expandtabs") and any(isinstance(a, int) and a > LARGEST for a in arguments):
        raise NotFolded
    if name in ("format", "join", "replace", "translate") and _grows(receiver, arguments):
        raise NotFolded
    return _bounded(lambda: getattr(receiver, name)(*arguments, **keywords))


def library(name: str, arguments: list[object], keywords: dict[str, object]) -> object:
    """A call of a pure function of the standard library on constants. Raises `NotFolded`."""
    if name in _BUILTINS and _small(arguments):
        if name in ("bytes", "bytearray") and arguments and isinstance(arguments[0], int):
            raise NotFolded
        return _bounded(lambda: _BUILTINS[name](*arguments, **keywords))
    if name in _LISTS:
        return _bounded(lambda: _listed(name, arguments, keywords))
    module = name.rpartition(".")[0]
    if module in ("base64", "binascii", "codecs", "zlib", "gzip", "bz2", "lzma", "urllib.parse", "html", "shlex", "textwrap", "json",
                  "string", "re", "itertools", "struct", "quopri", "uu"):
        return _bounded(lambda: _module(name, arguments, keywords))
    raise NotFolded


def _grows(receiver: object, arguments: list[object]) -> bool:
    """Whether a method could make very long text of short text: many replacements, or a width of many digits."""
    if not isinstance(receiver, (str, bytes)):
        return False
    if isinstance(receiver, str) and _has_wide_field(receiver):
        return True
    longest = max((len(item) for item in arguments if isinstance(item, (str, bytes, list, dict))), default=1)
    return (len(receiver) + 1) * longest > LARGEST * 10


def _has_wide_field(template: str) -> bool:
    """Whether a format has a width or precision of five digits or more, or one that an argument gives."""
    return any(part[:5].isdigit() and len(part[:5]) == 5 for part in template.replace(".", ":").replace("%", ":").replace("<", ":")
               .replace(">", ":").replace("^", ":").replace("0", "9").split(":")) or ("*" in template and "%" in template)


def percent(template: str, values: object) -> object:
    """``template % values`` of constants. Raises `NotFolded`."""
    if _has_wide_field(template):
        raise NotFolded
    given = tuple(values) if isinstance(values, list) else values
    return _bounded(lambda: template % given)


def _bounded(action: Callable[[], object]) -> object:
    try:
        result = action()
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, ArithmeticError, MemoryError, EOFError,
            RecursionError) as error:
        raise NotFolded from error
    if isinstance(result, tuple):
        result = list(result)
    if isinstance(result, (str, bytes, list, dict)) and len(result) > LARGEST:
        raise NotFolded
    return result


def _small(things: list[object]) -> bool:
    return sum(len(thing) for thing in things if isinstance(thing, (str, bytes, list, dict))) <= _MOST_ITEMS * 20


def _listed(name: str, arguments: list[object], keywords: dict[str, object]) -> object:
    if name == "range":
        numbers = range(*[number for number in arguments if isinstance(number, int)])
        if len(numbers) > _MOST_ITEMS:
            raise NotFolded
        return list(numbers)
    lists: list[list[object]] = [_items(argument) for argument in arguments]
    if name == "zip":
        return [list(row) for row in zip(*lists, strict=False)]
    if name == "enumerate":
        start = keywords.get("start", 0)
        return [[index, item] for index, item in enumerate(lists[0], start if isinstance(start, int) else 0)]
    if name == "reversed":
        return lists[0][::-1]
    if name == "sorted":
        if keywords.keys() - {"reverse"}:
            raise NotFolded
        return sorted(lists[0], reverse=bool(keywords.get("reverse")))  # type: ignore[type-var]
    return list(lists[0]) if lists else []


def _items(thing: object) -> list[object]:
    if isinstance(thing, (str, bytes, dict, list)):
        return list(thing)
    raise NotFolded


def _module(name: str, arguments: list[object], keywords: dict[str, object]) -> object:
    first: object = arguments[0] if arguments else None
    data = first.encode("latin-1", "replace") if isinstance(first, str) else first
    last = name.rpartition(".")[2]
    if name.startswith(("base64.", "binascii.", "zlib.", "gzip.", "bz2.", "lzma.", "quopri.")):
        if not isinstance(data, bytes):
            raise NotFolded
        return _decoded(name, last, data, arguments[1:])
    if name in ("codecs.decode", "codecs.encode") and isinstance(first, (str, bytes)):
        return _codec(last, first, str(arguments[1]) if len(arguments) > 1 else "utf-8")
    if name in ("shlex.split", "shlex.quote", "shlex.join"):
        import shlex

        return getattr(shlex, last)(first)
    if name in ("urllib.parse.unquote", "urllib.parse.unquote_plus", "urllib.parse.quote", "html.unescape", "textwrap.dedent"):
        return _text_function(name, str(first))
    if name == "json.loads" and isinstance(first, (str, bytes)):
        import json

        return json.loads(first)
    if name == "re.sub" and len(arguments) == 3 and all(isinstance(argument, str) for argument in arguments):
        pattern, replacement, text = (str(argument) for argument in arguments)
        if pattern.isalnum() or pattern in (" ", "-", "_", "#", "@", "~", ","):
            return text.replace(pattern, replacement)
    if name == "itertools.chain":
        return [item for argument in arguments for item in _items(argument)]
    raise NotFolded


def _decoded(name: str, last: str, data: bytes, rest: list[object]) -> object:
    import base64
    import binascii

    if name.startswith("base64."):
        if last not in ("b64decode", "b32decode", "b16decode", "b85decode", "a85decode", "urlsafe_b64decode", "standard_b64decode",
                        "decodebytes", "b64encode", "b32hexdecode"):
            raise NotFolded
        return getattr(base64, last)(data, *rest)
    if name.startswith("binascii."):
        if last not in ("unhexlify", "a2b_hex", "a2b_base64", "hexlify"):
            raise NotFolded
        return getattr(binascii, last)(data)
    if last != "decompress":
        raise NotFolded
    return _decompressed(name.partition(".")[0], data, rest)


def _decompressed(kind: str, data: bytes, rest: list[object]) -> bytes:
    """At most `LARGEST` bytes: a small constant can hold gigabytes."""
    if kind in ("zlib", "gzip"):
        import zlib

        window = 31 if kind == "gzip" else next((bits for bits in rest if isinstance(bits, int)), 15)
        try:
            return zlib.decompressobj(window).decompress(data, LARGEST)
        except zlib.error as error:
            raise NotFolded from error
    if kind == "bz2":
        import bz2

        try:
            return bz2.BZ2Decompressor().decompress(data, LARGEST)
        except OSError as error:
            raise NotFolded from error
    if kind == "lzma":
        import lzma

        try:
            return lzma.LZMADecompressor().decompress(data, LARGEST)
        except lzma.LZMAError as error:
            raise NotFolded from error
    raise NotFolded


def _codec(direction: str, data: str | bytes, codec: str) -> object:
    import codecs

    name = codec.lower().replace("-", "_")
    if name in ("rot13", "rot_13"):
        return codecs.decode(data if isinstance(data, str) else data.decode("latin-1"), "rot13")
    if name not in ("utf_8", "utf8", "latin_1", "latin1", "ascii", "hex", "hex_codec", "base64", "base64_codec", "unicode_escape",
                    "utf_16", "utf_16_le", "utf_7", "punycode", "idna", "raw_unicode_escape"):
        raise NotFolded
    if direction == "decode":
        return codecs.decode(data if isinstance(data, bytes) else data.encode("latin-1"), codec)
    return codecs.encode(data, codec)  # type: ignore[arg-type]


def _text_function(name: str, text: str) -> str:
    if name.startswith("urllib"):
        import urllib.parse

        function: Callable[[str], str] = getattr(urllib.parse, name.rpartition(".")[2])
        return function(text)
    if name == "html.unescape":
        import html

        return html.unescape(text)
    import textwrap

    return textwrap.dedent(text)
