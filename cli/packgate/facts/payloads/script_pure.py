"""Functions of JavaScript, Perl, Ruby, PHP and Lua that only compute, carried out on constants."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_DECODE64 = frozenset((
    "atob", "base64_decode", "decode_base64", "MIME::Base64::decode_base64", "MIME::Base64::decode", "Base64.decode64",
    "Base64.strict_decode64",
    "Base64.urlsafe_decode64",
))
_LARGEST = 100_000


def pure(name: str, arguments: list[object]) -> object:
    """The result of a pure function on constants; None when it is none, or its result is not known."""
    if not arguments or not all(isinstance(argument, (str, list)) for argument in arguments):
        return None
    first = arguments[0]
    try:
        if isinstance(first, str):
            return _text(name, first, arguments[1:])
    except (ValueError, LookupError, OverflowError, TypeError):
        return None
    return None


def _text(name: str, text: str, rest: list[object]) -> object:
    if name in _DECODE64:
        return decode64(text)
    if name in ("Buffer.from", "bytes") and rest and rest[0] in ("base64", "base64url", "hex"):
        return decode64(text) if rest[0] != "hex" else bytes.fromhex(text).decode("utf-8", "replace")
    if name in ("hex2bin",):
        return bytes.fromhex(text).decode("utf-8", "replace")
    if name == "pack" and rest and isinstance(rest[0], str) and text in ("H*", "H"):
        return bytes.fromhex(rest[0]).decode("utf-8", "replace")
    if name in ("String.fromCharCode", "chr", "string.char", "String.fromCodePoint", "utf8.char"):
        return "".join(chr(int(item, 0)) for item in [text, *rest] if isinstance(item, str))
    if name in ("strrev", "string.reverse", "reverse"):
        return text[::-1]
    if name == "str_rot13":
        import codecs

        return codecs.decode(text, "rot13")
    if name in ("unescape", "decodeURIComponent", "decodeURI", "urldecode", "rawurldecode", "CGI.unescape",
                "URI.decode_www_form_component"):
        import urllib.parse

        return urllib.parse.unquote(text)
    if name in ("strtolower", "lc", "string.lower"):
        return text.lower()
    if name in ("strtoupper", "uc", "string.upper"):
        return text.upper()
    if name in ("implode", "join") and rest:
        return text.join(str(item) for item in (rest[0] if isinstance(rest[0], list) else rest))
    if name in ("sprintf", "string.format", "format") and "%" in text and all(isinstance(item, str) for item in rest):
        return _format(text, rest)
    if name in ("str_replace",) and len(rest) > 1 and isinstance(rest[0], str) and isinstance(rest[1], str) and text:
        return rest[1].replace(text, rest[0])
    return None


def _format(template: str, values: list[object]) -> object:
    pieces = template.replace("%d", "%s").split("%s")
    if len(pieces) != len(values) + 1:
        return None
    return "".join([pieces[0], *(f"{value}{piece}" for value, piece in zip(values, pieces[1:], strict=True))])


def decode64(text: str) -> str:
    """Base64 with or without its padding. Raises `ValueError`."""
    import base64

    text = text.replace("-", "+").replace("_", "/").strip()
    return base64.b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "replace")


_METHODS: dict[str, Callable[[str], object]] = {
    "toString": str, "trim": str.strip, "toLowerCase": str.lower, "toUpperCase": str.upper, "strip": str.strip, "downcase": str.lower,
    "upcase": str.upper,
    "reverse": lambda text: text[::-1], "to_s": str, "chomp": lambda text: text.rstrip("\n"), "to_sym": str, "freeze": str,
    "lower": str.lower, "upper": str.upper,
    "chars": list, "valueOf": str, "dup": str, "b": str, "to_str": str, "toLocaleLowerCase": str.lower, "toPath": str, "to_path": str,
    "trimEnd": str.rstrip,
    "chr": lambda text: chr(int(text, 0)),
}


def text_method(text: str, name: str, arguments: list[object]) -> object:
    """A method of constant text; None when its result is not known."""
    if name in _METHODS and not arguments:
        try:
            return _METHODS[name](text)
        except (ValueError, OverflowError):
            return None
    if name == "toString" or (name == "unpack1" and arguments == ["m"]) or (name == "unpack" and arguments in (["m"], ["m0"])):
        try:
            return decode64(text) if name != "toString" else text
        except ValueError:
            return None
    first = arguments[0] if arguments else None
    if name == "split":
        return list(text) if first == "" else text.split(first if isinstance(first, str) and first != " " else None)
    if name in ("replace", "replaceAll", "gsub", "sub", "tr", "delete") and isinstance(first, str) and first and len(text) < _LARGEST:
        second = arguments[1] if len(arguments) > 1 else ""
        if isinstance(second, str):
            return text.replace(first, second, -1 if name in ("replaceAll", "gsub", "delete", "tr") else 1)
    if name in ("concat",) and all(isinstance(item, str) for item in arguments):
        return text + "".join(str(item) for item in arguments)
    if name in ("slice", "substring", "substr") and isinstance(first, str) and first.lstrip("-").isdigit():
        end = arguments[1] if len(arguments) > 1 else None
        start = int(first)
        if isinstance(end, str) and end.lstrip("-").isdigit():
            return text[start:start + int(end)] if name == "substr" else text[start:int(end)]
        return text[start:]
    return None
