"""The archive of a bundle: an uncompressed tar (POSIX ustar) of which there is one form for one content.

Writer and reader are of one mind: every field of a header but name, size and checksum is fixed, members are files only, nothing
follows the two empty blocks of the end. So what was read is written again, and any other byte shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.bundle.limits import DEFAULT, Limits
from packgate.bundle.names import check_name
from packgate.bundle.refusals import (
    Damaged,
    DecompressionBomb,
    Device,
    HardLink,
    MemberDuplicated,
    MemberTooLarge,
    NotABundle,
    NotAFile,
    NotCanonical,
    Refused,
    SymbolicLink,
    TooManyMembers,
    TotalTooLarge,
    Truncated,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BLOCK = 512
_END = bytes(2 * BLOCK)
_MAGIC = b"ustar\x0000"
_FILE = b"0"
# Where a header's fields begin and end.
_NAME, _SIZE, _SUM = slice(0, 100), slice(124, 136), slice(148, 156)
_TYPE, _MARK, _PREFIX = slice(156, 157), slice(257, 265), slice(345, 500)
_NOT_FILES: dict[bytes, tuple[type[Refused], str]] = {
    b"1": (HardLink, "a hard link"),
    b"2": (SymbolicLink, "a symbolic link"),
    b"3": (Device, "a character device"),
    b"4": (Device, "a block device"),
    b"6": (Device, "a named pipe"),
    b"5": (NotAFile, "a folder"),
    b"S": (DecompressionBomb, "a sparse file, which grows when it is unpacked"),
}


def write_archive(members: Mapping[str, bytes], order: Sequence[str]) -> bytes:
    """The bytes of an archive with members in an order. Raises `ValueError` for a name that a member can't have."""
    parts = []
    for name in order:
        data = members[name]
        parts += [_header(name, len(data)), data, bytes(-len(data) % BLOCK)]
    return b"".join([*parts, _END])


def read_archive(data: bytes, limits: Limits = DEFAULT) -> dict[str, bytes]:
    """The members by name, in the archive's order. Raises `Refused`. `check_form` says whether a builder wrote it."""
    return _Reader(data, limits).read()


def check_form(members: Mapping[str, bytes], data: bytes) -> None:
    """Hold the bytes against what `write_archive` writes: fixed fields, padding, the end, whatever the reader did not look at. Raises
    `Refused` (`NotCanonical`)."""
    written = write_archive(members, list(members))
    if data == written:
        return
    if data.startswith(written):
        raise NotCanonical(f"{len(data) - len(written)} bytes follow the end of the archive")
    raise NotCanonical("the archive has other metadata or padding than a builder writes")


def _header(name: str, size: int) -> bytes:
    encoded = name.encode("ascii")
    if not 0 < len(encoded) <= 100:
        raise ValueError(f"a member's name has 1 to 100 ASCII characters: {name!r}")
    block = bytearray(BLOCK)
    fields = (
        (0, encoded), (100, b"0000644\0"), (108, b"0000000\0"), (116, b"0000000\0"), (124, b"%011o\0" % size), (136, b"00000000000\0"),
        (148, b" " * 8), (156, _FILE), (257, _MAGIC),
    )
    for start, value in fields:
        block[start : start + len(value)] = value
    block[_SUM] = b"%06o\0 " % sum(block)
    return bytes(block)


class _Reader:
    """One walk over an archive. Nothing is copied before its size is known to be allowed."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data = data
        self.limits = limits
        self.place = 0
        self.members: dict[str, bytes] = {}
        self.folded: dict[str, str] = {}
        self.total = 0

    def read(self) -> dict[str, bytes]:
        """All members, up to the end of the archive."""
        while True:
            header = self._take(BLOCK)
            if header == bytes(BLOCK):
                break
            self._member(header)
        if self._take(BLOCK) != bytes(BLOCK):
            raise NotCanonical("one empty block stands between members")
        return self.members

    def _take(self, size: int) -> bytes:
        found = self.data[self.place : self.place + size]
        if len(found) < size:
            raise Truncated(f"the file ends at byte {len(self.data)}, before the archive does")
        self.place += size
        return found

    def _member(self, header: bytes) -> None:
        self._check_header(header)
        name = self._name(header)
        self._check_kind(name, header[_TYPE])
        check_name(name)
        if name.lower() in self.folded:
            raise MemberDuplicated(f"'{name}' stands twice in the archive (as '{self.folded[name.lower()]}' before)")
        self.folded[name.lower()] = name
        if len(self.folded) > self.limits.members:
            raise TooManyMembers(f"the archive has more than {self.limits.members} members")
        size = self._size(name, header[_SIZE])
        self.members[name] = self._take(size)
        self._take(-size % BLOCK)

    def _check_header(self, header: bytes) -> None:
        blank = header[: _SUM.start] + b" " * 8 + header[_SUM.stop :]
        if header[_MARK] not in (_MAGIC, b"ustar  \0"):
            if self.place == BLOCK:
                raise NotABundle("the file does not begin with the header of a tar archive")
            raise Damaged(f"the header at byte {self.place - BLOCK} is none")
        if _octal(header[_SUM]) != sum(blank):
            raise Damaged(f"the header at byte {self.place - BLOCK} has a wrong checksum")

    def _name(self, header: bytes) -> str:
        name = header[_NAME].partition(b"\0")[0]
        # GNU's variant has other things there.
        prefix = header[_PREFIX].partition(b"\0")[0] if header[_MARK] == _MAGIC else b""
        return (prefix + b"/" + name if prefix else name).decode("utf-8", "backslashreplace")

    def _check_kind(self, name: str, kind: bytes) -> None:
        if kind in (_FILE, b"\0", b"7"):
            return
        refusal, what = _NOT_FILES.get(kind, (NotAFile, "a record of a tar extension"))
        raise refusal(f"'{name}' is {what}; a bundle has files only")

    def _size(self, name: str, field: bytes) -> int:
        size = _octal(field)
        if size is None:
            raise Damaged(f"the size of '{name}' cannot be read")
        if size > self.limits.member:
            raise MemberTooLarge(f"'{name}' has {size} bytes; {self.limits.member} are allowed")
        self.total += size
        if self.total > self.limits.total:
            raise TotalTooLarge(f"the members have more than {self.limits.total} bytes together")
        return size


def _octal(field: bytes) -> int | None:
    digits = field.strip(b"\0 ")
    return int(digits, 8) if digits and not digits.strip(b"01234567") else None
