"""A file that is imported: its lines or JSON values, one at a time; what is damaged in it is told with its line."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

# A longer line is told as damaged and read past.
LONGEST_LINE = 16 * 1024 * 1024
# Of this size a file may be one JSON document: it has to be held as a whole.
LARGEST_DOCUMENT = 64 * 1024 * 1024
_GZIP = b"\x1f\x8b"


class Source:
    """``shown``: the file's name in events and messages; ``damaged`` is told of (line, why), ``unknown`` counts kinds of records that the
    importer has never heard of, ``outputs`` says whether what tools put out is wanted too, ``advance`` is told how many bytes were read."""

    def __init__(
        self, path: Path, shown: str, damaged: Callable[[str, int, str], None], unknown: Counter[str],
        outputs: bool = False, advance: Callable[[int], None] | None = None,
    ) -> None:
        self.path = path
        self.shown = shown
        self.unknown = unknown
        self.outputs = outputs
        self._damaged = damaged
        self._advance = advance

    def damaged(self, line: int, why: str) -> None:
        """Tell that a line can't be read."""
        self._damaged(self.shown, line, why)

    def raw_lines(self) -> Iterator[tuple[int, bytes]]:
        """The lines that are not empty, with their number and without their end. A line that is too long is told. Compressed files (gzip)
        are read as what they hold. Raises `OSError`."""
        with self._open() as stream:
            number = 0
            try:
                while line := stream.readline(LONGEST_LINE + 1):
                    number += 1
                    self._read(len(line))
                    if len(line) > LONGEST_LINE:
                        while line and not line.endswith(b"\n"):
                            line = stream.readline(LONGEST_LINE)
                            self._read(len(line))
                        self.damaged(number, f"it is longer than {LONGEST_LINE:,} bytes")
                    elif line.strip():
                        yield number, line.rstrip(b"\r\n")
            except (EOFError, gzip.BadGzipFile) as error:
                self.damaged(number + 1, f"the compressed file is damaged: {error}")

    def texts(self) -> Iterator[tuple[int, str]]:
        """Lines of text; what is not UTF-8 stands as U+FFFD, and a line with NUL is told as binary."""
        for number, line in self.raw_lines():
            if b"\0" in line:
                self.damaged(number, "it is binary")
            else:
                yield number, line.decode("utf-8", "replace")

    def records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Lines that are JSON objects; others are told."""
        for number, line in self.raw_lines():
            value = self._value(number, line)
            if isinstance(value, dict):
                yield number, value
            elif value is not None:
                self.damaged(number, "it is JSON, but no object")

    def values(self) -> Iterator[tuple[int, Any]]:
        """JSON values: one a line, or the file as one document, whichever its first line says."""
        lines = self.raw_lines()
        first = next(lines, None)
        if first is None:
            return
        try:
            yield first[0], _decoded(first[1])
        except (ValueError, RecursionError):
            document = self._document()
            if document is not None:
                yield 1, document
                return
            self._value(*first)
        for number, line in lines:
            value = self._value(number, line)
            if value is not None:
                yield number, value

    def _document(self) -> Any:
        """The file as one JSON value; None where it is none."""
        with self._open() as stream:
            try:
                data = stream.read(LARGEST_DOCUMENT + 1)
                return _decoded(data) if len(data) <= LARGEST_DOCUMENT else None
            except (ValueError, RecursionError, EOFError, gzip.BadGzipFile):
                return None

    def _value(self, number: int, line: bytes) -> Any:
        try:
            return _decoded(line)
        except UnicodeDecodeError:
            why = "it is binary" if b"\0" in line else "it is not UTF-8"
        except RecursionError:
            why = "it is nested too deeply"
        except ValueError as error:
            why = "it is binary" if b"\0" in line else f"not JSON: {getattr(error, 'msg', error)}"
        self.damaged(number, why)
        return None

    def _open(self) -> IO[bytes]:
        stream = self.path.open("rb")
        compressed = stream.read(2) == _GZIP
        stream.seek(0)
        if not compressed:
            return stream
        stream.close()
        return cast("IO[bytes]", gzip.open(self.path, "rb"))

    def _read(self, size: int) -> None:
        if self._advance is not None:
            self._advance(size)


def _decoded(data: bytes) -> Any:
    """A JSON value in UTF-8; `json.loads` would take bytes for UTF-16 that look like it."""
    return json.loads(data.decode("utf-8-sig"))
