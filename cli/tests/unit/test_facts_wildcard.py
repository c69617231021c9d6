"""Globs of the catalog."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packgate.catalog.load import Catalog
from packgate.facts.resolve import candidates
from packgate.facts.wildcard import Globs, can_begin, matches
from packgate.model.value import Glob, Hole, Text


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("delete-*", "delete-volume", True),
        ("delete-*", "undelete-volume", False),
        ("*.sh", "run.sh", True),
        ("*a*a", "a", False),
        ("*a*a", "aa", True),
        ("ab*ba", "aba", False),
        ("*://api.*/volumes/*", "https://api.example.com/v2/volumes/7", True),
        ("*://api.*/volumes/*", "https://api.example.com/v2/servers/7", False),
        ("stop|kill", "kill", True),
        ("[Tt]cp:*", "Tcp:80", True),
        ("v?", "v1", True),
        ("", "", True),
        ("*", "", True),
    ],
)
def test_matches(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected
    assert Globs((pattern,)).match(text) is expected


@given(st.text(alphabet="ab*?", max_size=8), st.text(alphabet="ab", max_size=10))
def test_agrees_with_a_regular_expression(pattern: str, text: str) -> None:
    expression = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern)
    expected = re.fullmatch(expression, text, re.DOTALL) is not None
    assert matches(pattern, text) is expected
    assert Globs((pattern,)).match(text) is expected


@given(st.text(alphabet="ab*?[]!-|", max_size=8), st.text(alphabet="ab-[]*", max_size=6))
def test_sorted_globs_agree_with_one_glob(pattern: str, text: str) -> None:
    assert Globs((pattern,)).match(text) is matches(pattern, text)


@given(st.text(alphabet="ab*?[]!-|", max_size=8), st.text(alphabet="ab-[", min_size=1, max_size=4))
def test_a_text_that_matches_begins_as_the_pattern_can(pattern: str, text: str) -> None:
    assert can_begin(pattern, text[0]) or not matches(pattern, text)


@given(st.lists(st.one_of(st.sampled_from([Glob("*"), Glob("?"), Glob("[abk]"), Glob("[!r]")]), st.sampled_from(["r", "m", "k", "rm", "ill", "|"])),
                min_size=1, max_size=4))
def test_programs_that_a_glob_names(parts: list[str | Glob]) -> None:
    names = ["rm", "rmdir", "kill", "pkill", "k", "mkfs", "a", "b", "mill"]
    catalog = Catalog({"names": dict.fromkeys(names, 0), "globs": [], "programs": [], "variables": {}})
    pattern = "".join(part.pattern if isinstance(part, Glob) else part for part in parts)
    expected = sorted(name for name in names if matches(pattern, name)) if pattern.strip("*?") else []
    if any(isinstance(part, Glob) for part in parts):
        assert candidates(Text(tuple(parts)), catalog) == expected


@given(st.text(alphabet="ab*?[]", max_size=8), st.lists(st.sampled_from(["a", "b", "", "ab"]), min_size=2, max_size=3),
       st.lists(st.text(alphabet="ab", max_size=3), min_size=2, max_size=2))
def test_what_must_match_matches_whatever_the_unknown_piece_is(pattern: str, known: list[str], filled: list[str]) -> None:
    hole = Hole(())
    value = Text(tuple(part for piece in known for part in (piece, hole) if part != "")[:-1] or (hole,))
    pieces = [part if isinstance(part, str) else filled[index % 2] for index, part in enumerate(value.parts)]
    if Globs((pattern,)).must_match(value):
        assert matches(pattern, "".join(pieces))


@pytest.mark.parametrize(("pattern", "must"), [("s3://*", True), ("*/*", True), ("s3://a", False), ("*", True), ("gs://*", False), ("?3://*", False)])
def test_the_known_part_decides_what_must_match(pattern: str, must: bool) -> None:
    assert Globs((pattern,)).must_match(Text(("s3://", Hole(())))) is must
