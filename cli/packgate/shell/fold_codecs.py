"""Folding of decoders: base64, base32, hexadecimal, gzip, bzip2, xz."""

from __future__ import annotations

import re

from packgate.model.value import Origin, join, origins_of, unknown
from packgate.shell.escapes import decode_bytes, encode_text
from packgate.shell.fold import options
from packgate.shell.limits import TEXT_SIZE
from packgate.shell.partial import each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.fold import Given

_DECOMPRESS = {
    "gunzip": "gzip", "zcat": "gzip", "gzcat": "gzip", "bunzip2": "bzip2", "bzcat": "bzip2", "unxz": "xz",
    "xzcat": "xz",
}  # fmt: skip


_FOREIGN = re.compile(r"[^A-Za-z0-9+/=\n]")
_HALVES = "".join(map(chr, range(0xDC80, 0xDD00)))
_BASENC = {"base64": "base64", "base64url": "base64", "base32": "base32", "base16": "hex"}


def run(given: Given) -> Value | None:
    """The output of one of the programs of this module."""
    name = given.name.removeprefix("g") if given.name == "gbase64" else given.name
    if name in ("base64", "base32"):
        return _base(given, name)
    if name in ("basenc", "gbasenc"):
        return _basenc(given)
    if name == "xxd":
        return _xxd(given)
    if name == "openssl":
        return _openssl(given)
    if name in _DECOMPRESS or name in ("gzip", "bzip2", "xz"):
        return _compressed(given, name)
    return None


def _decoded(given: Given, operands: list[Value], kind: str) -> Value:
    """The decoded input; when that is unknown, it is marked as something that was encoded."""
    source = given.inputs(operands)
    result = each(source, lambda text: decode(kind, text))
    if result is not None:
        return result
    return unknown(Origin("encoded", kind), *origins_of(source))


def _base(given: Given, name: str) -> Value | None:
    found, operands = options(given.argv, "wbi" if "D" in found_letters(given) else "wb")
    if found.get("i"):
        operands = [found["i"]]
    if "d" in found or "D" in found or "decode" in found:
        garbage = name == "base64" and "i" not in found and "ignore-garbage" not in found
        return (_stopped(given.inputs(operands)) if garbage else None) or _decoded(given, operands, name)
    source = given.inputs(operands)
    wrap = found.get("w", found.get("wrap", "76"))
    width = int(wrap) if wrap.isdigit() else 76
    result = each(source, lambda text: _encode(name, text, width))
    return result if result is not None else given.failed(source)


