r"""Decoding of ``$'…'`` strings, as bash's manual describes them (section 3.1.2.4, ANSI-C Quoting)."""

from __future__ import annotations

from packgate.shell.syntax import Lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Final

_SIMPLE: Final = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip
_BYTE: Final = r"\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|x\{[0-9A-Fa-f]*\})"
_ESCAPE: Final = Lazy(
    rf"(?P<bytes>(?:{_BYTE})+)|\\u(?P<u>[0-9A-Fa-f]{{1,4}})|\\U(?P<U>[0-9A-Fa-f]{{1,8}})|\\c(?P<c>\\\\|.)|\\(?P<simple>.)",
    16,  # re.DOTALL
)
_ONE_BYTE: Final = Lazy(_BYTE)


def decode_ansi_c(text: str) -> str:
    r"""The text that the inside of ``$'…'`` stands for.

    Bytes written as ``\xHH`` or octal are joined as UTF-8, those that aren't valid as lone surrogates (Python's
    ``surrogateescape``). The shell ends the string at a NUL, so this does too.
    """
    if "\\" not in text:
        return text
    return _ESCAPE.pattern().sub(_replace, text).split("\0", 1)[0]


def _replace(match: re.Match[str]) -> str:
    if match["bytes"] is not None:
        return _bytes(match["bytes"])
    code = match["u"] or match["U"]
    if code is not None:
        number = int(code, 16)
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    if match["c"] is not None:
        return chr(ord(match["c"][0].upper()) & 0x1F if match["c"] != "?" else 0x7F)
    char: str = match["simple"]
    return _SIMPLE.get(char, "\\" + char)


def _bytes(text: str) -> str:
    out = bytearray()
    for piece in _ONE_BYTE.pattern().findall(text):
        digits = piece[1:]
        if digits[0] == "x":
            out.append(int(digits[1:].strip("{}")[-2:] or "0", 16))
        else:
            out.append(int(digits, 8) & 0xFF)
    return out.decode("utf-8", "surrogateescape")
