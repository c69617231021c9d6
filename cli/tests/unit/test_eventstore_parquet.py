"""Events as Parquet: nothing lost, typed columns that say what the events say, the same bytes again, whole or not at all."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import dataset, parquet
from store_maker import COMMANDS, DIGEST, events, lines, write_log

from packgate.errors import UserError
from packgate.eventstore import parquet as writing
from packgate.eventstore.lines import Damage, read_lines
from packgate.eventstore.parquet import write
from packgate.eventstore.rows import row_groups, rows


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_log(tmp_path_factory.mktemp("log") / "events.jsonl")


def _written(paths: list[Path], out: Path, **how: Any) -> Path:
    damage = Damage()
    write(list(map(str, paths)), out, damage, **how)
    assert damage.lines == 0
    return out


def _all(path: Path) -> list[bytes]:
    return [line for group in range(len(row_groups(str(path)))) for line in rows(str(path), group)]


def _line(**said: Any) -> bytes:
    return json.dumps({"v": 1, "kind": "gap", "time": None, **said}).encode()


def test_every_line_comes_back(log: list[Path], tmp_path: Path) -> None:
    assert len(log) > 3
    out = _written(log, tmp_path / "events.parquet")
    assert _all(out) == lines(log)
    assert [(line.number, line.data) for line in read_lines(out)] == list(enumerate(lines(log), 1))


def test_columns_say_what_the_events_say(log: list[Path], tmp_path: Path) -> None:
    table = parquet.read_table(_written(log, tmp_path / "events.parquet"))
    assert table.schema.field("time").type == pa.timestamp("us", tz="UTC")
    found = {each["decision_id"]: each for each in table.to_pylist() if each["kind"] == "decision"}
    assert len(found) == 60
    first = found["d-0"]
    assert first["time"] == datetime(2026, 1, 28, tzinfo=UTC)
    assert first["day"] == date(2026, 1, 28)
    assert (first["file"], first["line"], first["seq"]) == (str(log[0]), 1, 1)
    assert (first["user"], first["groups"], first["team"], first["agent"], first["session"]) == ("user0", ["developers", "g0"], "core", "codex", "s-0")
    assert (first["repository"], first["branch"], first["surface"], first["command"]) == ("acme/r0", "main", "shell", COMMANDS[0])
    assert (first["decision"], first["mode"], first["would"], first["policies"]) == ("deny", "block", "block", ["policy-0"])
    assert (first["coverage"], first["latency_us"], first["action_id"], first["digests"]) == ("full", 50, "a-0", [DIGEST])
    assert (first["families"], first["waived"], found["d-2"]["waived"], found["d-4"]["policies"]) == (["git-action"], [], ["policy-2"], [])
    (followed,) = [each for each in table.to_pylist() if each["follows"] == "d-1"]
    assert (followed["kind"], followed["said"], followed["followed"], followed["ran"], followed["repeated"]) == ("outcome", "warn", "next", False, True)
    assert (followed["user"], followed["policies"], followed["next_decision"]) == (None, None, "allow")
    # Where each line stood.
    places = [(each["file"], each["line"]) for each in table.to_pylist()]
    assert places == [(str(path), number) for path in log for number in range(1, len(lines([path])) + 1)]


def test_a_tool_and_an_imported_actor_are_told(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"\n".join([
        _line(kind="decision", action={"surface": "mcp", "server": "db", "tool": "drop"}, decision={}),
        _line(kind="imported", action=None, outcome={"user": "ana", "agent": "gemini", "tool": "Bash", "result": "ran"}),
        _line(kind="alert", outcome={"policies": ["a", "b"], "state": "sent"}),
    ]) + b"\n")
    mcp, imported, alert = parquet.read_table(_written([path], tmp_path / "e.parquet")).to_pylist()
    assert (mcp["tool"], mcp["user"]) == ("db/drop", None)
    assert (imported["tool"], imported["user"], imported["agent"], imported["result"]) == ("Bash", "ana", "gemini", "ran")
    assert alert["policies"] == ["a", "b"]


def test_values_of_another_type_are_null_and_stay_in_the_line(tmp_path: Path) -> None:
    odd = [
        _line(seq=2**70, time=5, latency_us=True, action=[1], decision="no", outcome=["x"], follows={"a": 1}),
        _line(seq=1.5, time="soon", action={"actor": "me", "repo": 3, "command": 7, "surface": ["shell"], "server": 1, "tool": 2},
              decision={"matches": [1, {"waived": True, "policy": 3}], "policy_ids": ["a", 1], "bundles": {}, "analysis": None, "risk_score": "9"}),
        b'{"v":1,"kind":"gap","time":"9999-12-31T23:59:59Z","outcome":{"failure":"half \\ud800 a character \\u0000","ran":1}}',
        b'{"v":1,"kind":"g\\u00e4p","time":"2026-01-31T23:30:00.123456789-01:00"}\r',
    ]
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"\n".join(odd) + b"\n")
    out = _written([path], tmp_path / "e.parquet")
    assert _all(out) == odd
    first, second, third, fourth = parquet.read_table(out).to_pylist()
    assert {first[name] for name in ("seq", "time", "day", "latency_us", "decision", "follows", "policies", "command")} == {None}
    assert (second["policies"], second["waived"], second["risk_score"], second["command"], second["tool"]) == (["a"], [], None, None, None)
    assert (third["failure"], third["ran"], third["time"].year) == ("half \\ud800 a character \x00", None, 9999)
    assert (fourth["kind"], fourth["day"], fourth["time"]) == ("gäp", date(2026, 2, 1), datetime(2026, 2, 1, 0, 30, 0, 123456, UTC))


def test_what_is_no_event_is_counted_named_and_left_out(log: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    good = lines(log)[:2]
    path.write_bytes(b"\n".join([good[0], b"{broken", b"", b"\xff\xfe", b'{"v":2,"kind":"gap"}', b"[" * 100_000, good[1], b"{cut"]))
    damage = Damage()
    written = write([str(path)], tmp_path / "e.parquet", damage)
    assert (written.events, damage.lines) == (2, 5)
    assert [each.removeprefix(f"{path}:").split(":")[0] for each in damage.named] == ["2", "4", "5", "6", "8"]
    assert _all(tmp_path / "e.parquet") == good
    assert parquet.read_table(tmp_path / "e.parquet").column("line").to_pylist() == [1, 7]


def test_a_line_that_is_too_long_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("packgate.eventstore.lines.LONGEST_LINE", 300)
    path = tmp_path / "e.jsonl"
    short = _line(outcome={"failure": "x"})
    path.write_bytes(short + b"\n" + _line(outcome="y" * 5000) + b"\n" + short + b"\n")
    damage = Damage()
    assert write([str(path)], tmp_path / "e.parquet", damage).events == 2
    assert damage.named == [f"{path}:2: it is longer than 300 bytes"]
    assert _all(tmp_path / "e.parquet") == [short, short]


def test_row_groups_are_bounded_by_rows_and_by_bytes(log: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "ROWS", 10)
    out = _written(log, tmp_path / "rows.parquet")
    assert max(row_groups(str(out))) == 10
    assert _all(out) == lines(log)
    monkeypatch.setattr(writing, "BYTES", 4000)
    out = _written(log, tmp_path / "bytes.parquet")
    assert all(sum(map(len, rows(str(out), group)[:-1])) < 4000 for group in range(len(row_groups(str(out)))))
    assert _all(out) == lines(log)


def test_the_same_lines_give_the_same_bytes(log: list[Path], tmp_path: Path) -> None:
    one, two = _written(log, tmp_path / "one.parquet"), _written(log, tmp_path / "two.parquet")
    assert one.read_bytes() == two.read_bytes()


def test_a_folder_for_each_day(log: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extra = tmp_path / "undated.jsonl"
    extra.write_bytes(_line() + b"\n")
    # So that days take turns in the open files.
    monkeypatch.setattr(writing, "_OPEN", 1)
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_bytes(b"\n".join(sorted(lines(log), key=lambda line: line[::-1])) + b"\n")
    out = _written([mixed, extra], tmp_path / "archive", by_day=True)
    names = sorted(path.name for path in out.iterdir())
    assert names == ["day=2026-01-28", "day=2026-01-29", "day=2026-01-30", "day=2026-01-31", "day=__HIVE_DEFAULT_PARTITION__"]
    assert max(len(list(folder.iterdir())) for folder in out.iterdir()) > 1
    files = sorted(out.rglob("*.parquet"))
    assert Counter(line for file in files for line in _all(file)) == Counter([*lines(log), _line()])
    # As other tools read it: the day is that of the folder.
    table = dataset.dataset(out, partitioning=dataset.partitioning(pa.schema([("day", pa.date32())]), flavor="hive")).to_table()
    for each in table.to_pylist():
        assert each["day"] == (each["time"].date() if each["time"] else None)
    assert table.num_rows == len(events(log)) + 1


def test_files_are_there_whole_or_not_at_all(log: list[Path], tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()
    (place / "events.parquet").write_bytes(b"before")
    for out, how in ((place / "events.parquet", {}), (place / "archive", {"by_day": True})):
        with pytest.raises(UserError, match="can't be read"):
            write([str(log[0]), str(tmp_path / "missing.jsonl")], out, Damage(), **how)
    assert [path.name for path in place.iterdir()] == ["events.parquet"]
    assert (place / "events.parquet").read_bytes() == b"before"
    out = _written(log, place / "events.parquet")
    assert (out.stat().st_mode & 0o777, _all(out)) == (0o600, lines(log))


def test_wrong_places_are_refused(log: list[Path], tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    (tmp_path / "folder.parquet").mkdir()
    for out, how, said in (
        (tmp_path / "events.pq", {}, "ends with .parquet"), (tmp_path / "folder.parquet", {}, "it is a folder"),
        (tmp_path / "full", {"by_day": True}, "there is something already"), (tmp_path / "none" / "e.parquet", {}, "can't be written"),
    ):
        with pytest.raises(UserError, match=said):
            write([str(log[0])], out, Damage(), **how)


def test_half_a_file_is_none(log: list[Path], tmp_path: Path) -> None:
    whole = _written(log, tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "half.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match="can't be read"):
        list(read_lines(tmp_path / "half.parquet"))


def test_parquet_made_of_parquet_holds_the_same_lines(log: list[Path], tmp_path: Path) -> None:
    one = _written(log, tmp_path / "one.parquet")
    two = _written([one], tmp_path / "two.parquet")
    assert _all(two) == lines(log)
