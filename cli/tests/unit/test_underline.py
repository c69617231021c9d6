"""Underlines below source text."""

from __future__ import annotations

import pytest

from packgate.commands.underline import columns, underlined, visible
from packgate.guard.detectors import mask


def same(text: str) -> str:
    return text


def test_marks_of_one_text_share_an_underline_and_overlapping_ones_do_not() -> None:
    assert underlined("sudo rm a; ls", [(0, 9, 1), (0, 9, 2), (5, 9, 3), (11, 13, 4)], same, 80) == [
        "sudo rm a; ls",
        "~~~~~~~~~ 1,2",
        "     ~~~~ 3",
        "           ~~ 4",
    ]


def test_many_marks_of_one_text_are_a_range() -> None:
    assert underlined("ls", [(0, 2, number) for number in range(3, 12)], same, 80) == ["ls", "~~ 3-11"]


def test_wide_letters_take_two_columns_and_combining_ones_none() -> None:
    line = "echo 日本e\u0301 && ls"
    place = line.index("ls")
    assert columns("日本e\u0301") == 5
    assert underlined(line, [(place, place + 2, 1)], same, 80) == [line, " " * 14 + "~~ 1"]


def test_a_mark_over_several_lines_is_drawn_below_each() -> None:
    assert underlined("a \\\nb\n\nc", [(0, 5, 1), (7, 8, 2)], same, 80) == ["a \\", "~~~ 1", "b", "~ 1", "", "c", "~ 2"]


def test_long_lines_are_folded_with_their_underlines() -> None:
    line = "a" * 30 + "b" * 30 + "c"
    assert underlined(line, [(28, 32, 1), (60, 61, 2)], same, 30) == ["a" * 30, " " * 28 + "~~ 1", "b" * 30, "~~ 1", "c", "~ 2"]


def test_no_part_of_a_folded_line_is_wider_than_asked() -> None:
    parts = underlined("日" * 100 + "a" * 77, [], same, 31)
    assert "".join(parts) == "日" * 100 + "a" * 77
    assert max(map(columns, parts)) <= 31


@pytest.mark.parametrize(("text", "shown"), [
    ("a\tb", "a    b"),
    ("\x1b[2J", "\\x1b[2J"),
    ("a\u202eb\u200b", "a\\u202eb\\u200b"),
    ("\ud800", "\\ud800"),
    ("é日", "é日"),
])
def test_what_is_not_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_mark_behind_what_is_written_out_or_masked_stands_below_its_text() -> None:
    token = "ghp_" + "a" * 36
    for line in (f"echo {token} && ls", "\techo \x1b[1m && ls"):
        place = line.index("ls")
        shown, marker = underlined(line, [(place, place + 2, 1)], mask, 120)
        assert token not in shown
        assert marker.index("~") == shown.index("ls")


def test_no_line_of_a_secret_of_several_lines_is_shown() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQ\n-----END PRIVATE KEY-----"
    found = underlined(f"cat <<'E' > k\n{key}\nE", [(0, 11, 1)], mask, 80)
    assert found == ["cat <<'E' > k", "[REDACTED:private-key]", "E"]
