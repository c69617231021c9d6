"""Redaction: markers, texts in pieces, and data whose shape stays."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from packgate.guard import libraries
from packgate.guard.detectors import Redaction, Unchecked, detects, mask, redact, redact_json, scan_of, unchecked
from packgate.guard.markers import marker, use_key
from packgate.guard.scan import merged
from packgate.guard.stream import HELD, LONGEST, RedactingStream
from packgate.guard.table import SETS

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks"))

import guard_personal
from guard_negatives import made
from guard_values import fill, positives

SECRETS = scan_of(("secrets",))
ALL = scan_of(("secrets", "personal-data"))
KEY = bytes(range(32))
CARD = "4539148803436467"


@pytest.fixture(autouse=True)
def _no_key_afterwards() -> Iterator[None]:
    yield
    use_key(None)


def github(seed: int) -> str:
    return fill("ghp_{a:30}{crc}", random.Random(seed))


def test_without_a_key_a_marker_names_the_kind_alone() -> None:
    assert marker("github-token", github(1)) == marker("github-token", github(2)) == "[REDACTED:github-token]"


def test_with_a_key_markers_tell_secrets_apart_and_are_the_same_in_every_process() -> None:
    use_key(KEY)
    # A known answer: HMAC-SHA-256 of the id, a zero byte and the secret.
    assert marker("aws-access-key", "x") == "[REDACTED:aws-access-key:b5ae]"
    assert marker("github-token", github(1)) != marker("github-token", github(2))
    first = marker("github-token", github(1))
    use_key(KEY[::-1])
    assert marker("github-token", github(1)) != first
    use_key(KEY)
    assert marker("github-token", github(1)) == first


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        use_key(b"short")


def test_overlapping_hits_are_joined_whatever_their_order() -> None:
    hits = [(5, 20, "generic-secret"), (0, 10, "github-token"), (20, 25, "jwt"), (12, 18, "aws-access-key")]
    expected = [(0, 20, "github-token"), (20, 25, "jwt")]
    for seed in range(10):
        shuffled = hits.copy()
        random.Random(seed).shuffle(shuffled)
        assert merged(shuffled) == expected


def test_data_keeps_its_shape_and_its_other_values() -> None:
    token = github(3)
    found: list[Redaction] = []
    data = {"a": [1, None, True, {"b": f"x {token}"}], "n": 7, "t": [token, "plain"], "deep": {"api_key": fill("{a:32}", random.Random(5))}}
    out = redact_json(data, SECRETS, found)
    assert out == {"a": [1, None, True, {"b": "x [REDACTED:github-token]"}], "n": 7, "t": ["[REDACTED:github-token]", "plain"],
                   "deep": {"api_key": "[REDACTED:generic-secret]"}}
    assert [(each.path, each.detector) for each in found] == [("a[3].b", "github-token"), ("t[0]", "github-token"), ("deep.api_key", "generic-secret")]
    assert data["t"][0] == token  # type: ignore[index]


def test_names_of_entries_are_texts_too_and_kept_ones_stay() -> None:
    token = github(4)
    assert redact_json({token: 1}, SECRETS) == {"[REDACTED:github-token]": 1}
    assert redact_json({"path": token, "text": token}, SECRETS, keep=frozenset(("path",))) == {"path": token, "text": "[REDACTED:github-token]"}


def test_deep_data_is_gone_through() -> None:
    deep: object = github(5)
    for _ in range(20_000):
        deep = [deep]
    out = redact_json(deep, SECRETS)
    while isinstance(out, list):
        out = out[0]
    assert out == "[REDACTED:github-token]"


def test_no_entry_gets_lost_when_two_names_have_the_same_marker() -> None:
    out = redact_json({github(11): 1, "[REDACTED:github-token]": 2, github(12): 3}, SECRETS)
    assert sorted(out.values()) == [1, 2, 3]
    assert all(name.startswith("[REDACTED:github-token]") for name in out)


def test_json_stays_json_where_a_hit_takes_half_of_what_is_escaped() -> None:
    # A key without an end goes on with a backslash, which belongs to the quote behind it.
    key = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + fill("{b:64}", random.Random(13))
    text = json.dumps({"log": f'{key} "quoted"', "n": 3})
    out = json.loads(redact(text, SECRETS))
    assert out["n"] == 3
    assert "[REDACTED:private-key]" in out["log"]
    assert fill("{b:64}", random.Random(13)) not in out["log"]


def test_text_of_json_stays_json() -> None:
    token = github(6)
    text = json.dumps({"card": int(CARD), "cards": [int(CARD), 1], "token": token, "text": f'quoted "{token}"', "n": 3})
    out = redact(text, ALL)
    assert json.loads(out) == {"card": "[REDACTED:card-number]", "cards": ["[REDACTED:card-number]", 1], "token": "[REDACTED:github-token]",
                               "text": 'quoted "[REDACTED:github-token]"', "n": 3}
    assert redact_json({"card": int(CARD), "n": 3}, ALL) == {"card": "[REDACTED:card-number]", "n": 3}
    # Elsewhere nothing is quoted.
    assert redact(f"card: {CARD}, then", ALL) == "card: [REDACTED:card-number], then"


def _texts(seed: int) -> str:
    rng = random.Random(seed)
    lines = [text for _, text, _ in positives(rng, 1)] + [line for _, line in made(rng, 4)]
    rng.shuffle(lines)
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(3))
def test_in_pieces_comes_out_what_comes_out_at_once(seed: int) -> None:
    text = _texts(seed) * 2
    expected = redact(text, SECRETS)
    rng = random.Random(seed)
    stream = RedactingStream(SECRETS)
    out, position = [], 0
    while position < len(text):
        size = rng.choice((1, 7, 100, 5_000, HELD, 3 * HELD))
        size = max(size, 500)
        out.append(stream.feed(text[position:position + size]))
        position += size
    out.append(stream.finish())
    assert "".join(out) == expected


def test_a_secret_is_found_wherever_the_pieces_are_cut() -> None:
    token = github(7)
    before = "line of text\n" * (HELD // 6)
    text = f"{before}{token}\n{before}"
    for cut in range(len(before) - 2, len(before) + len(token) + 2):
        stream = RedactingStream(SECRETS)
        assert stream.feed(text[:cut]) + stream.feed(text[cut:]) + stream.finish() == redact(text, SECRETS)


def test_a_key_without_an_end_is_not_waited_for_without_end() -> None:
    stream = RedactingStream(SECRETS)
    out = stream.feed("-----BEGIN RSA PRIVATE " + "KEY-----\n")
    held = 0
    for _ in range(40):
        piece = fill("{b:64}", random.Random(held)) * 300 + "\n"
        held += len(piece)
        out += stream.feed(piece)
    assert held > 2 * LONGEST
    assert "[REDACTED:private-key]" in out
    assert len(stream.finish()) < 2 * LONGEST


def test_personal_data_is_found_and_examples_are_not() -> None:
    missed = [(id, text) for id, text, secret in guard_personal.positives(random.Random(3), 3) if secret in redact(text, scan_of((id,)))]
    assert not missed
    wrong = [(line, ALL.hits(line)) for _, line in made(random.Random(9), 10) if ALL.hits(line)]
    assert not wrong


def test_every_detector_of_personal_data_has_values() -> None:
    assert {id for id, _, _ in guard_personal.positives(random.Random(1), 1)} == set(SETS["personal-data"])


@pytest.mark.parametrize(("text", "id"), [
    ("4111 1111 1111 1111", "card-number"), ("user@example.com", "email"), ("212-555-0143", "phone-number"), ("DE89370400440532013000", "iban"),
])
def test_reserved_data_counts_when_it_is_asked_for(text: str, id: str) -> None:
    assert not detects(id, text)
    assert detects(f"{id}-or-example", text)


@pytest.mark.parametrize(("id", "valid", "invalid"), [
    ("phone-number", "+49 30 901820", "+999 30 901820"), ("iban", "DE91100000000123456789", "DE00100000000123456789"),
    ("us-ssn", "536-22-8712", "000-12-3456"), ("national-phone-number", "phone: 020 7219 3000", "phone: 000 0000 0000"),
])
def test_a_detector_without_its_library_finds_more_and_never_less(monkeypatch: pytest.MonkeyPatch, id: str, valid: str, invalid: str) -> None:
    assert (detects(id, valid), detects(id, invalid), detects(id, "no number")) == (True, False, False)
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    monkeypatch.setitem(sys.modules, "stdnum", None)
    assert (detects(id, valid), detects(id, invalid), detects(id, "no number")) == (True, True, False)
    assert redact(f"({invalid})", scan_of((id,))).count("[REDACTED:") == 1
    assert detects("personal-data", f"{valid} {invalid}")


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert libraries.is_installed("phonenumbers")
    assert unchecked("personal-data") is None
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    monkeypatch.setitem(sys.modules, "stdnum", None)
    assert not libraries.is_installed("phonenumbers")
    assert not libraries.is_installed("no_such_library_here")
    for name in ("phone-number", "iban", "contact-data", "personal-data", "personal-data-or-example"):
        found = unchecked(name)
        assert isinstance(found, Unchecked)
        assert "(pip install 'packgate[pii]')" in str(found)
    assert unchecked("email") is unchecked("card-number") is unchecked("secrets") is None
    assert detects("card-number", f"card {CARD}")
    # Masking never needs one.
    assert mask("+49 30 901820") == "+49 30 901820"