def _stopped(source: Value) -> Value | None:
    """What is decoded of base64 with a foreign character in it: GNU's program stops there, others skip it. None without one."""
    found = _FOREIGN.search(source) if isinstance(source, str) else None
    if found is None or not isinstance(source, str):
        return None
    before = source[: found.start()].replace("\n", "")
    begin = decode("base64", before[: len(before) // 4 * 4])
    # The last bytes may be the beginning of a character.
    return join(((begin or "").rstrip(_HALVES), unknown(Origin("encoded", "base64"))))


def _basenc(given: Given) -> Value | None:
    """``basenc -d`` in the encodings that differ by their letters only."""
    found, operands = options(given.argv, "w")
    kind = next((name for option, name in _BASENC.items() if option in found), None)
    if kind is None or not {"d", "decode"} & set(found):
        return None
    source = given.inputs(operands)
    if "base64url" in found:
        translated = each(source, lambda text: text.replace("-", "+").replace("_", "/"))
        source = source if translated is None else translated
    result = each(source, lambda text: decode(kind, text))
    return result if result is not None else unknown(Origin("encoded", kind), *origins_of(source))


def found_letters(given: Given) -> str:
    """All short option letters."""
    return "".join(word[1:] for word in given.argv[1:] if isinstance(word, str) and word[:1] == "-" != word[1:2])


def _encode(name: str, text: str, width: int) -> str:
    import base64

    data = encode_text(text)
    encoded = (base64.b64encode(data) if name == "base64" else base64.b32encode(data)).decode("ascii")
    if not width:
        return encoded
    return "".join(encoded[i : i + width] + "\n" for i in range(0, len(encoded), width))


def _xxd(given: Given) -> Value | None:
    found, operands = options(given.argv, "closg")
    if "r" not in found and "revert" not in found:
        source = given.inputs(operands)
        if "p" not in found and "ps" not in found:
            return given.failed(source)
        result = each(source, _hex)
        return result if result is not None else given.failed(source)
    return _decoded(given, operands, "hex" if "p" in found or "ps" in found else "xxd")


def _hex(text: str) -> str:
    digits = encode_text(text).hex()
    return "".join(digits[i : i + 60] + "\n" for i in range(0, len(digits), 60))


def _openssl(given: Given) -> Value | None:
    """``openssl base64 -d`` and ``openssl enc -base64 -d``; anything else is not folded."""
    words = given.argv[1:]
    plain = words[:1] == ["base64"] or (words[:1] == ["enc"] and ("-base64" in words or "-a" in words))
    if not plain or any(isinstance(word, str) and word.startswith(("-aes", "-des", "-cha")) for word in words):
        return None
    operands: list[Value] = [words[words.index("-in") + 1]] if "-in" in words[:-1] else []
    if "-d" in words:
        return _decoded(given, operands, "base64")
    source = given.inputs(operands)
    result = each(source, lambda text: _encode("base64", text, 64))
    return result if result is not None else given.failed(source)


def _compressed(given: Given, name: str) -> Value | None:
    letters = found_letters(given)
    kind = _DECOMPRESS.get(name, name)
    decompress = name in _DECOMPRESS or "d" in letters or "--decompress" in given.argv or "--uncompress" in given.argv
    _, operands = options(given.argv, "")
    to_output = not operands or name in ("zcat", "gzcat", "bzcat", "xzcat") or "c" in letters or "--stdout" in given.argv
    if not to_output:
        return ""
    if decompress:
        return _decoded(given, operands, kind)
    source = given.inputs(operands)
    result = each(source, lambda text: _compress(kind, text))
    return result if result is not None else given.failed(source)


def _compress(kind: str, text: str) -> str:
    data = encode_text(text)
    if kind == "gzip":
        import zlib

        work = zlib.compressobj(6, zlib.DEFLATED, 31)
        return decode_bytes(work.compress(data) + work.flush())
    if kind == "bzip2":
        import bz2

        return decode_bytes(bz2.compress(data))
    import lzma

    return decode_bytes(lzma.compress(data))


def decode(kind: str, text: str) -> str | None:
    """Text decoded; None when it is not that encoding. What decodes to more than the limit is not known."""
    try:
        data = _bytes_of(kind, text)
    except (ValueError, EOFError, OSError):
        return None
    except Exception as error:  # zlib.error and lzma.LZMAError derive from Exception alone
        if type(error).__module__ not in ("zlib", "_lzma", "lzma"):
            raise
        return None
    return decode_bytes(data) if data is not None and len(data) <= TEXT_SIZE else None


def _bytes_of(kind: str, text: str) -> bytes | None:
    if kind == "base64":
        return _from_base64(text)
    if kind == "base32":
        import base64

        letters = "".join(char for char in text.upper() if char.isalnum())
        return base64.b32decode(letters + "=" * (-len(letters) % 8))
    if kind == "hex":
        digits = "".join(char for char in text if char in "0123456789abcdefABCDEF")
        return bytes.fromhex(digits[: len(digits) // 2 * 2])
    if kind == "xxd":
        return _from_dump(text)
    return _decompressed(kind, encode_text(text))


def _from_base64(text: str) -> bytes:
    """Lenient as the program with ``-i``: other characters are skipped, and missing padding is added."""
    import binascii

    letters = "".join(char for char in text if char.isascii() and (char.isalnum() or char in "+/"))
    letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))


def _from_dump(text: str) -> bytes:
    """The bytes of a hexadecimal dump: ``offset: hex  characters``."""
    out = bytearray()
    for line in text.splitlines():
        _, _, rest = line.partition(":")
        digits = "".join(rest.split("  ")[0].split())
        out += bytes.fromhex(digits[: len(digits) // 2 * 2])
    return bytes(out)


def _decompressed(kind: str, data: bytes) -> bytes | None:
    if kind == "gzip":
        import zlib

        return zlib.decompressobj(47).decompress(data, TEXT_SIZE + 1)
    if kind == "bzip2":
        import bz2

        return bz2.BZ2Decompressor().decompress(data, TEXT_SIZE + 1)
    import lzma

    return lzma.LZMADecompressor(memlimit=64_000_000).decompress(data, TEXT_SIZE + 1)
