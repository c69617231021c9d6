"""Actions as JSON: what is certain at a glance is what a look at every pair says."""

from __future__ import annotations

import itertools

import pytest

from packgate import strict_json
from packgate.model.action import ActionError
from packgate.strict_json import decode

PIECES = ['"a":1', '"b":{"a":2}', '"a" : 3', '"c":"\\":"', '"d":[{"a":1,"a":2}]', '"e":{"x":1,"x":2}', '"f":NaN', "bad", '"g":[]', '"a":null', '"":0']


def outcome(text: str) -> str:
    try:
        return repr(decode(text.encode(), 1_000))
    except ActionError as error:
        return f"refused: {error}"


def test_a_glance_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["{" + ",".join(pieces) + "}" for count in range(4) for pieces in itertools.product(PIECES, repeat=count)]
    texts += ["", " {}", "{} ", "[]", "1", '{"a":1}{', "{", '{"a":1}\n', '{\n"a":1}']
    quick = [outcome(text) for text in texts]
    monkeypatch.setattr(strict_json, "_no_key_twice", lambda text, value: False)
    assert quick == [outcome(text) for text in texts]
    assert any("stands twice" in found for found in quick)
    assert any(found.startswith("{") for found in quick)
