"""Which files a log, a folder or a list of them stands for: the rotated ones too, in their order, each once."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from event_maker import write

from packgate.errors import UserError
from packgate.eventlog.chain import Log
from packgate.eventlog.segments import log_files, logs_in
from packgate.eventstore.places import files_of


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of the real writer that was rotated several times."""
    path = tmp_path / "state" / "events.jsonl"
    path.parent.mkdir()
    write(Log(str(path), rotate=1500), 12)
    return path


def numbers(files: list[str]) -> list[int]:
    return [json.loads(line)["seq"] for name in files for line in Path(name).read_text().splitlines()]


def test_a_log_stands_for_its_rotated_files_in_order(log: Path) -> None:
    files = files_of([str(log)])
    assert len(files) > 2
    assert files[-1] == str(log)
    found = numbers(files)
    assert found == list(range(1, len(found) + 1))
    assert files == files_of(files), "what was found stands for itself"


def test_each_file_is_read_once(log: Path, tmp_path: Path) -> None:
    files = files_of([str(log)])
    everything = [*map(str, sorted(log.parent.glob("events*.jsonl"))), str(log)]
    assert files_of(everything) == files
    (tmp_path / "other.jsonl").symlink_to(log)
    assert files_of([str(log), os.path.relpath(log), str(tmp_path / "other.jsonl")]) == files


def test_a_rotated_file_stands_for_itself(log: Path) -> None:
    first = files_of([str(log)])[0]
    assert files_of([first]) == [first]


def test_a_folder_stands_for_all_logs_in_it(log: Path) -> None:
    second = log.with_name("audit.jsonl")
    write(Log(str(second)), 2)
    (log.parent / "alerts.spool").write_text("{}\n")
    (log.parent / "old.jsonl").mkdir()
    assert files_of([str(log.parent)]) == [str(second), *files_of([str(log)])]


def test_a_log_whose_newest_file_is_gone_is_still_one(log: Path) -> None:
    """Between a file that was put aside and the next one, only rotated ones are there."""
    before = files_of([str(log)])[:-1]
    log.unlink()
    assert log_files(str(log)) == before == files_of([str(log)]) == files_of([str(log.parent)])
    assert logs_in(str(log.parent)) == [str(log)]


def test_a_folder_without_events_or_with_both_forms_is_refused(log: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="there is no log"):
        files_of([str(tmp_path / "empty")])
    (log.parent / "part-0.parquet").write_bytes(b"PAR1")
    with pytest.raises(UserError, match=r"holds logs and \.parquet files"):
        files_of([str(log.parent)])


def test_what_is_not_there_is_left_to_whoever_reads_it(tmp_path: Path) -> None:
    missing = str(tmp_path / "none" / "events.jsonl")
    assert files_of([missing]) == [missing]
    assert files_of(["/dev/null"]) == ["/dev/null"]
