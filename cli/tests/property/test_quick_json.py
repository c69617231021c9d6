"""JSON that is read quickly says what it says to Python's own reader, and what that refuses is refused in the same words."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from packgate.eventstore.quick_json import read_json

plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["\ud800", 2**70, -0.0, 1e400])
values = st.recursive(plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4), max_leaves=12)
cuts = st.tuples(st.integers(0, 60), st.sampled_from([b"", b"\xff", b"\xef\xbb\xbf", b"01", b"NaN", b"\x00", b"}", b"{", b'"', b"\\u12", b" ", b",", b"-"]))


def outcome(read: Any, text: bytes) -> str:
    try:
        return repr(read(text))
    except (ValueError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"


def own(text: bytes) -> Any:
    return json.loads(text.decode())


@given(values, st.booleans(), st.lists(cuts, max_size=2))
def test_both_read_alike(value: Any, ascii_only: bool, damages: list[tuple[int, bytes]]) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    for place, damage in damages:
        text = text[:place] + damage + text[place:]
    assert outcome(read_json, text) == outcome(own, text)


def test_depth_is_no_crash() -> None:
    for depth in (10, 200, 5_000, 100_000):
        found = outcome(read_json, b"[" * depth + b"]" * depth)
        assert found == "[" * depth + "]" * depth or (depth > 200 and found.startswith("RecursionError"))
