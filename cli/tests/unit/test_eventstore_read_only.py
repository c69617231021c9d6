"""The files that DuckDB is given: read by many threads, each from its own place, and never written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from packgate.eventstore.read_only import ReadOnly


@pytest.fixture
def system(tmp_path: Path) -> ReadOnly:
    (tmp_path / "it's [a]*.bin").write_bytes(bytes(range(256)) * 100)
    return ReadOnly([str(tmp_path / "it's [a]*.bin")])


def test_threads_read_from_their_own_places(system: ReadOnly) -> None:
    (address,) = system.addresses
    together = Barrier(4)
    with system.open(address) as file, ThreadPoolExecutor(4) as pool:

        def read(start: int) -> list[bytes]:
            found = []
            for step in range(50):
                file.seek(start + step)
                # Every thread has gone to its place before one reads.
                together.wait(10)
                found.append(file.read(3))
                together.wait(10)
            return found

        whole = bytes(range(256)) * 100
        for start, found in zip((0, 10, 20_000, 25_590), pool.map(read, (0, 10, 20_000, 25_590)), strict=True):
            assert found == [whole[start + step:start + step + 3] for step in range(50)]


def test_a_file_is_as_one(system: ReadOnly) -> None:
    (address,) = system.addresses
    assert address == "packgate://0.parquet"
    assert (system.info(address)["size"], system.glob(address), system.exists(address)) == (25_600, ["0.parquet"], True)
    with system.open(address) as file:
        assert (file.read(2), file.tell(), file.seek(-2, 2), file.read(), file.read(5)) == (b"\x00\x01", 2, 25_598, b"\xfe\xff", b"")
        assert (file.seek(1), file.seek(2, 1), file.read(1)) == (1, 3, b"\x03")


def test_nothing_is_written_and_nothing_else_is_there(system: ReadOnly, tmp_path: Path) -> None:
    (address,) = system.addresses
    for mode in ("wb", "ab", "r+b", "xb"):
        with pytest.raises(PermissionError):
            system.open(address, mode)
    for other in ("packgate://1.parquet", "packgate:///etc/passwd", str(tmp_path)):
        with pytest.raises(FileNotFoundError):
            system.open(other)
        assert system.glob(other) == []
