"""Bytes from disk to a `SourceFile`; every way in which that fails is a diagnostic."""

from __future__ import annotations

import hashlib
import os
import stat

from packgate.diagnostics import Diagnostic, Position
from packgate.source import codes
from packgate.source.file import SourceFile
from packgate.source.syntax import hidden_characters
from packgate.source.yaml import parse_yaml

MAX_BYTES = 4 * 1024 * 1024
_BOM = "\ufeff"


class Refused(Exception):
    """The file was not read; ``diagnostic`` says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def read_bytes(path: str, shown: str | None = None, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file. Raises `Refused` for a missing or unreadable file, a directory or device, and a file
    over the limit, which is refused by its size without being read."""
    place = Position(shown or path)
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise Refused(_unreadable(error, place)) from None
    if stat.S_ISDIR(status.st_mode):
        raise Refused(Diagnostic(codes.NOT_A_FILE, "this is a directory; a file is expected", place))
    if not stat.S_ISREG(status.st_mode):
        raise Refused(Diagnostic(codes.NOT_A_FILE, "this is not a regular file", place))
    if status.st_size > limit:
        raise Refused(_too_large(status.st_size, limit, place))
    try:
        with open(path, "rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise Refused(_unreadable(error, place)) from None
    if len(data) > limit:
        raise Refused(_too_large(len(data), limit, place))
    return data


def decode(data: bytes, shown: str) -> str:
    """The text of UTF-8 bytes, without a byte order mark. Raises `Refused` with the place of the first bad byte."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8")
        position = Position(shown, good.count("\n") + 1, len(good) - (good.rfind("\n") + 1) + 1)
        raise Refused(Diagnostic(
            codes.NOT_UTF8, f"byte 0x{data[error.start]:02x} is not UTF-8", position, hint="save the file as UTF-8"
        )) from None
    return text.removeprefix(_BOM)


def read_source(path: str, shown: str | None = None, kind: str | None = None) -> tuple[SourceFile | None, list[Diagnostic]]:
    """Read and parse a YAML file. The file is None when there is no data to look at."""
    name = shown or path
    try:
        data = read_bytes(path, name)
        text = decode(data, name)
    except Refused as refused:
        return None, [refused.diagnostic]
    return parse_source(text, name, hashlib.sha256(data).hexdigest(), kind)


def parse_source(
    text: str, shown: str, digest: str | None = None, kind: str | None = None
) -> tuple[SourceFile | None, list[Diagnostic]]:
    """Parse YAML text that was read already."""
    document = parse_yaml(text, shown)
    source = SourceFile(shown, text, document, digest or hashlib.sha256(text.encode()).hexdigest(), kind)
    found = document.diagnostics + hidden_characters(text, shown)
    if not found and (not document.found or source.data is None):
        found = [Diagnostic(codes.EMPTY, "the file says nothing", Position(shown), hint="fill it, or delete it")]
    found = [source.with_excerpt(item) for item in found]
    usable = document.complete and document.found and source.data is not None
    return (source if usable else None), found


def _unreadable(error: Exception, place: Position) -> Diagnostic:
    if isinstance(error, FileNotFoundError):
        return Diagnostic(codes.UNREADABLE, "no such file", place)
    reason = getattr(error, "strerror", None) or str(error)
    return Diagnostic(codes.UNREADABLE, f"cannot be read: {reason.lower()}", place)


def _too_large(size: int, limit: int, place: Position) -> Diagnostic:
    return Diagnostic(
        codes.TOO_LARGE, f"{size:,} bytes; at most {limit:,} are read", place, hint="split it into several files"
    )
