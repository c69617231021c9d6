"""Secrets that their context gives away are hidden where they stand alone."""

from __future__ import annotations

import pytest

from packgate.guard.known import known_secrets, mask_with, texts


@pytest.mark.parametrize(("source", "text", "hidden"), [
    ("mysql --password hunter22", "hunter22", "[REDACTED:password-flag]"),
    ("mysql -phunter22", "-phunter22", "-p[REDACTED:password-short-flag]"),
    ("mysql -pabcd", "-pabcd", "-p[REDACTED:password-short-flag]"),
    ("mysql --password=abcd", "abcde and xabcd stay, abcd goes", "abcde and xabcd stay, [REDACTED:password-flag] goes"),
    ("ls", "nothing here", "nothing here"),
    ("ls", "--password=hunter22", "--password=[REDACTED:password-flag]"),
])
def test_masking(source: str, text: str, hidden: str) -> None:
    hide = mask_with([source])
    assert hide(text) == hidden
    assert hide(hide(text)) == hidden


def test_longer_secrets_first() -> None:
    hide = mask_with(["a --token=abcdefgh --password=abcdefghij"])
    assert "ij" not in hide("abcdefghij")


def test_sources_are_searched_when_they_are_needed() -> None:
    def sources() -> list[str]:
        raise AssertionError("searched")

    class Lazy:
        def __iter__(self) -> object:
            return iter(sources())

    hide = mask_with(Lazy())  # type: ignore[arg-type]
    assert hide("") == ""
    with pytest.raises(AssertionError):
        hide("some text")


def test_texts_of_plain_data() -> None:
    assert texts({"a": {"password": "hunter22"}, "b": ["x", 1, None]}) == ["password=hunter22", "hunter22", "x"]
    assert "hunter22pass" in known_secrets(texts({"password": "hunter22pass"}))


def test_deep_data() -> None:
    deep: object = "x"
    for _ in range(5_000):
        deep = [deep]
    assert texts(deep) == ["x"]
