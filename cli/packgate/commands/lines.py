"""Lines of a stream as they arrive: in one go what has arrived, so that an answer neither waits for more nor costs a write of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedIOBase

    Lines = list[tuple[int, bytes | None]]

CHUNK = 65_536


def numbered_lines(source: BufferedIOBase, longest: int) -> Iterator[Lines]:
    """Lists of lines that are not blank, each with its number; None for one longer than ``longest`` bytes, which is read past.

    Waits for input only when every line that has arrived was yielded. An end without a line feed ends the last line.
    """
    number = 0
    kept: list[bytes] = []
    size = 0
    while True:
        chunk = source.read1(CHUNK)
        found: Lines = []
        *complete, rest = chunk.split(b"\n")
        for piece in complete:
            number += 1
            _add(found, number, kept, size, piece, longest)
            kept, size = [], 0
        if rest:
            size += len(rest)
            # Of a line that is too long nothing more is kept.
            if size <= longest:
                kept.append(rest)
        if not chunk and size:
            _add(found, number + 1, kept, size, b"", longest)
        if found:
            yield found
        if not chunk:
            return


def _add(found: Lines, number: int, kept: list[bytes], size: int, piece: bytes, longest: int) -> None:
    if size + len(piece) > longest:
        found.append((number, None))
        return
    line = b"".join((*kept, piece)) if kept else piece
    if line.strip():
        found.append((number, line))
