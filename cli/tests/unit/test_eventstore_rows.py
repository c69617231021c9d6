"""Lines of events out of Parquet: exactly those that were put in, from a path or an address; and what is no such file is told."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow
import pytest
from pyarrow import parquet

from packgate.errors import UserError
from packgate.eventstore.places import absolute, files_of, is_parquet, length, opened
from packgate.eventstore.rows import groups, origin, row_groups, rows

if TYPE_CHECKING:
    from pathlib import Path

LINES = ['{"command": "ls"}', "", '{"command": "é\\u0000 \U0001f600"}', "not json", *(f'{{"command": "x{number}"}}' for number in range(9000))]


def write(path: Path, kind: pyarrow.DataType, *, more: dict[str, object] | None = None, size: int = 5000) -> str:
    table = pyarrow.table({"kind": ["decision"] * len(LINES), "event": pyarrow.array(LINES, pyarrow.string()).cast(kind), **(more or {})})
    parquet.write_table(table, path, row_group_size=size, compression="zstd")
    return str(path)


@pytest.mark.parametrize("kind", [pyarrow.string(), pyarrow.large_string(), pyarrow.binary(), pyarrow.dictionary(pyarrow.int32(), pyarrow.string())], ids=str)
def test_lines_come_back_exactly(tmp_path: Path, kind: pyarrow.DataType) -> None:
    path = tmp_path / "a b.parquet"
    plain = write(path, kind)
    for place in (plain, path.as_uri()):
        assert row_groups(place) == [5000, 4004]
        assert [line for group in (0, 1) for line in rows(place, group)] == [line.encode() for line in LINES]
        assert origin(place, 0, 3) is None
    assert is_parquet(plain)
    assert is_parquet(path.as_uri())
    assert length(path.as_uri()) == path.stat().st_size


def test_a_row_without_event_is_null_and_sizes_are_those_of_events(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"event": pyarrow.array(["x", None, "y"]), "other": ["long" * 1000] * 3}), path)
    assert rows(str(path), 0) == [b"x", b"null", b"y"]
    (group,) = groups(str(path))
    assert group.rows == 3
    assert 0 < group.size < 200, "the other column does not count"
    parquet.write_table(pyarrow.table({"event": pyarrow.array([], pyarrow.string())}), path)
    assert [line for group in range(len(row_groups(str(path)))) for line in rows(str(path), group)] == []


def test_where_lines_stood_is_told_where_the_file_says_it(tmp_path: Path) -> None:
    numbers = list(range(1, len(LINES) + 1))
    path = write(tmp_path / "a.parquet", pyarrow.string(), more={"file": ["log.jsonl"] * 2 + [None] * (len(LINES) - 2), "line": numbers})
    assert [origin(path, 0, row) for row in range(3)] == [("log.jsonl", 1), ("log.jsonl", 2), None]
    assert origin(write(tmp_path / "b.parquet", pyarrow.string(), more={"file": ["a"] * len(LINES), "line": ["1"] * len(LINES)}), 0, 0) is None


def test_what_is_no_parquet_of_events_is_told(tmp_path: Path) -> None:
    other, broken, short = (tmp_path / f"{name}.parquet" for name in ("other", "broken", "short"))
    parquet.write_table(pyarrow.table({"a": [1]}), other)
    with pytest.raises(UserError, match="no column 'event'") as told:
        row_groups(str(other))
    assert "events parquet" in str(told.value.hint)
    parquet.write_table(pyarrow.table({"event": [1]}), other)
    with pytest.raises(UserError, match="holds int64, not text"):
        rows(str(other), 0)
    whole = bytearray((tmp_path / write(short, pyarrow.string())).read_bytes())
    for each in (b"PAR1", b"{}\n" * 10, bytes(whole[:-10]), b"\x00" * 400 + bytes(whole[400:])):
        broken.write_bytes(each)
        with pytest.raises(UserError, match=r"broken.parquet: can't be read: "):
            [rows(str(broken), group) for group in range(len(row_groups(str(broken))))]
    for place in (str(tmp_path / "none.parquet"), (tmp_path / "none.parquet").as_uri(), "nothing://a/b", "s3://", "file:///a b"):
        with pytest.raises(UserError, match="can't be read"):
            row_groups(place)
        with pytest.raises(UserError, match="can't be read"):
            is_parquet(place)


def test_folders_stand_for_the_parquet_files_in_them(tmp_path: Path) -> None:
    for name in ("day=2026-01-02/a é.parquet", "day=2026-01-01/q.parquet", "day=2026-01-01/p.parquet", "_temporary/p.parquet", ".x.parquet", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"PAR1")
    names = ["day=2026-01-01/p.parquet", "day=2026-01-01/q.parquet", "day=2026-01-02/a é.parquet"]
    assert files_of([str(tmp_path)]) == [str(tmp_path / name) for name in names]
    address = tmp_path.as_uri()
    assert files_of([address, "x.jsonl"]) == [*(f"{address}/{name.replace(' é', '%20%C3%A9')}" for name in names), "x.jsonl"]
    for place in files_of([address]):
        with opened(place) as stream:
            assert stream.readline() == b"PAR1"
    for place in (str(tmp_path / "_temporary/none"), (tmp_path / "day=2026-01-01").as_uri()):
        (tmp_path / "_temporary/none").mkdir(exist_ok=True)
        (tmp_path / "day=2026-01-01/p.parquet").unlink(missing_ok=True)
        (tmp_path / "day=2026-01-01/q.parquet").unlink(missing_ok=True)
        with pytest.raises(UserError, match="no .parquet file"):
            files_of([place])
    assert absolute("s3://b/k") == "s3://b/k"
    assert absolute("/a/../b") == "/b"


def test_without_pyarrow_the_extra_is_named(tmp_path: Path) -> None:
    code = """
import sys
sys.modules["pyarrow"] = None
from packgate.errors import UserError
from packgate.eventstore.rows import row_groups
for place in (sys.argv[1], "s3://b/k"):
    try:
        row_groups(place)
    except UserError as error:
        print(error.hint)
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["pip install 'packgate[store]'"] * 2
