"""Whatever is done to a log afterwards is found: edits, swaps, deletions, truncation, splices from another log, replays of its own lines."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from event_maker import errors, verify, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packgate.bundle.private_keys import new_key
from packgate.eventlog.chain import Log
from packgate.eventlog.head import HEAD
from packgate.eventlog.segments import segments
from packgate.events.checkpoint import CHECKPOINTS, add_checkpoint
from packgate.events.verify import read_claims

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner

_QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_AT = "2026-01-31T13:00:00Z"


@dataclass(frozen=True)
class Recorded:
    """A log of several files with checkpoints in it, another like it, and the key."""

    folder: Path
    files: tuple[str, ...]
    lines: tuple[bytes, ...]
    other: tuple[bytes, ...]
    signer: CryptoSigner
    signed: int


def _record(folder: Path, signer: CryptoSigner, text: int) -> list[str]:
    log = Log(str(folder / "events.jsonl"), rotate=4000)
    for part in range(3):
        write(log, 12, text + 100 * part)
        add_checkpoint(log, signer, _AT)
    write(log, 3, text + 900)
    return [*(each for _, each in segments(log.path)), log.path]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    signer, _ = new_key(None)
    folder, other = tmp_path_factory.mktemp("log"), tmp_path_factory.mktemp("other")
    files = _record(folder, signer, 1)
    foreign = [Path(file).read_bytes().splitlines(keepends=True) for file in _record(other, signer, 5000)]
    lines = [line for file in files for line in Path(file).read_bytes().splitlines(keepends=True)]
    claims, _ = read_claims(f"{files[-1]}{CHECKPOINTS}", [signer.public_key])
    assert len(files) > 3
    assert not verify(Path(files[-1]), (signer.public_key,), tuple(claims)).findings
    return Recorded(
        folder, tuple(files), tuple(lines), tuple(line for file in foreign for line in file), signer, max(each.statement.seq for each in claims),
    )


@dataclass
class Changed:
    """A copy of the log that is changed: its lines, all files in one row, with the number of lines of each."""

    lines: list[bytes]
    sizes: list[int]

    def place(self, index: int) -> tuple[int, int]:
        """The file and the line in it, from 0, of a line."""
        for number, size in enumerate(self.sizes):
            if index < size:
                return number, index
            index -= size
        raise IndexError

    def resize(self, index: int, by: int) -> None:
        self.sizes[self.place(index)[0]] += by


def _copy(recorded: Recorded) -> Changed:
    return Changed(list(recorded.lines), [len(Path(file).read_bytes().splitlines()) for file in recorded.files])


def _found(recorded: Recorded, changed: Changed, place: Path, *, head: bool = True, claims: bool = True) -> list[tuple[str, str, int]]:
    """What is found in the changed log. ``head``, ``claims``: whether they are still beside it."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    lines = iter(changed.lines)
    for file, size in zip(recorded.files, changed.sizes, strict=True):
        (place / Path(file).name).write_bytes(b"".join(next(lines) for _ in range(size)))
    path = place / "events.jsonl"
    if head:
        shutil.copy(f"{recorded.files[-1]}{HEAD}", f"{path}{HEAD}")
    copies: list[object] = []
    if claims:
        copies, _ = read_claims(f"{recorded.files[-1]}{CHECKPOINTS}", [recorded.signer.public_key])  # type: ignore[assignment]
    return errors(verify(path, (recorded.signer.public_key,), tuple(copies)))  # type: ignore[arg-type]


_BOTH = st.booleans()


@_QUIET
@given(data=st.data())
def test_edits_are_found_and_named(recorded: Recorded, tmp_path: Path, data: st.DataObject) -> None:
    changed = _copy(recorded)
    index = data.draw(st.integers(0, len(changed.lines) - 1))
    line = changed.lines[index]
    at = data.draw(st.integers(0, len(line) - 2))
    byte = data.draw(st.integers(0, 255).filter(lambda each: each not in (line[at], 10)))
    changed.lines[index] = line[:at] + bytes([byte]) + line[at + 1:]
    found = _found(recorded, changed, tmp_path / "x")
    number, inside = changed.place(index)
    near = {(Path(recorded.files[number]).name, inside + 1)}
    if index:
        # Where the digest itself was edited, the line before no longer is the one that this one carries.
        former, last = changed.place(index - 1)
        near.add((Path(recorded.files[former]).name, last + 1))
    assert near & {(name, line) for _, name, line in found}, (found, near)


