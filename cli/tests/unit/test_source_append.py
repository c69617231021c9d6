"""An item added to a list of a YAML file: the rest of the file stays byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packgate.source.append import append_item, flow, scalar
from packgate.source.edited import EditRefused
from packgate.source.yaml import parse_yaml

ITEM = {"id": "x", "command": "psql -c 'DROP TABLE users'", "if": {"branch": "import/*"}}
WRITTEN = "id: x\n{0}command: psql -c 'DROP TABLE users'\n{0}if: {{branch: 'import/*'}}\n"


@pytest.mark.parametrize(("text", "before", "added", "after"), [
    ("items:\n  - id: a # why\n  # more\nend: 1\n", "items:\n  - id: a # why\n", "  - " + WRITTEN.format("    "), "  # more\nend: 1\n"),
    ("items:\n- id: a", "items:\n- id: a", "\n- " + WRITTEN.format("  "), ""),
    ("items:\r\n  - a\r\nend: 1\r\n", "items:\r\n  - a\r\n", ("  - " + WRITTEN.format("    ")).replace("\n", "\r\n"), "end: 1\r\n"),
    ("items:\nend: 1\n", "items:\n", "  - " + WRITTEN.format("    "), "end: 1\n"),
    ("items: []  # none\n", "items: [", "{id: x, command: 'psql -c ''DROP TABLE users''', if: {branch: 'import/*'}}", "]  # none\n"),
    ("items: [{id: [a]}]\n", "items: [{id: [a]}", ", {id: x, command: 'psql -c ''DROP TABLE users''', if: {branch: 'import/*'}}", "]\n"),
    ("items:\n  - |\n    a\n    b\n", "items:\n  - |\n    a\n    b\n", "  - " + WRITTEN.format("    "), ""),
    ("other: 1\n", "other: 1\n", "items:\n  - " + WRITTEN.format("    "), ""),
    ("\ufeffitems:\n  - a\n", "\ufeffitems:\n  - a\n", "  - " + WRITTEN.format("    "), ""),
])
def test_only_the_item_is_added(text: str, before: str, added: str, after: str) -> None:
    assert append_item(text, ("items",), ITEM, "f.yaml") == before + added + after


def test_a_new_file_begins_with_its_header() -> None:
    assert append_item(None, ("items",), {"id": "a"}, "f.yaml", "# schema\n") == "# schema\nitems:\n  - id: a\n"


def test_a_place_inside_of_lists() -> None:
    text = "policies:\n  - id: a\n    tests:\n      must_fire:\n        - command: a\n      must_not_fire:\n        - command: b\n  - id: b\n"
    added = append_item(text, ("policies", 0, "tests", "must_fire"), {"command": "c"}, "f.yaml")
    assert added == text.replace("        - command: a\n", "        - command: a\n        - command: c\n")


@pytest.mark.parametrize("text", ["items: {}\n", "items: text\n", "items:\n  - a: 1\n  - a: [\n", "- a\n"])
def test_what_holds_no_list_is_refused(text: str) -> None:
    with pytest.raises(EditRefused):
        append_item(text, ("items",), {"id": "a"}, "f.yaml")
    with pytest.raises(EditRefused):
        append_item("policies: []\n", ("policies", 3, "tests"), {"id": "a"}, "f.yaml")


plain = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.integers(-10**12, 10**12) | st.booleans(),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6), each, max_size=3),
    max_leaves=8,
)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_text_is_read_as_it_was_given(text: str) -> None:
    for written in (f"k: [{scalar(text)}, {{a: {scalar(text)}}}]\n",):
        document = parse_yaml(written, "f.yaml")
        assert not document.diagnostics
        assert document.data == {"k": [text, {"a": text}]}


@given(st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), plain, min_size=1, max_size=4))
def test_any_plain_item_is_added(item: dict[str, object]) -> None:
    text = "# head\nitems:\n  - id: a # first\nend: 1 # last\n"
    added = append_item(text, ("items",), item, "f.yaml")
    assert parse_yaml(added, "f.yaml").data == {"items": [{"id": "a"}, item], "end": 1}
    assert added.startswith("# head\nitems:\n  - id: a # first\n")
    assert added.endswith("end: 1 # last\n")
    assert flow(item)
