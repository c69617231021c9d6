"""What was read, on its way to who decides it: a file for every range, in it a block for every share of the distinct actions.

Blocks are `marshal` of plain data with a checksum: they stay on the machine, in a folder of their owner's, and are read by the version of
Python that wrote them (`Work` holds that).
"""

from __future__ import annotations

import marshal
import os
import struct
from typing import TYPE_CHECKING, Any
from zlib import crc32

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NUMBER = struct.Struct("<Q")
_HEAD = struct.Struct("<QQL")


class Torn(UserError):
    """A file of the work is not what was written."""


def write_blocks(path: Path, blocks: Sequence[Any]) -> None:
    """Write blocks to a file that appears whole or not at all."""
    written = [marshal.dumps(block, 2) for block in blocks]
    at = _NUMBER.size + _HEAD.size * len(written)
    heads = []
    for block in written:
        heads.append(_HEAD.pack(at, len(block), crc32(block)))
        at += len(block)
    partial = path.with_suffix(".partial")
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(_NUMBER.pack(len(written)))
        stream.writelines(heads)
        stream.writelines(written)
    os.replace(partial, path)


def read_block(path: Path, number: int) -> Any:
    """One block of a file. Raises `Torn` for one that is damaged, and `OSError`."""
    with path.open("rb") as stream:
        stream.seek(_NUMBER.size + _HEAD.size * number)
        head = stream.read(_HEAD.size)
        if len(head) == _HEAD.size:
            start, length, checksum = _HEAD.unpack(head)
            stream.seek(start)
            data = stream.read(length)
            if len(data) == length and crc32(data) == checksum:
                return marshal.loads(data)  # noqa: S302 - written by this program, in a folder of its user's
    raise Torn(f"{path}: block {number} is damaged", "remove the folder, and begin again")
