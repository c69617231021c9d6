"""Lines of a stream as they arrive."""

from __future__ import annotations

import io
import os
import threading

from hypothesis import given
from hypothesis import strategies as st

from packgate.commands.lines import numbered_lines


class Arriving(io.RawIOBase):
    """A stream whose pieces arrive one after the other."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = [piece for piece in pieces if piece]

    def read1(self, size: int = -1) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""


def read(pieces: list[bytes], longest: int = 100) -> list[tuple[int, bytes | None]]:
    return [line for lines in numbered_lines(Arriving(pieces), longest) for line in lines]  # type: ignore[arg-type]


def expected(text: bytes, longest: int) -> list[tuple[int, bytes | None]]:
    numbered = enumerate(text.split(b"\n"), 1)
    return [(number, None if len(line) > longest else line) for number, line in numbered if len(line) > longest or line.strip()]


@given(st.lists(st.text("ab \n\r", max_size=8).map(str.encode), max_size=8), st.integers(0, 9))
def test_they_do_not_depend_on_the_pieces(pieces: list[bytes], longest: int) -> None:
    assert read(pieces, longest) == expected(b"".join(pieces), longest)


def test_a_line_beyond_the_limit_is_read_past() -> None:
    assert read([b"a" * 99, b"b" * 99, b"\nc\n"]) == [(1, None), (2, b"c")]
    assert read([b"x\n\n", b"a" * 101]) == [(1, b"x"), (3, None)]


def test_what_has_arrived_is_given_before_more_is_waited_for() -> None:
    reading, writing = os.pipe()
    given = threading.Event()
    found = []

    def consume() -> None:
        with open(reading, "rb") as source:
            for lines in numbered_lines(source, 100):
                found.extend(lines)
                given.set()

    thread = threading.Thread(target=consume)
    thread.start()
    try:
        for text in (b"one\n", b"two\nthree\n"):
            given.clear()
            os.write(writing, text)
            # Would wait for ever, since nothing else is written.
            assert given.wait(30)
    finally:
        os.close(writing)
        thread.join(30)
    assert found == [(1, b"one"), (2, b"two"), (3, b"three")]
