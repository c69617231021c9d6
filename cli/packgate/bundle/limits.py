"""How much a bundle may be: checked before anything is read that a bundle claims about itself."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes. ``archive``: the file; ``member``: one member; ``total``: all members; ``members``: how many; ``ratio``: how many
    times its size a compressed file may grow while it is looked at."""

    archive: int = 64 * _MIB
    member: int = 16 * _MIB
    total: int = 48 * _MIB
    members: int = 4096
    ratio: int = 100


DEFAULT = Limits()
