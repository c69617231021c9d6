"""Backslash escapes of ``echo -e``, ``printf`` and ``$'…'``."""

from __future__ import annotations

_SIMPLE = {"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
           "\\": "\\", "'": "'", '"': '"', "?": "?"}  # fmt: skip
_HEX = frozenset("0123456789abcdefABCDEF")
_OCTAL = frozenset("01234567")


def unescape(text: str, echo: bool = False, hexadecimal: bool = True, octal: bool = False) -> tuple[str, bool]:
    r"""Text with its escapes replaced, and whether ``\c`` ended the output. ``echo``: octal numbers need a leading
    zero (not with ``octal``, in ``%b``), and quotes have no escapes; without ``hexadecimal`` (POSIX shells) ``\x``,
    ``\u`` and ``\e`` mean nothing."""
    out: list[str] = []
    i = 0
    while i < len(text):
        char = text[i]
        if char != "\\" or i + 1 == len(text):
            out.append(char)
            i += 1
            continue
        letter = text[i + 1]
        if letter == "c":
            return join_bytes("".join(out)), True
        if letter in _OCTAL and (not echo or octal or letter == "0"):
            end = _run(text, i + 1, _OCTAL, 4 if echo and letter == "0" else 3)
            out.append(_byte(int(text[i + 1 : end], 8) & 255))
            i = end
        elif letter in "xuU" and hexadecimal:
            end = _run(text, i + 2, _HEX, 2 if letter == "x" else 4 if letter == "u" else 8)
            if end == i + 2:
                out.append(text[i:end])
            else:
                code = int(text[i + 2 : end], 16)
                out.append(_byte(code) if letter == "x" else _character(code))
            i = end
        elif letter in _SIMPLE and not (echo and letter in "'\"?") and (hexadecimal or letter not in "eE"):
            out.append(_SIMPLE[letter])
            i += 2
        else:
            out.append(text[i : i + 2])
            i += 2
    return join_bytes("".join(out)), False


def _character(code: int) -> str:
    return "\ufffd" if code > 0x10FFFF or 0xD800 <= code < 0xE000 else chr(code)


def _run(text: str, start: int, allowed: frozenset[str], most: int) -> int:
    end = start
    while end < len(text) and end - start < most and text[end] in allowed:
        end += 1
    return end


# A byte above ASCII is a lone surrogate (Python's ``surrogateescape``) until it is clear which character it belongs to.
def _byte(code: int) -> str:
    return chr(code) if code < 128 else chr(0xDC00 + code)


def join_bytes(text: str) -> str:
    """Join escaped bytes to the characters that they encode in UTF-8; others stay lone surrogates."""
    if text.isascii():
        return text
    return decode_bytes(encode_text(text))


def decode_bytes(data: bytes) -> str:
    """Bytes as text, without loss."""
    return data.decode("utf-8", "surrogateescape")


def encode_text(text: str) -> bytes:
    """Text as bytes: the reverse of `decode_bytes`."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")
