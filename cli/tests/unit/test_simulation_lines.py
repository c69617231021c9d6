"""Ranges of bytes: every line is read once, whatever the ranges; and what a line is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from packgate.errors import UserError
from packgate.impact.simulation import lines
from packgate.impact.simulation.lines import NoEvent, day_of, ranges, read_event, read_lines
from packgate.impact.simulation.reading import Reader
from packgate.impact.simulation.spill import Torn, read_block, write_blocks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("text", [b"", b"a", b"a\n", b"\n\n", b"ab\ncdef\n\ngh\r\ni", b"x" * 30 + b"\n" + b"yz\n", "é\nü\n".encode()])
def test_every_line_is_read_once_whatever_the_ranges(tmp_path: Path, text: bytes) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.write_bytes(text)
    for size in range(1, len(text) + 2):
        parts = ranges(paths, size)
        assert [part.number for part in parts] == list(range(len(parts)))
        for file in (0, 1):
            read = [line for part in parts if part.file == file for line in read_lines(part)]
            assert read == [line + b"\n" for line in text.split(b"\n")[:-1]] + [last for last in text.split(b"\n")[-1:] if last], size


def test_a_line_that_is_too_long_is_told_and_the_next_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", 10)
    path = tmp_path / "a"
    path.write_bytes(b"a\n" + b"x" * 10 + b"\n" + b"x" * 25 + b"\nb\n" + b"y" * 12)
    for size in range(1, 60):
        found = [line for part in ranges([path], size) for line in read_lines(part)]
        assert found == [b"a\n", None, None, b"b\n", None], size


def test_a_file_counts_as_long_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1\n2\n")
    parts = ranges([path], 3)
    path.write_bytes(b"1\n2\n3\n")
    assert [line for part in parts for line in read_lines(part)] == [b"1\n", b"2\n"]
    with pytest.raises(UserError, match="can't be read"):
        ranges([tmp_path / "none"], 3)


@pytest.mark.parametrize(("line", "reason"), [
    (b"{", "not JSON"), (b"\xff", "not UTF-8"), (b"[" * 100_000, "nested too deeply"), (b"[]", "neither"), (b'{"a": 1}', "neither"),
    (b'{"v": 2, "kind": "decision"}', "version 1"), (b'{"v": 1, "kind": "guess"}', "version 1"), (b'{"v": 1, "kind": "decision"}', "without an action"),
    (b'{"v": 1, "kind": "gap", "action": []}', "no object"),
])
def test_what_is_no_event_is_told(line: bytes, reason: str) -> None:
    with pytest.raises(NoEvent, match=reason):
        read_event(line)


def test_days_are_in_utc() -> None:
    assert day_of("2026-01-31T23:59:59Z") == "2026-01-31"
    assert day_of("2026-01-31T23:30:00-05:00") == "2026-02-01"
    assert day_of(None) is day_of("yesterday") is day_of(7) is None


def test_a_block_that_was_damaged_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "range-000000"
    blocks = [{b"k": "text"}, [(1, None, "x")], None]
    write_blocks(path, blocks)
    assert [read_block(path, number) for number in range(3)] == blocks
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:-1] + b"\x00", b""):
        path.write_bytes(damaged)
        with pytest.raises(Torn):
            read_block(path, 2)
    assert json.dumps([each.name for each in tmp_path.iterdir()]) == '["range-000000"]'


def test_an_action_that_is_nested_too_deeply_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for depth, told in ((20, 0), (57, 0), (70, 1), (900, 1), (2000, 1), (100_000, 1)):
        deep = b"[" * depth + b"]" * depth
        path.write_bytes(b'{"surface": "mcp", "server": "s", "tool": "t", "arguments": {"a": ' + deep + b'}}\n{"command": "ls"}\n')
        read, (share,) = Reader(frozenset(), 1).read(ranges([path], 1 << 30)[0])
        assert read.damages + len(share.occurrences) == 2
        _, _, _, _, line, _ = share.occurrences[-1]
        assert line == 2
        assert read.damages == told
