"""`packgate events parquet`, and the verbs that read events, over Parquet: the same answers as over the log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from command_line import packgate
from pyarrow import parquet
from store_maker import lines, write_log

from packgate.eventlog.chain import Log
from packgate.events.checkpoint import CHECKPOINTS, add_checkpoint


@pytest.fixture
def signed(tmp_path: Path) -> tuple[list[Path], Path]:
    """A log of several files with a signed checkpoint, and the public key."""
    key = tmp_path / "audit.pem"
    assert packgate("events", "key", str(key)).code == 0
    files = write_log(tmp_path / "events.jsonl")
    assert packgate("events", "checkpoint", str(files[-1]), "--key", str(key)).code == 0
    return files, key.with_name("audit.pem.pub")


@pytest.fixture
def made(signed: tuple[list[Path], Path], tmp_path: Path) -> Path:
    out = tmp_path / "events.parquet"
    done = packgate("events", "parquet", *map(str, signed[0]), "--out", str(out))
    assert (done.code, done.out) == (0, "")
    assert f"wrote {len(lines(signed[0]))} events" in done.err
    return out


def _edited(path: Path, row: int, **columns: Any) -> None:
    """Write the file anew with other values in one row."""
    table = parquet.read_table(path)
    for name, value in columns.items():
        field = table.schema.field(name)
        values = table.column(name).to_pylist()
        values[row] = value(values[row]) if callable(value) else value
        table = table.set_column(table.column_names.index(name), field, pa.array(values, field.type))
    parquet.write_table(table, path)


def test_it_verifies_as_the_log_does(signed: tuple[list[Path], Path], made: Path) -> None:
    files, public = signed
    log = packgate("events", "verify", str(files[-1]), "--key", str(public), "--format", "json")
    # Without the log's files beside it.
    for each in (*files, Path(f"{files[-1]}.head")):
        each.unlink()
    done = packgate("events", "verify", str(made), "--key", str(public), "--checkpoints", f"{files[-1]}{CHECKPOINTS}", "--format", "json")
    assert (log.code, done.code, done.err) == (0, 0, "")
    (one,), (two,) = (json.loads(each.out)["scores"]["logs"].values() for each in (log, done))
    same = ("events", "first", "last", "head", "checkpoints", "signed", "signed_at", "removed", "findings")
    assert {key: one[key] for key in same} == {key: two[key] for key in same}
    assert (one["events"], one["signed"]) == (one["last"], one["last"] - 1)


def test_edits_of_rows_are_found_and_named(signed: tuple[list[Path], Path], made: Path) -> None:
    whole = made.read_bytes()
    for columns, code, said in (
        ({"event": lambda text: text.replace("git push", "git pull")}, "PG860", "event 2 is not the one that event 3"),
        ({"event": lambda text: text[:-1]}, "PG863", "no event of a chained log"),
        ({"decision": "allow"}, "PG860", "the column 'decision' says something else than the event of this row"),
        ({"policies": ["other"], "user": None}, "PG860", "the columns user, policies say"),
    ):
        made.write_bytes(whole)
        _edited(made, 1, **columns)
        done = packgate("events", "verify", str(made))
        assert done.code == 1, columns
        assert f"{made}:2:" in done.out
        assert code in done.out
        assert said in done.out
    parquet.write_table(parquet.read_table(made).slice(5), made)
    assert "PG861" in packgate("events", "verify", str(made)).out


def test_rows_that_are_gone_from_the_end_are_found_by_a_checkpoint(signed: tuple[list[Path], Path], made: Path) -> None:
    files, public = signed
    table = parquet.read_table(made)
    parquet.write_table(table.slice(0, table.num_rows - 10), made)
    done = packgate("events", "verify", str(made), "--key", str(public), "--checkpoints", f"{files[-1]}{CHECKPOINTS}")
    assert done.code == 1
    assert "PG864" in done.out


def test_other_columns_are_told(made: Path) -> None:
    table = parquet.read_table(made)
    parquet.write_table(table.drop_columns(["team"]), made)
    assert packgate("events", "verify", str(made)).code == 0
    done = packgate("events", "verify", str(made), "--strict")
    assert done.code == 1
    assert "the column 'event' alone was checked" in done.out


def test_damaged_lines_are_told(tmp_path: Path) -> None:
    files = write_log(tmp_path / "events.jsonl", 10)
    with files[-1].open("ab") as stream:
        stream.write(b"{cut\n")
    done = packgate("events", "parquet", str(files[-1]), "--out", str(tmp_path / "e.parquet"))
    assert done.code == 1
    assert f"{files[-1]}:{len(lines(files))}: not JSON" in done.err
    assert sum(1 for _ in parquet.read_table(tmp_path / "e.parquet").to_pylist()) == len(lines(files)) - 1


def test_a_log_that_is_signed_while_it_is_written_verifies_as_parquet(tmp_path: Path) -> None:
    from packgate.bundle.private_keys import new_key

    signer, _ = new_key(None)
    log = Log(str(tmp_path / "events.jsonl"), rotate=4000)
    from event_maker import verify, write

    for part in range(3):
        write(log, 12, 100 * part)
        add_checkpoint(log, signer, "2026-01-31T13:00:00Z")
    out = tmp_path / "e.parquet"
    files = sorted(str(path) for path in tmp_path.glob("events*.jsonl"))
    assert packgate("events", "parquet", *files, "--out", str(out)).code == 0
    one, two = (verify(path, (signer.public_key,)) for path in (Path(log.path), out))
    assert (one.findings, one.checkpoints, one.signed, one.head) == (two.findings, two.checkpoints, two.signed, two.head)
    assert two.findings == []


@pytest.mark.parametrize("verb", [
    ("query", "--verdict", "deny", "--format", "json", "--file"), ("query", "--policy", "policy-1", "--file"), ("show", "a-1", "--file"),
    ("tail", "-n", "7", "--file"), ("session", "s-2", "--file"), ("warnings", "--file"), ("otel",), ("baseline",),
])
def test_verbs_say_the_same(made: Path, signed: tuple[list[Path], Path], tmp_path: Path, verb: tuple[str, ...]) -> None:
    joined = tmp_path / "joined.jsonl"
    joined.write_bytes(b"".join(line + b"\n" for line in lines(signed[0])))
    one, two = (packgate("events", *verb, str(path)) for path in (joined, made))
    assert (one.code, two.code) == (0, 0)
    assert one.out.replace(str(joined), str(made)) == two.out
    assert one.out.strip()


def test_a_folder_is_read_by_its_days(signed: tuple[list[Path], Path], tmp_path: Path) -> None:
    out = tmp_path / "archive"
    done = packgate("events", "parquet", *map(str, signed[0]), "--out", str(out), "--partition", "day")
    assert done.code == 0
    assert " in 5 files" in done.err
    counts = [packgate("events", "query", "--kind", "decision", "--count", *(part for path in paths for part in ("--file", str(path)))).out
              for paths in (signed[0], [out])]
    assert counts == ["60\n", "60\n"]


def test_wrong_usage(made: Path, tmp_path: Path) -> None:
    assert packgate("events", "parquet", str(made), "--out", str(tmp_path / "e.txt")).code == 2
    assert "does not grow" in packgate("events", "tail", "-f", "--file", str(made)).err
    assert packgate("events", "verify", str(tmp_path / "none.parquet")).code == 2
    (tmp_path / "broken.parquet").write_bytes(made.read_bytes()[:-40])
    done = packgate("events", "query", "--file", str(tmp_path / "broken.parquet"))
    assert (done.code, "can't be read" in done.err) == (2, True)