@_QUIET
@given(data=st.data(), head=_BOTH)
def test_swaps_are_found(recorded: Recorded, tmp_path: Path, data: st.DataObject, head: bool) -> None:
    changed = _copy(recorded)
    one, two = sorted(data.draw(st.lists(st.integers(0, len(changed.lines) - 1), min_size=2, max_size=2, unique=True)))
    changed.lines[one], changed.lines[two] = changed.lines[two], changed.lines[one]
    found = _found(recorded, changed, tmp_path / "x", head=head)
    number, inside = changed.place(one)
    assert any(code in ("PG861", "PG862") for code, _, _ in found)
    assert (Path(recorded.files[number]).name, inside + 1) in {(name, line) for _, name, line in found}


@_QUIET
@given(data=st.data(), head=_BOTH)
def test_deletions_are_found(recorded: Recorded, tmp_path: Path, data: st.DataObject, head: bool) -> None:
    changed = _copy(recorded)
    start = data.draw(st.integers(0, len(changed.lines) - 2))
    # With lines after it, the chain tells; the end of a log is the next test.
    count = data.draw(st.integers(1, len(changed.lines) - 1 - start))
    for _ in range(count):
        changed.resize(start, -1)
        del changed.lines[start]
    found = _found(recorded, changed, tmp_path / "x", head=head)
    number, inside = changed.place(start)
    assert ("PG861", Path(recorded.files[number]).name, inside + 1) in found


@_QUIET
@given(data=st.data(), head=_BOTH, claims=_BOTH)
def test_truncation_is_found(recorded: Recorded, tmp_path: Path, data: st.DataObject, head: bool, claims: bool) -> None:
    changed = _copy(recorded)
    left = data.draw(st.integers(1, len(changed.lines) - 1))
    torn = data.draw(st.integers(0, len(changed.lines[left]) - 1))
    while len(changed.lines) > left + 1:
        changed.resize(len(changed.lines) - 1, -1)
        changed.lines.pop()
    if torn:
        changed.lines[left] = changed.lines[left][:torn]
    else:
        changed.resize(left, -1)
        changed.lines.pop()
    found = _found(recorded, changed, tmp_path / "x", head=head, claims=claims)
    cut = [code for code, _, _ in found if code == "PG864"]
    # Without its head and its checkpoints, a log can't tell that it was longer.
    assert bool(cut) == (head or (claims and left < recorded.signed))
    assert not torn or "PG863" in {code for code, _, _ in found}


@_QUIET
@given(data=st.data(), head=_BOTH)
def test_splices_of_another_log_are_found(recorded: Recorded, tmp_path: Path, data: st.DataObject, head: bool) -> None:
    changed = _copy(recorded)
    start = data.draw(st.integers(0, min(len(changed.lines), len(recorded.other)) - 1))
    count = data.draw(st.integers(1, min(len(changed.lines), len(recorded.other)) - start))
    changed.lines[start:start + count] = recorded.other[start:start + count]
    found = _found(recorded, changed, tmp_path / "x", head=head)
    assert {code for code, _, _ in found} & {"PG860", "PG861", "PG862"}


@_QUIET
@given(data=st.data(), head=_BOTH)
def test_replays_are_found(recorded: Recorded, tmp_path: Path, data: st.DataObject, head: bool) -> None:
    changed = _copy(recorded)
    start = data.draw(st.integers(0, len(changed.lines) - 1))
    count = data.draw(st.integers(1, len(changed.lines) - start))
    at = data.draw(st.integers(start + count, len(changed.lines)))
    again = changed.lines[start:start + count]
    changed.resize(min(at, len(changed.lines) - 1), count)
    changed.lines[at:at] = again
    found = _found(recorded, changed, tmp_path / "x", head=head)
    number, inside = changed.place(at)
    assert ("PG862", Path(recorded.files[number]).name, inside + 1) in found


def test_a_log_that_was_written_anew_lacks_signatures(recorded: Recorded, tmp_path: Path) -> None:
    """All digests made anew by somebody who can write everything but has no key."""
    forged = tmp_path / "events.jsonl"
    write(Log(str(forged)), 40, 7000)
    assert not errors(verify(forged))
    assert [code for code, _, _ in errors(verify(forged, (recorded.signer.public_key,)))] == ["PG865"]
    other, _ = new_key(None)
    add_checkpoint(Log(str(forged)), other, _AT)
    assert {code for code, _, _ in errors(verify(forged, (recorded.signer.public_key,)))} == {"PG865"}
    claims, _ = read_claims(f"{recorded.files[-1]}{CHECKPOINTS}", [recorded.signer.public_key])
    found = verify(forged, (recorded.signer.public_key,), tuple(claims))
    assert {"PG860"} <= {code for code, _, _ in errors(found)}
    assert os.path.exists(forged)
