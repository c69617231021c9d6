"""`packgate simulate` on events in Parquet: what it says of them is what it says of the log that they were."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow
import pytest
from command_line import packgate
from policy_repository import PolicyRepository
from pyarrow import parquet

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = ("psql -c 'DROP TABLE users'", "psql -c 'DROP TABLE orders'", "git push --force origin main", "git push origin feature/x", "ls -la")
AT = ("--at", "2026-03-01", "--format", "json")


@pytest.fixture
def repository(tmp_path: Path) -> PolicyRepository:
    return PolicyRepository(tmp_path / "policies")


@pytest.fixture
def log(repository: PolicyRepository, tmp_path: Path) -> Path:
    """Sixty events with a blank line and a damaged one among them."""
    path = repository.events(tmp_path / "log.jsonl", COMMANDS, range(12), user="ana", session="s1", groups=["web"])
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:20], "", *lines[20:40], "{damaged", *lines[40:]]) + "\n")
    return path


def export(log: Path, target: Path, *, places: bool = True, rows: slice = slice(None), size: int = 7) -> Path:
    lines = log.read_text().splitlines()
    columns: dict[str, Any] = {"event": lines[rows]}
    if places:
        columns |= {"file": [str(log)] * len(lines[rows]), "line": list(range(1, len(lines) + 1))[rows]}
    target.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pyarrow.table(columns), target, row_group_size=size)
    return target


def simulate(repository: PolicyRepository, *events: str, more: tuple[str, ...] = ()) -> Any:
    named = [part for each in events for part in ("--events", each)]
    done = packgate("simulate", "demo", *named, *AT, *more, cwd=repository.root)
    assert done.code == 0, done.all
    data = json.loads(done.out)
    return data.pop("files"), data, done.err


def test_rows_say_what_their_lines_said(repository: PolicyRepository, log: Path, tmp_path: Path) -> None:
    _, expected, told = simulate(repository, str(log))
    assert expected["outcomes"]["changes"]["stopped"]["count"] == 36
    assert expected["read"]["damaged"] == 1
    assert f"{log}:42:" in told
    whole = export(log, tmp_path / "a.parquet")
    days = tmp_path / "by-day"
    for number in range(3):
        export(log, days / f"day=2026-01-0{number + 1}" / "part.parquet", rows=slice(number * 20, (number + 1) * 20 if number < 2 else None))
    for place in (str(whole), whole.as_uri(), str(days), days.as_uri(), log.as_uri()):
        files, found, err = simulate(repository, place, more=("--workers", "1"))
        if place != log.as_uri():
            assert (found, err) == (expected, told), place
            assert all(each.endswith(".parquet") for each in files)
        else:
            assert found["outcomes"] == expected["outcomes"], "lines are read by their address too"
    assert simulate(repository, str(days), more=("--workers", "2"))[1] == expected
    piped = packgate("simulate", "demo", "--events", "-", *AT, stdin=whole.read_bytes(), cwd=repository.root)
    assert json.loads(piped.out)["outcomes"] == expected["outcomes"]


def test_a_row_is_told_by_its_number_where_nothing_says_its_line(repository: PolicyRepository, log: Path, tmp_path: Path) -> None:
    place = export(log, tmp_path / "a.parquet", places=False)
    _, found, told = simulate(repository, str(place))
    _, expected, _ = simulate(repository, str(log))
    assert [each["place"] for each in found["clusters"]] == [each["place"].replace(str(log), str(place)) for each in expected["clusters"]]
    assert f"{place}:42:" in told


def test_one_that_was_ended_goes_on_with_the_same_rows_only(repository: PolicyRepository, log: Path, tmp_path: Path) -> None:
    place, work = export(log, tmp_path / "a.parquet"), tmp_path / "work"
    from packgate.impact.simulation import running

    def ended(total: int) -> Any:
        steps = iter(range(4))

        def step() -> None:
            if next(steps) == 3:
                raise KeyboardInterrupt

        return step

    real = running.simulate
    try:
        running.simulate = lambda *arguments, tick, **more: real(*arguments, tick=ended, **more)
        begun = packgate("simulate", "demo", "--events", str(place), *AT, "--resume", str(work), cwd=repository.root)
    finally:
        running.simulate = real
    assert begun.code != 0
    assert len(list(work.glob("range-*"))) == 4
    kept = place.read_bytes()
    export(log, place, size=9)
    changed = packgate("simulate", "demo", "--events", str(place), *AT, "--resume", str(work), cwd=repository.root)
    assert (changed.code, "were changed" in changed.err) == (2, True)
    place.write_bytes(kept)
    assert simulate(repository, str(place), more=("--resume", str(work)))[1] == simulate(repository, str(log))[1]
    assert not work.exists()


def test_a_row_without_an_event_is_damaged(repository: PolicyRepository, log: Path, tmp_path: Path) -> None:
    place = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"event": [log.read_text().splitlines()[0], None]}), place)
    assert f"{place}:2:1: " in simulate(repository, str(place))[2]


def test_what_can_not_be_read_is_a_users_error(repository: PolicyRepository, tmp_path: Path) -> None:
    other = tmp_path / "other.parquet"
    parquet.write_table(pyarrow.table({"a": [1]}), other)
    empty = tmp_path / "empty"
    empty.mkdir()
    for place, reason in ((str(other), "no column 'event'"), (str(empty), "no .parquet file"), ("nothing://a", "can't be read")):
        done = packgate("simulate", "demo", "--events", place, cwd=repository.root)
        assert (done.code, reason in done.err) == (2, True), done.all
