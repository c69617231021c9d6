"""Apply safe fixes: to texts, and to files."""

from __future__ import annotations

import difflib
import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.source.yaml import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packgate.diagnostics import Diagnostic, Edit, Fix
    from packgate.source.file import SourceFile

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Change:
    """A file with the text that it would have; ``titles`` are those of the fixes in it."""

    file: SourceFile
    text: str
    titles: tuple[str, ...]

    def diff(self) -> str:
        """The change as a unified diff."""
        before, after = self.file.text.splitlines(keepends=True), self.text.splitlines(keepends=True)
        lines = difflib.unified_diff(before, after, f"a/{self.file.path}", f"b/{self.file.path}")
        return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)


class FixRefused(Exception):
    """A file was not written; the message says why."""


def plan(findings: Iterable[Diagnostic], files: Iterable[SourceFile]) -> list[Change]:
    """The files that safe fixes change. A fix is taken whole or not at all: not when it overlaps one before it, reaches into a
    file that is not linted, or makes YAML that can't be read."""
    known = {file.path: file for file in files}
    taken: dict[str, list[Edit]] = {}
    titles: dict[str, list[str]] = {}
    for fix in (finding.fix for finding in findings):
        if fix is not None and fix.safe and _fits(fix, taken, known):
            for edit in fix.edits:
                taken.setdefault(edit.file, []).append(edit)
            titles.setdefault(fix.edits[0].file, []).append(fix.title)
    return [
        Change(known[path], apply(known[path].text, edits), tuple(titles.get(path, ())))
        for path, edits in sorted(taken.items())
    ]


def apply(text: str, edits: Sequence[Edit]) -> str:
    """The text with edits that don't overlap."""
    for edit in sorted(edits, key=lambda item: item.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _fits(fix: Fix, taken: dict[str, list[Edit]], known: dict[str, SourceFile]) -> bool:
    if not fix.edits:
        return False
    for edit in fix.edits:
        file = known.get(edit.file)
        others = taken.get(edit.file, [])
        if file is None or any((edit.start < other.end and other.start < edit.end) or edit == other for other in others):
            return False
        if not file.document.diagnostics and parse_yaml(apply(file.text, [*others, edit]), edit.file).diagnostics:
            return False
    return True


def write(change: Change, roots: Sequence[str]) -> None:
    """Replace a file in one step, keeping its mode. Raises `FixRefused` when it lies outside the roots, is no regular file, or
    is no longer what was linted."""
    path = os.path.realpath(change.file.path)
    if not any(_is_within(path, os.path.realpath(root)) for root in roots):
        raise FixRefused(f"{change.file.path} lies outside of what was named; it was not changed")
    try:
        status = os.stat(path)
        with open(path, "rb") as stream:
            data = stream.read()
        if not stat.S_ISREG(status.st_mode) or hashlib.sha256(data).hexdigest() != change.file.digest:
            raise FixRefused(f"{change.file.path} was changed while it was read; it was not touched")
        mark = _BOM if data.startswith(_BOM) else b""
        _replace(path, mark + change.text.encode("utf-8"), stat.S_IMODE(status.st_mode))
    except OSError as error:
        raise FixRefused(f"{change.file.path} can't be written: {(error.strerror or str(error)).lower()}") from None


def _replace(path: str, data: bytes, mode: int) -> None:
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".packgate-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _is_within(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)
