"""Lines of the form in which logs are written are read by a quicker way than others, and say the same."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packgate.eventstore.quick_json import read_json
from packgate.impact.simulation import reading
from packgate.impact.simulation.lines import ranges
from packgate.impact.simulation.reading import Reader
from packgate.impact.simulation.typed_lines import canonical, typed_event

if TYPE_CHECKING:
    from packgate.impact.simulation.reading import Read, Share

EVENT: dict[str, Any] = {
    "v": 1, "seq": 1, "time": "2026-01-31T10:00:00Z", "kind": "decision", "latency_us": 80, "follows": None, "outcome": None, "prev": None,
    "action": {
        "id": "a", "surface": "shell", "command": "ls", "repo": {"name": "acme/web", "root": "/w"}, "time": None,
        "actor": {"agent": "codex", "session": "s", "user": "ana", "groups": ["web"], "team": None, "owner": None},
    },
    "decision": {"decision_id": "d-1", "decision": "allow"},
}
odd = st.sampled_from([
    None, True, 0, -0.0, 1e16, 1.5e-7, float("inf"), float("nan"), 2**70, "", "é", "\ud800", "\U0001f600", "\x00", "a/b", [], {}, [{"b": 1, "a": [2]}],
])
SPOTS = [
    ("v",), ("kind",), ("time",), ("seq",), ("action",), ("decision",), ("outcome",), ("action", "command"), ("action", "surface"), ("action", "actor"),
    ("action", "actor", "user"), ("action", "actor", "groups"), ("action", "actor", "owner"), ("action", "repo"), ("action", "repo", "name"),
    ("action", "repo", "unknown"), ("action", "arguments"), ("action", "env"), ("action", "permissions"), ("action", "unknown"), ("action", "id"), ("decision", "decision_id"), ("decision", "note"), ("unknown",),
]
kinds = st.sampled_from(["decision", "decision", "outcome", "gap", "imported", "action", "alert", "guess"])


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    event = json.loads(json.dumps(EVENT))
    event["kind"] = draw(kinds)
    for spot in draw(st.lists(st.sampled_from(SPOTS), max_size=2)):
        found = event
        for key in spot[:-1]:
            found = found[key] if isinstance(found.get(key), dict) else {}
        if draw(st.booleans()):
            found[spot[-1]] = draw(odd)
        else:
            found.pop(spot[-1], None)
    text = json.dumps(event, ensure_ascii=draw(st.booleans()), separators=draw(st.sampled_from([(",", ":"), (", ", ": ")])))
    return text.encode("utf-8", "surrogatepass")


def read(text: list[bytes]) -> tuple[Read, list[Share]]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "events.jsonl")
        path.write_bytes(b"".join(line + b"\n" for line in text))
        parts = ranges([path], 1 << 30)
        return Reader(frozenset(("user",)), 3).read(parts[0]) if parts else (reading.Read(), [])


@given(st.lists(lines(), max_size=12))
def test_both_ways_to_read_say_the_same(text: list[bytes]) -> None:
    found = read(text)
    with patch.object(reading, "typed_event", lambda line: None):
        assert read(text) == found


@pytest.mark.parametrize("line", [
    json.dumps(EVENT), json.dumps({**EVENT, "kind": "imported"}), json.dumps({**EVENT, "unknown": {"a": 1}}), json.dumps(EVENT, separators=(",", ":")),
    json.dumps({**EVENT, "kind": "outcome", "action": None}), json.dumps({**EVENT, "kind": "approval"}),
])
def test_lines_as_logs_have_them_are_read_quickly(line: str) -> None:
    assert typed_event(line.encode()) is not None


@pytest.mark.parametrize("line", [
    b"", b"{}", b"[]", b"{", json.dumps({**EVENT, "v": 2}).encode(), json.dumps({**EVENT, "action": None}).encode(),
    json.dumps({**EVENT, "kind": "gap", "action": None}).encode(), json.dumps({**EVENT, "kind": "guess"}).encode(),
    json.dumps({**EVENT, "action": {"surface": "shell", "command": "ls", "unknown": 1}}).encode(), json.dumps(EVENT).encode().replace(b"ls", b"\xff"),
    json.dumps({**EVENT, "outcome": "ls"}).encode().replace(b'"ls"', b'"\xff"'),
])
def test_everything_else_is_left_to_the_way_that_says_what_is_wrong(line: bytes) -> None:
    assert typed_event(line) is None


@given(st.recursive(odd, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=8))
def test_an_action_is_written_so_that_it_can_be_read_again(value: Any) -> None:
    text = canonical({"surface": "mcp", "arguments": value})
    assert canonical(read_json(text)) == text
    assert repr(read_json(text).get("arguments", {})) == repr(json.loads(json.dumps(value, sort_keys=True)))


@pytest.mark.parametrize(("given", "name"), [
    ({"repo": {"name": "acme/web", "root": "/w"}, "cwd": "/w/src"}, "acme/web"), ({"repo": {"name": None, "root": "/w"}, "cwd": "/w/src"}, "/w"),
    ({"repo": None, "cwd": "/w/src"}, "/w/src"), ({"cwd": ""}, None), ({}, None),
])
def test_a_repository_without_a_name_goes_by_its_place(given: dict[str, Any], name: str | None) -> None:
    action = {"surface": "shell", "command": "ls", **given}
    for line in (json.dumps({"v": 1, "kind": "imported", "action": action}), json.dumps(action)):
        found, _ = read([line.encode()])
        assert list(found.where.values()) == [(name, "shell")]
