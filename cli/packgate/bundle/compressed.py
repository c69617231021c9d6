"""Compressed files: a bundle never is one. They are looked into only to tell a host's mistake from an attack, and nothing is kept."""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import TYPE_CHECKING, Protocol

from packgate.bundle.refusals import DecompressionBomb, NotCanonical

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.bundle.limits import Limits

# Of the largest piece of output that is in memory at a time.
_PIECE = 1 << 16
_INPUT = 1 << 12
_UNREAD = {b"PK\x03\x04": "zip", b"\x28\xb5\x2f\xfd": "zstd"}


class _Decoder(Protocol):
    """What bz2, lzma and (wrapped) zlib share."""

    def decompress(self, data: bytes, max_length: int) -> bytes: ...

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...


class _Gzip:
    """zlib's decoder with the interface of the others."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(wbits=31)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._decoder.decompress(self._decoder.unconsumed_tail + data, max_length)

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def needs_input(self) -> bool:
        return not self._decoder.unconsumed_tail


_READ: dict[bytes, tuple[str, Callable[[], _Decoder]]] = {
    b"\x1f\x8b": ("gzip", _Gzip),
    b"BZh": ("bzip2", bz2.BZ2Decompressor),
    b"\xfd7zXZ\x00": ("xz", lambda: lzma.LZMADecompressor(memlimit=128 << 20)),
}


def refuse_compressed(data: bytes, limits: Limits) -> None:
    """Refuse a compressed file, as a bomb when it grows beyond the limits. Does nothing for others. Raises `Refused`."""
    for mark, kind in _UNREAD.items():
        if data.startswith(mark):
            raise NotCanonical(f"the file is compressed ({kind}); a bundle never is")
    for mark, (kind, decoder) in _READ.items():
        if data.startswith(mark):
            _measure(data, kind, decoder(), limits)
            raise NotCanonical(
                f"the file is compressed ({kind}); a bundle never is",
                "serve the file as it was built; Content-Encoding is for the connection, not for the file",
            )


def _measure(data: bytes, kind: str, decoder: _Decoder, limits: Limits) -> None:
    """Decode piece by piece and throw away; stop at the first piece beyond a limit."""
    most = min(limits.archive, limits.ratio * len(data))
    grown = place = 0
    while not decoder.eof and (place < len(data) or not decoder.needs_input):
        piece = b""
        if decoder.needs_input:
            piece = data[place : place + _INPUT]
            place += len(piece)
        try:
            grown += len(decoder.decompress(piece, _PIECE))
        except (zlib.error, OSError, lzma.LZMAError, EOFError):
            return
        if grown > most:
            raise DecompressionBomb(f"{len(data)} bytes of {kind} grow to more than {most}", "a bundle is never compressed")
