"""What the hook uses in place of `json`, `os` and `re` does the same."""

from __future__ import annotations

import json
import os
import posixpath
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packgate.hook import patterns, plain_json, system

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
TEXTS = [
    "", " ", "null", " \n[1, 2.5, -3e2, true, false]\t", '{"a": {"b": []}, "a": 1}', '"\\ud83d\\ude00\\u0000"', "[1] 2", "[1", '{"a"', "{a: 1}", "NaN",
    "[Infinity]", "-Infinity", "01", "+1", "1.", "'a'", '"\t"', "\ufeff{}", "nul", "[1,]", '{"a": 1,}', "\xa0[]", "[]\x0b", "1" * 5_000, "{}{}",
]


@given(VALUES)
def test_json_is_written_and_read_as_json_does(value: object) -> None:
    text = plain_json.write(value)
    assert text == json.dumps(value, separators=(",", ":"))
    assert plain_json.read(text) == value


def no_constant(name: str) -> object:
    raise ValueError(name)


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_no_json_is_refused_as_json_does(text: str) -> None:
    same_as_json(text)


def same_as_json(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=no_constant)
    except ValueError:
        with pytest.raises(ValueError):
            plain_json.read(text)
    else:
        assert plain_json.read(text) == expected


@given(st.text(alphabet='{}[]",:0123456789.eE+-truefalsnN \n\\u', max_size=20))
def test_any_text_is_read_as_json_does(text: str) -> None:
    same_as_json(text)


def test_what_is_wrong_is_known_before_json_is_loaded() -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\nfrom packgate.hook.plain_json import read\nassert read('[1]') == [1]\n"
        "assert 'json' not in sys.modules\ntry:\n    read(sys.argv[2])\nexcept ValueError as error:\n    print(type(error).__name__)\n"
    )
    for text in ("[1", '"a', "", "NaN", "1 2", '{"a": "\x01"}'):
        command = [sys.executable, "-I", "-S", "-E", "-c", script, str(Path(plain_json.__file__).parents[2]), text]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout in ("JSONDecodeError\n", "ValueError\n"), (text, done.stderr)


def test_depth_is_told_apart() -> None:
    with pytest.raises(plain_json.DeepJson):
        plain_json.read("[" * 100_000)
    with pytest.raises(ValueError, match="no JSON form"):
        plain_json.write({"a": object()})


PATHS = st.lists(st.sampled_from(["", ".", "..", "a", "b c", "link", "tmp"]), max_size=5).map("/".join) | st.sampled_from(["/", "//", "//a", "/a/", "a"])


@given(PATHS, PATHS)
def test_paths_are_those_of_os(one: str, other: str) -> None:
    for path in (one, "/" + one):
        assert system.path.dirname(path) == posixpath.dirname(path)
        assert system.path.normpath(path) == posixpath.normpath(path)
        assert system.path.join(path, other) == posixpath.join(path, other)
        assert system.path.realpath(path) == posixpath.realpath(path)


def test_links_are_followed(tmp_path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real" / "file").write_text("x")
    for path in ("link/file", "real/file", "real", "link", "link/../real", "nothing/x"):
        given = str(tmp_path / path)
        assert system.path.realpath(given) == os.path.realpath(given)


def test_the_system_is_that_of_os(monkeypatch) -> None:
    for name in ("open", "fstat", "O_NOFOLLOW", "WNOHANG", "makedirs", "fork", "lockf", "fsencode", "environ"):
        assert getattr(system, name) is getattr(os, name)
    assert system.devnull == os.devnull
    assert dict(system.environment()).keys() >= {"PATH"}
    with pytest.raises(AttributeError):
        system.no_such_thing  # noqa: B018


def test_expressions_outside_of_an_image_are_those_of_re() -> None:
    assert patterns.compile("a+", patterns.IGNORECASE) == re.compile("a+", re.IGNORECASE)
    assert patterns.compile(re.compile("a")) == re.compile("a")
    assert patterns.sub("a(.)", r"\1", "abac") == "bc"
    assert patterns.split(",", "a,b,c", 1) == ["a", "b,c"]
    assert patterns.findall("[a-z]", "a1b") == ["a", "b"]
    assert [found.group() for found in patterns.finditer("[a-z]", "a1b")] == ["a", "b"]
    assert patterns.match("a", "ba") is None
    assert patterns.search("a", "ba") is not None
    assert patterns.fullmatch("a", "ab") is None
    assert patterns.escape("a.b") == "a\\.b"
    assert (patterns.IGNORECASE, patterns.MULTILINE, patterns.DOTALL, patterns.VERBOSE) == (re.I, re.M, re.S, re.X)
    with pytest.raises(re.error):
        patterns.compile("(")
