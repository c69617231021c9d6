"""Fixes change one thing, in one step, and only where they may."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from packgate.diagnostics import Diagnostic, Edit, Fix, Position
from packgate.lint.edits import remove_item, replace_text
from packgate.lint.fix import Change, FixRefused, apply, plan, write
from packgate.lint.rule import Place
from packgate.source.file import SourceFile
from packgate.source.read import parse_source, read_source


def source_of(text: str) -> SourceFile:
    source, found = parse_source(text, "x.yaml")
    assert source is not None
    assert not found
    return source


def fixed(text: str, fix: Fix | None) -> str:
    assert fix is not None
    return apply(text, fix.edits)


@pytest.mark.parametrize(
    ("text", "pointer", "expected"),
    [
        ("a: [x, y, x]\n", "/a/2", "a: [x, y]\n"),
        ("a: [x, y, x]\n", "/a/0", "a: [y, x]\n"),
        ("a: [x, 'y, z', x]\n", "/a/1", "a: [x, x]\n"),
        ("a:\n  - x\n  - y  # why\n  - z\n", "/a/1", "a:\n  - x\n  - z\n"),
        ("a:\n  - x\n  - y", "/a/1", "a:\n  - x\n"),
        ("a:\n- b: 1\n  c: |\n    text\n    more\n- b: 2\n", "/a/0", "a:\n- b: 2\n"),
        ("a:\n  - {b: 1, c: [1, 2]}\n  - {b: 2}\nd: 1\n", "/a/0", "a:\n  - {b: 2}\nd: 1\n"),
        ("a:\r\n  - x\r\n  - y\r\n", "/a/0", "a:\r\n  - y\r\n"),
    ],
)
def test_an_item_is_removed(text: str, pointer: str, expected: str) -> None:
    assert fixed(text, remove_item(Place(source_of(text), pointer), "remove")) == expected


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("a: [x]\n", "/a/0"),
        ("a:\n  - x\n", "/a/0"),
        ("a: [{b: 1}, {b: 2}]\n", "/a/0"),
        ("a:\n  - - x\n    - y\n  - z\n", "/a/0/0"),
        ("a: b\n", "/a"),
    ],
)
def test_what_cannot_be_removed_safely_is_left(text: str, pointer: str) -> None:
    assert remove_item(Place(source_of(text), pointer), "remove") is None


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("a: refs/heads/main\n", "main", "a: main\n"),
        ("a: 'x'\n", "it's", "a: 'it''s'\n"),
        ('a: "x"\n', 'say "y"', 'a: "say \\"y\\""\n'),
        ("a: x\n", "yes: no", 'a: "yes: no"\n'),
        ("a: [x, y]\n", "1", 'a: ["1", y]\n'),
    ],
)
def test_a_text_is_replaced(text: str, value: str, expected: str) -> None:
    pointer = "/a/0" if "[" in text else "/a"
    assert fixed(text, replace_text(Place(source_of(text), pointer), value, "write")) == expected


def test_block_scalars_and_collections_are_not_replaced() -> None:
    source = source_of("a: >-\n  text\n  more\nb: [1]\n")
    assert replace_text(Place(source, "/a"), "x", "write") is None
    assert replace_text(Place(source, "/b"), "x", "write") is None
    assert replace_text(Place(source, "/c"), "x", "write") is None


def finding(*edits: Edit, safe: bool = True) -> Diagnostic:
    return Diagnostic("PG228", "twice", Position("x.yaml"), fix=Fix("mend", edits, safe))


def test_overlapping_unsafe_and_foreign_fixes_are_left_out() -> None:
    source = source_of("abc: def\n")
    first, second = Edit("x.yaml", 5, 8, "one"), Edit("x.yaml", 6, 7, "two")
    (change,) = plan([finding(first), finding(second), finding(first)], [source])
    assert change.text == "abc: one\n"
    assert plan([finding(first, safe=False)], [source]) == []
    assert plan([finding(Edit("y.yaml", 0, 1, ""))], [source]) == []
    assert plan([finding(first, Edit("y.yaml", 0, 1, ""))], [source]) == []


def test_a_fix_that_breaks_the_yaml_is_left_out() -> None:
    assert plan([finding(Edit("x.yaml", 5, 8, "[unclosed"))], [source_of("abc: def\n")]) == []


def change_of(path: Path, text: str) -> Change:
    source, _ = read_source(str(path))
    assert source is not None
    return Change(source, text, ("mend",))


def test_a_file_is_written_with_its_mode_and_mark(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\n")
    path.chmod(0o640)
    write(change_of(path, "a: 2\r\n"), [str(tmp_path)])
    assert path.read_bytes() == b"\xef\xbb\xbfa: 2\r\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["x.yaml"]


def test_a_file_outside_of_the_roots_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    outside = tmp_path / "x.yaml"
    outside.write_text("a: 1\n")
    (tmp_path / "in" / "link.yaml").symlink_to(outside)
    for path in (outside, tmp_path / "in" / "link.yaml"):
        with pytest.raises(FixRefused, match="outside"):
            write(change_of(path, "a: 2\n"), [str(tmp_path / "in")])
    assert outside.read_text() == "a: 1\n"


def test_a_file_that_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\n")
    change = change_of(path, "a: 2\n")
    path.write_text("a: 3\n")
    with pytest.raises(FixRefused, match="changed"):
        write(change, [str(tmp_path)])
    assert path.read_text() == "a: 3\n"


def test_the_diff_of_a_change(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\nb: 2")
    assert change_of(path, "a: 1\nb: 3").diff() == (
        f"--- a/{path}\n+++ b/{path}\n@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n\\ No newline at end of file\n+b: 3\n\\ No newline at end of file\n"
    )
