"""How long events stay: files of a day each, removed by their age when another one is begun, and told apart from what somebody took away."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from event_maker import errors, event, read, verify

from packgate.bundle.private_keys import new_key
from packgate.eventlog.chain import Log, append_events
from packgate.eventlog.segments import log_files, segments
from packgate.eventlog.times import day_number
from packgate.events.checkpoint import add_checkpoint
from packgate.events.verify import read_claims

FIRST = date(2026, 1, 30)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "events.jsonl"


def add(log: Log, day: int, number: int) -> None:
    append_events(log, [{**event(number), "time": f"{FIRST + timedelta(day)}T12:00:00Z"}])


def fill(log: Log, days: int, a_day: int = 3) -> None:
    for day in range(days):
        for number in range(a_day):
            add(log, day, day * 10 + number)


def days(path: Path) -> list[str]:
    """The days of the decisions that are there, oldest first."""
    return sorted({each["time"][:10] for name in log_files(str(path)) for each in read(Path(name)) if each["kind"] == "decision"})


def test_an_event_stays_so_many_days_and_its_file_goes_whole(path: Path) -> None:
    fill(Log(str(path), keep_days=3), 10)
    assert days(path) == [str(FIRST + timedelta(day)) for day in range(6, 10)], "today, and three days before"
    assert len(segments(str(path))) == 3
    result = verify(path)
    assert not result.findings
    assert result.removed[-1]["last"] == (result.first or 0) - 1


def test_what_retention_removed_is_told_from_what_somebody_took(path: Path) -> None:
    signer, _ = new_key(None)
    log = Log(str(path), keep_days=3)
    fill(log, 5)
    add_checkpoint(log, signer, f"{FIRST + timedelta(4)}T13:00:00Z")
    for day in range(5, 10):
        add(log, day, day * 10)
    add_checkpoint(log, signer, f"{FIRST + timedelta(9)}T13:00:00Z")
    claims, _ = read_claims(f"{path}.checkpoints", (signer.public_key,))
    result = verify(path, (signer.public_key,), tuple(claims))
    assert (result.findings, len(claims), result.checkpoints) == ([], 2, 1), "the first was of events that are gone"
    os.unlink(segments(str(path))[0][1])
    assert [code for code, _, _ in errors(verify(path, (signer.public_key,), tuple(claims)))] == ["PG861"]


def test_a_log_that_is_cut_is_cut_whatever_its_age(path: Path) -> None:
    fill(Log(str(path), keep_days=3), 10)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    assert [code for code, _, _ in errors(verify(path))] == ["PG864"]


def test_nothing_is_removed_while_nothing_is_written(path: Path) -> None:
    log = Log(str(path), keep_days=3)
    fill(log, 2)
    add(log, 100, 1000)
    assert days(path) == [str(FIRST + timedelta(100))]
    assert [each["file"] for each in read(path)[0]["outcome"]["removed"]] == ["events.000001.jsonl", "events.000002.jsonl"]
    assert not verify(path).findings


def test_the_number_of_files_holds_beside_it(path: Path) -> None:
    fill(Log(str(path), keep=2, keep_days=5), 10)
    assert len(segments(str(path))) == 2
    assert not verify(path).findings


def test_several_files_of_one_day_go_together(path: Path) -> None:
    fill(Log(str(path), rotate=1000, keep_days=2), 6, 6)
    assert days(path) == [str(FIRST + timedelta(day)) for day in range(3, 6)]
    assert not verify(path).findings


def test_a_clock_that_goes_back_removes_nothing(path: Path) -> None:
    log = Log(str(path), keep_days=1)
    fill(log, 2)
    before = len(segments(str(path)))
    add(log, -30, 99)
    assert len(segments(str(path))) == before
    # An event of the past that stands last in its file does not take newer files with it.
    add(log, 1, 100)
    add(log, 2, 101)
    assert str(FIRST + timedelta(1)) in days(path)
    assert not verify(path).findings


def test_without_it_events_stay_and_files_are_not_begun(path: Path) -> None:
    fill(Log(str(path)), 10)
    assert len(log_files(str(path))) == 1


@pytest.mark.parametrize("time", ["", "2026-01-31", "2026-01-31T12:00:00+01:00", "yesterday", "2026-1-31T12:00:00Z"])
def test_a_time_of_another_form_has_no_day(time: str) -> None:
    assert day_number(time) is None


def test_days_are_counted_as_the_calendar_does() -> None:
    start = date(1999, 12, 28)
    first = day_number(f"{start}T00:00:00Z")
    assert first is not None
    for number in range(0, 40_000, 7):
        day = start + timedelta(number)
        assert day_number(f"{day}T23:59:59Z") == first + number
