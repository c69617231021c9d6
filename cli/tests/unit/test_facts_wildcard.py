"""Globs of the catalog."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packgate.facts.wildcard import Globs, matches


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
