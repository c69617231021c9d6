"""Hostile bundles: any flipped bit, any change, any bytes at all end in a refusal, never in another error or in a bundle."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bundle_forge import NOW, built, golden, members, packed, with_manifest
from hypothesis import given
from hypothesis import strategies as st

from packgate.bundle.archive import write_archive
from packgate.bundle.canonical import canonical, parse
from packgate.bundle.compiled import COMPILED
from packgate.bundle.names import is_plain
from packgate.bundle.refusals import Refused
from packgate.bundle.verify import open_bundle, read_bundle

GOLDEN = golden()
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=8,
)


def refused(data: bytes) -> bool:
    """Whether a bundle is refused when it is opened or loaded. Any other error ends the test."""
    try:
        open_bundle(data, now=NOW).load()
    except Refused:
        return True
    return False


def test_any_flipped_bit_is_refused() -> None:
    """Every byte of a small bundle, a bit that goes round: all bits of all bytes take a minute and find the same."""
    whole = built(pack="base").data
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        with pytest.raises(Refused):
            read_bundle(bytes(changed))


@given(st.binary(max_size=2000))
def test_any_bytes(data: bytes) -> None:
    assert refused(data)


@given(st.integers(0, len(GOLDEN) - 1), st.integers(0, 700), st.binary(max_size=600))
def test_any_replacement(start: int, length: int, new: bytes) -> None:
    changed = GOLDEN[:start] + new + GOLDEN[start + length :]
    assert changed == GOLDEN or refused(changed)


@given(st.data())
def test_blocks_in_any_order(data: st.DataObject) -> None:
    blocks = [GOLDEN[start : start + 512] for start in range(0, len(GOLDEN), 512)]
    order = data.draw(st.lists(st.integers(0, len(blocks) - 1), min_size=1, max_size=2 * len(blocks)))
    changed = b"".join(blocks[index] for index in order)
    assert changed == GOLDEN or refused(changed)


@given(st.permutations(list(members(GOLDEN))))
def test_members_in_another_order(order: list[str]) -> None:
    found = members(GOLDEN)
    assert order == list(found) or refused(write_archive(found, order))


@given(st.sampled_from(list(json.loads(members(GOLDEN)["manifest.json"]))), PLAIN)
def test_any_manifest(name: str, value: Any) -> None:
    data = {**json.loads(members(GOLDEN)["manifest.json"]), name: value}
    same = data == json.loads(members(GOLDEN)["manifest.json"])
    try:
        changed = packed({**members(GOLDEN), "manifest.json": canonical(data)})
    except ValueError:
        return
    assert same or refused(changed)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in plain data."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for key, item in inside for each in places(item, (*path, key)))]


COMPILED_DATA = json.loads(members(GOLDEN)[COMPILED])


@given(st.sampled_from(places(COMPILED_DATA)[1:]), PLAIN)
def test_any_compiled_pack_of_a_builder(path: tuple[Any, ...], value: Any) -> None:
    """Sealed by somebody who can build: it may be another pack that decides, but it never fails in another way."""
    data = json.loads(members(GOLDEN)[COMPILED])
    parent = data
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    try:
        content = canonical(data)
    except ValueError:
        return
    refused(with_manifest(contents={COMPILED: content}))


@given(PLAIN)
def test_canonical_json_is_read_back(value: Any) -> None:
    try:
        data = canonical(value)
    except ValueError:
        return
    assert parse(data) == value
    assert canonical(parse(data)) == data


@given(st.dictionaries(st.from_regex(r"[a-zA-Z0-9._+@-]{1,20}(/[a-zA-Z0-9._-]{1,20}){0,3}", fullmatch=True).filter(is_plain), st.binary(max_size=1500), max_size=6))
def test_any_members_are_read_back(contents: dict[str, bytes]) -> None:
    from packgate.bundle.archive import check_form, read_archive

    if len({name.lower() for name in contents}) == len(contents):
        data = write_archive(contents, list(contents))
        assert read_archive(data) == contents
        check_form(contents, data)
