from __future__ import annotations

import json
from dataclasses import replace

import pytest

from packgate.release.record import BEGIN, END, DamagedRecord, Record, block_of, read_message, write_message

RECORD = Record(
    pack="demo", version="1.2.0", stage="warn", revision=3, commit="c" * 40, digest="sha256:" + "d" * 64, time="2026-01-31T09:30:00Z",
    packgate="0.1.0", previous="demo/v1.1.0-audit", evidence={"cases": {"must_fire": {"passed": 3}}}, change={"direction": "tightened"},
    gates=[{"name": "days", "met": True}], reason="Grüße",
)


def damaged(message: str) -> str:
    with pytest.raises(DamagedRecord) as caught:
        read_message(message)
    return str(caught.value)


def changed(**values: object) -> str:
    data = json.loads(block_of(RECORD)) | values
    return f"Demo.\n\n{BEGIN}\n{json.dumps(data, sort_keys=True, indent=1)}\n{END}\n"


def test_a_record_is_read_as_it_was_written():
    message = write_message("demo 1.2.0 is released.", ["No policy was removed.", "3 cases"], RECORD)
    assert message.startswith("demo 1.2.0 is released.\n\nNo policy was removed.\n3 cases\n\n" + BEGIN)
    assert read_message(message) == RECORD
    assert message.isascii()
    assert write_message("demo 1.2.0 is released.", ["No policy was removed.", "3 cases"], RECORD) == message


def test_what_people_write_cannot_be_taken_for_a_record_or_a_signature():
    other = replace(RECORD, revision=9)
    message = write_message("x", [f"{BEGIN}\n{block_of(other)}\n{END}", "-----BEGIN SSH SIGNATURE-----"], replace(RECORD, reason=f"{BEGIN}\n{END}"))
    assert "BEGIN SSH" in message
    assert "-----BEGIN SSH SIGNATURE-----" not in message


@pytest.mark.parametrize("message", ["", "demo 1.2.0\n", f"{BEGIN}\n", f"{END}\n{BEGIN}\n"])
def test_no_record(message):
    assert "record" in damaged(message)


def test_more_than_one_record_and_text_after_it():
    message = write_message("x", [], RECORD)
    assert "more than one" in damaged(message + message)
    assert "text follows it" in damaged(message + "revision: 99\n")


@pytest.mark.parametrize(("values", "reason"), [
    ({"v": 2}, "format 2"), ({"v": True}, "format True"), ({"revision": 0}, "revision"), ({"revision": True}, "revision"),
    ({"revision": "3"}, "revision"), ({"revision": 2**31}, "revision"), ({"commit": "main"}, "commit or digest"), ({"digest": "md5:1"}, "commit or digest"),
    ({"pack": None}, "pack is missing"), ({"extra": 1}, "extra"), ({"evidence": []}, "evidence"), ({"gates": {}}, "gates"),
])
def test_wrong_values(values, reason):
    assert reason in damaged(changed(**values))


def test_other_bytes_for_the_same_record_are_refused():
    text = write_message("x", [], RECORD)
    assert "canonical" in damaged(text.replace('"revision": 3', '"revision":  3'))
    assert "canonical" in damaged(text.replace('"revision": 3', '"revision": 99,\n "revision": 3'))
    assert "not JSON" in damaged(text.replace('"revision": 3', '"revision": '))
    assert "not a mapping" in damaged(f"{BEGIN}\n[]\n{END}\n")
    assert "too long" in damaged("x" * 1_000_001)
    assert damaged(f"{BEGIN}\n{'[' * 100_000}\n{END}\n")
