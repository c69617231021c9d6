"""YAML text to data, positions and refusals."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from packgate.source import codes
from packgate.source.read import parse_source
from packgate.source.scalar import resolve
from packgate.source.yaml import MAX_DEPTH, MAX_EVENTS, MAX_PROBLEMS, parse_yaml

LOADERS = [pytest.param(yaml.SafeLoader, id="pure")]
if yaml.__with_libyaml__:
    LOADERS.append(pytest.param(yaml.CSafeLoader, id="libyaml"))


def found(text, loader=None):
    document = parse_yaml(text, "f.yaml", loader)
    return [(item.code, item.position.line, item.position.column) for item in document.diagnostics]


@pytest.mark.parametrize("text", [
    "no", "on", "off", "yes", "y", "True", "TRUE", "Null", "NULL", "010", "0x1F", "0o17", "0b1", "1_000", "12:30", "1:30:00",
    "2026-02-01", "2026-02-01T10:00:00Z", ".5", "5.", ".inf", "-.inf", ".nan", "+1", "1e", "--1", "1e999", "1" * 19, "<<",
])
def test_plain_scalars_that_are_text(text):
    assert resolve(text) == text


@pytest.mark.parametrize(("text", "value"), [
    ("", None), ("~", None), ("null", None), ("true", True), ("false", False), ("0", 0), ("-0", 0), ("42", 42), ("-7", -7),
    ("1.5", 1.5), ("-0.25", -0.25), ("1e3", 1000.0), ("2.5E-1", 0.25), ("123456789012345678", 123456789012345678),
])
def test_plain_scalars_that_are_typed(text, value):
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


@pytest.mark.parametrize("loader", LOADERS)
def test_quoted_and_block_scalars_are_text(loader):
    document = parse_yaml("a: 'true'\nb: \"1\"\nc: |\n  null\nd: >-\n  7\n", "f.yaml", loader)
    assert document.data == {"a": "true", "b": "1", "c": "null\n", "d": "7"}


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(("text", "expected"), [
    ("a: &x 1\n", [(codes.ANCHOR, 1, 4)]),
    ("a: 1\nb: [*x]\n", [(codes.ALIAS, 2, 5)]),
    ("*x : 1\n", [(codes.ALIAS, 1, 1)]),
    ("<<: {a: 1}\n", [(codes.MERGE_KEY, 1, 1)]),
    ("a: !!str 1\n", [(codes.TAG, 1, 4)]),
    ("a: ! x\n", [(codes.TAG, 1, 4)]),
    ("a: !!python/object:os.system {}\n", [(codes.TAG, 1, 4)]),
    ("a: 1\nb: 2\na: 3\n", [(codes.DUPLICATE_KEY, 3, 1)]),
    ("x:\n  - a: 1\n    'a': 2\n", [(codes.DUPLICATE_KEY, 3, 5)]),
    ("1: a\n", [(codes.KEY_NOT_TEXT, 1, 1)]),
    ("true: a\n", [(codes.KEY_NOT_TEXT, 1, 1)]),
    ("~: a\n", [(codes.KEY_NOT_TEXT, 1, 1)]),
    ("{[a]: b}\n", [(codes.KEY_NOT_TEXT, 1, 2)]),
    ("? {a: 1}\n: b\n", [(codes.KEY_NOT_TEXT, 1, 3)]),
    ("a: 1\n---\nb: 2\n", [(codes.SEVERAL_DOCUMENTS, 2, 1)]),
    ("%YAML 1.2\n---\na: 1\n", [(codes.DIRECTIVE, 1, 1)]),
    ("a: b: c\n", [(codes.SYNTAX, 1, 5)]),
    ("a:\n\tb: 1\n", [(codes.SYNTAX, 2, 1)]),
    ("a: *.pem\n", [(codes.SYNTAX, 1, 5)]),
    ("a: @x\n", [(codes.SYNTAX, 1, 4)]),
    ("a: 'never closed\nb: 1\n", [(codes.SYNTAX, 1, 4)]),
    ("a: [1, 2\nb: 3\n", [(codes.SYNTAX, 1, 4)]),
    ("a: \x07\n", [(codes.HIDDEN_CHARACTER, 1, 4)]),
])
def test_refusals_have_a_code_and_a_place(text, expected, loader):
    assert found(text, loader) == expected


@pytest.mark.parametrize("loader", LOADERS)
def test_all_refusals_of_a_file_are_collected(loader):
    text = "a: &x 1\nb: *x\n1: c\na: 2\n<<: {z: 1}\nd: !t e\nf: {on: 1, no: 2}\n"
    document = parse_yaml(text, "f.yaml", loader)
    assert [item.code for item in document.diagnostics] == [
        codes.ANCHOR, codes.ALIAS, codes.KEY_NOT_TEXT, codes.DUPLICATE_KEY, codes.MERGE_KEY, codes.TAG,
    ]
    assert document.complete
    assert document.data == {"a": 1, "b": None, "d": "e", "f": {"on": 1, "no": 2}}
    assert document.tainted == ["/b"]


def test_what_stands_under_a_refused_key_keeps_no_place_of_the_first():
    document = parse_yaml("a: {b: 1}\na: {b: [2]}\nc: 3\n", "f.yaml")
    assert document.data == {"a": {"b": 1}, "c": 3}
    assert document.values["/a/b"].start_mark.line == 0
    assert document.values["/c"].start_mark.line == 2


def test_a_quoted_merge_key_or_number_is_an_ordinary_key():
    assert parse_yaml("'<<': 1\n'1': 2\n", "f.yaml").data == {"<<": 1, "1": 2}


def test_positions_count_code_points_in_crlf_files_too():
    source, problems = parse_source("x: 😀é\r\n\"kéy/~\": [a, 'b c']\r\nz: 1\r\n", "f.yaml")
    assert not problems
    assert (source.position("/kéy~1~0/1").line, source.position("/kéy~1~0/1").column) == (2, 14)
    assert source.written("/kéy~1~0/1") == "'b c'"
    assert source.key_position("/z").line == 3
    start, end = source.offsets("/x")
    assert source.text[start:end] == "😀é"


def test_a_place_that_does_not_exist_is_its_nearest_parent():
    source, _ = parse_source("a:\n  - b: 1\n", "f.yaml")
    assert source.position("/a/0/nothing/below") == source.position("/a/0")
    assert str(source.position("/nowhere")) == "f.yaml:1:1"


@pytest.mark.parametrize("loader", LOADERS)
def test_alias_bomb_costs_nothing(loader):
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    document = parse_yaml("\n".join(levels), "bomb.yaml", loader)
    assert {item.code for item in document.diagnostics} == {codes.ANCHOR, codes.ALIAS, codes.TOO_MUCH}


def test_self_reference_does_not_recurse():
    assert [code for code, *_ in found("&a [*a]\n")] == [codes.ANCHOR, codes.ALIAS]


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000])
def test_deep_nesting_stops_at_the_limit(text):
    document = parse_yaml(text, "deep.yaml")
    assert [item.code for item in document.diagnostics][-1] == codes.TOO_DEEP
    assert not document.complete


def test_nesting_up_to_the_limit_is_read():
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert parse_yaml(text, "f.yaml").diagnostics == []
    assert found("[" + text + "]") == [(codes.TOO_DEEP, 1, MAX_DEPTH + 1)]


def test_too_many_items_stop():
    document = parse_yaml("- a\n" * (MAX_EVENTS + 1), "f.yaml")
    assert [item.code for item in document.diagnostics] == [codes.TOO_MUCH]


def test_too_many_problems_stop():
    document = parse_yaml("a: 1\n" * 5000, "f.yaml")
    assert len(document.diagnostics) == MAX_PROBLEMS + 1
    assert document.diagnostics[-1].code == codes.TOO_MUCH


@pytest.mark.parametrize("char", ["\u202e", "\u2066", "\u200b", "\u2028", "\x85"])
def test_characters_that_mislead_the_eye_are_refused(char):
    _, problems = parse_source(f"é: 1\nb: 'x{char}y'\n", "f.yaml")
    assert (codes.HIDDEN_CHARACTER, 2, 6) in [(p.code, p.position.line, p.position.column) for p in problems]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "null\n", "~\n"])
def test_a_file_that_says_nothing(text):
    source, problems = parse_source(text, "f.yaml")
    assert source is None
    assert [item.code for item in problems] == [codes.EMPTY]


def test_comments_are_kept_and_a_hash_inside_text_is_not_one():
    text = (
        "# first\n"
        "a: b#c  # second\n"
        "d: 'x # y' # third\n"
        'e: "x\n  # y"   # fourth\n'
        "f: |  # header\n  text # inside\n  # inside too\n# after\n"
        "g: plain # end\n"
        "h: [x, # in flow\n  y]\n"
    )
    source, problems = parse_source(text, "f.yaml")
    assert not problems
    assert source.comments == {
        1: "# first", 2: "# second", 3: "# third", 5: "# fourth", 6: "# header", 9: "# after", 10: "# end", 11: "# in flow",
    }


def test_comments_have_their_line_in_crlf_files():
    source, _ = parse_source("a: 1\r\n\r\nb: 2 # x\r\n", "f.yaml")
    assert source.comments == {3: "# x"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10**15, 10**15) | st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn"]), max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.text(st.sampled_from("abc/~ #:-*&!{}[]'\"éß"), min_size=1, max_size=6), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_any_plain_data_survives_and_every_place_is_known(data):
    text = yaml.safe_dump({"root": data}, allow_unicode=True, default_style='"')
    # Quoted, everything is text; compare with PyYAML's own reading of the same.
    text = text.replace("!!int ", "").replace("!!bool ", "").replace("!!null ", "").replace("!!float ", "")
    reference = yaml.load(text, Loader=yaml.BaseLoader)
    document = parse_yaml(text, "f.yaml")
    assert document.diagnostics == []
    assert document.data == reference
    assert set(document.keys) <= set(document.values)


@given(st.text(st.sampled_from("ab:-?[]{},&*!|>'\"%@`# \n\t~<1é\u2028"), max_size=60))
def test_no_text_raises_and_both_parsers_agree(text):
    first = parse_yaml(text, "f.yaml", yaml.SafeLoader)
    second = parse_yaml(text, "f.yaml")
    if first.complete and second.complete:
        # The value of a refused tag is the parser's own matter.
        assert first.data == second.data or first.diagnostics
        assert [(d.code, d.position) for d in first.diagnostics] == [(d.code, d.position) for d in second.diagnostics]
    source, problems = parse_source(text, "f.yaml")
    assert source is not None or problems
    if source is not None:
        assert all(1 <= line <= len(source.lines) for line in source.comments)
