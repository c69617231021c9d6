"""The chained log: every line carries the digest of the one before, whoever writes and whatever is killed, cut off, full or rotated."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from event_maker import TIME, errors, event, read, verify, write

from packgate.bundle.private_keys import new_key
from packgate.eventlog.append import LogError
from packgate.eventlog.chain import TORN, Log, append_events
from packgate.eventlog.head import HEAD
from packgate.eventlog.line import to_line
from packgate.eventlog.losses import lost
from packgate.eventlog.record import gap_event, signed_event
from packgate.eventlog.segments import segment, segments
from packgate.eventlog.tail import number_of
from packgate.events.checkpoint import add_checkpoint

_CLI = Path(__file__).resolve().parents[2]
_ENVIRON = {**os.environ, "PYTHONPATH": os.pathsep.join((str(_CLI), str(_CLI / "tests")))}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "events.jsonl"


def _gaps(path: Path) -> list[str]:
    return [each["outcome"]["failure"] for each in read(path) if each["kind"] == "gap"]


def test_lines_carry_the_digest_of_the_one_before(path: Path) -> None:
    write(Log(str(path)), 3)
    append_events(Log(str(path), fsync=True), [event(4), event(5)])
    lines = path.read_bytes().splitlines()
    found = read(path)
    assert [each["seq"] for each in found] == [1, 2, 3, 4, 5]
    assert found[0]["prev"] is None
    assert [each["prev"] for each in found[1:]] == [f"sha256:{hashlib.sha256(line).hexdigest()}" for line in lines[:-1]]
    assert not verify(path).findings
    assert all((path.parent / name).stat().st_mode & 0o077 == 0 for name in os.listdir(path.parent))


def test_a_log_goes_on_without_its_head(path: Path) -> None:
    write(Log(str(path)), 3)
    os.unlink(f"{path}{HEAD}")
    write(Log(str(path)), 2, 4)
    Path(f"{path}{HEAD}").write_text("nonsense")
    write(Log(str(path)), 2, 6)
    assert [each["seq"] for each in read(path)] == list(range(1, 8))
    assert not verify(path).findings


@pytest.mark.parametrize("torn", [b'{"v":1,"seq":4,"ti', b"x", b'{"v":1,"seq":4,"whole":"but for its end"}', b"\0" * 5000])
def test_a_line_that_was_cut_off_is_set_aside(path: Path, torn: bytes) -> None:
    write(Log(str(path)), 3)
    with path.open("ab") as file:
        file.write(torn)
    assert errors(verify(path)) == [("PG863", "events.jsonl", 4)]
    write(Log(str(path)), 2, 4)
    found = read(path)
    assert [each["seq"] for each in found] == [1, 2, 3, 4, 5, 6]
    assert found[3]["outcome"]["failure"] == "log-torn"
    assert found[3]["outcome"]["bytes"] == len(torn)
    assert found[3]["outcome"]["digest"] == f"sha256:{hashlib.sha256(torn).hexdigest()}"
    assert Path(f"{path}{TORN}").read_bytes() == torn + b"\n"
    result = verify(path)
    assert not errors(result)
    assert [each.code for each in result.findings] == ["PG866"]


def test_a_killed_writer_may_leave_its_head_behind(path: Path) -> None:
    """Killed after the lines were written, before the head was."""
    write(Log(str(path)), 3)
    before = Path(f"{path}{HEAD}").read_bytes()
    write(Log(str(path)), 2, 4)
    Path(f"{path}{HEAD}").write_bytes(before)
    assert not verify(path).findings
    write(Log(str(path)), 2, 6)
    assert [each["seq"] for each in read(path)] == list(range(1, 8))
    assert not verify(path).findings


def test_a_log_that_was_cut_goes_on_and_says_so(path: Path) -> None:
    write(Log(str(path)), 6)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:4]))
    assert errors(verify(path)) == [("PG864", "events.jsonl", 4)]
    write(Log(str(path)), 1, 7)
    assert read(path)[4]["outcome"] == {
        "failure": "log-cut", "message": "the log ended at 4, and 6 was written", "first": 5, "last": 6,
    }
    # What is missing stays missing: the numbers go on.
    assert [each["seq"] for each in read(path)] == [1, 2, 3, 4, 7, 8]
    assert errors(verify(path)) == [("PG861", "events.jsonl", 5), ("PG866", "events.jsonl", 5)]


def test_a_log_that_was_emptied_goes_on_and_says_so(path: Path) -> None:
    write(Log(str(path)), 4)
    path.write_bytes(b"")
    write(Log(str(path)), 1, 5)
    assert _gaps(path) == ["log-cut"]
    assert ("PG861", "events.jsonl", 1) in errors(verify(path))


def test_a_last_line_that_was_changed_is_told(path: Path) -> None:
    write(Log(str(path)), 3)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"status 3", b"status 9!"))
    assert errors(verify(path)) == [("PG860", "events.jsonl", 3)]
    write(Log(str(path)), 1, 4)
    assert _gaps(path) == ["log-altered"]
    assert ("PG860", "events.jsonl", 3) in errors(verify(path))
    # A change that leaves the length is told by no writer, and found all the same.
    other = path.with_name("other.jsonl")
    write(Log(str(other)), 3)
    other.write_bytes(other.read_bytes().replace(b"status 3", b"status 4"))
    write(Log(str(other)), 1, 4)
    assert errors(verify(other)) == [("PG860", "other.jsonl", 3)]


def test_lines_without_a_chain_are_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(to_line(event(1)) + to_line(event(2)))
    path.chmod(0o600)
    write(Log(str(path)), 2)
    assert _gaps(path)[-1] == "log-unchained"
    assert [code for code, _, line in errors(verify(path)) if line < 3] == ["PG863", "PG863"]
    damaged = path.with_name("damaged.jsonl")
    write(Log(str(damaged)), 3)
    with damaged.open("ab") as file:
        file.write(b"no event\n")
    write(Log(str(damaged)), 1, 4)
    assert [number_of(line) for line in damaged.read_bytes().splitlines()] == [1, 2, 3, None, 4, 5]
    assert ("PG863", "damaged.jsonl", 4) in errors(verify(damaged))


def test_files_are_rotated_and_the_chain_goes_through(path: Path) -> None:
    log = Log(str(path), rotate=2000)
    write(log, 40)
    full = [each for _, each in segments(str(path))]
    assert len(full) > 3
    assert full[0] == str(path.with_name("events.000001.jsonl"))
    events = [each for file in [*full, str(path)] for each in read(Path(file))]
    assert [each["seq"] for each in events] == list(range(1, len(events) + 1))
    first = read(Path(full[1]))[0]
    last = Path(full[0]).read_bytes().splitlines()[-1]
    assert first["kind"] == "checkpoint"
    assert first["outcome"] == {
        "checkpoint": "rotated", "former": "events.000001.jsonl", "last": first["seq"] - 1,
        "head": f"sha256:{hashlib.sha256(last).hexdigest()}", "removed": [],
    }
    assert first["prev"] == first["outcome"]["head"]
    result = verify(path)
    assert (result.findings, result.files, result.events) == ([], len(full) + 1, len(events))
    os.unlink(full[2])
    assert errors(verify(path)) == [("PG861", Path(full[3]).name, 1)]


def test_what_is_removed_as_the_settings_say_is_not_missing(path: Path) -> None:
    log = Log(str(path), rotate=2000, keep=2)
    write(log, 60)
    assert len(segments(str(path))) == 2
    result = verify(path)
    assert not result.findings
    assert result.first is not None
    assert result.first > 1
    assert result.removed[-1]["last"] == result.first - 1
    os.unlink(segments(str(path))[0][1])
    assert [code for code, _, _ in errors(verify(path))] == ["PG861"]


def test_a_rotation_that_was_killed_is_finished_by_the_next_writer(path: Path) -> None:
    write(Log(str(path)), 5)
    os.rename(path, segment(str(path), 1))
    write(Log(str(path)), 2, 6)
    assert read(path)[0]["outcome"]["former"] == "events.000001.jsonl"
    assert not verify(path).findings


def test_a_checkpoint_may_begin_a_file(path: Path) -> None:
    signer, _ = new_key(None)
    log = Log(str(path), rotate=1500)
    write(log, 2)
    while path.stat().st_size < log.rotate:
        write(log, 1)
    add_checkpoint(log, signer, TIME)
    assert [each["kind"] for each in read(path)] == ["checkpoint", "checkpoint"]
    result = verify(path, (signer.public_key,))
    assert (result.findings, result.checkpoints) == ([], 1)
    # One of another event further back is not one of this.
    lines = path.read_bytes().splitlines(keepends=True)
    write(Log(str(path)), 12)
    append_events(Log(str(path)), [signed_event(TIME, json.loads(lines[1])["outcome"]["envelope"])])
    assert [code for code, _, _ in errors(verify(path, (signer.public_key,)))] == ["PG865"]


def test_losses_are_told_by_the_log(path: Path) -> None:
    log = Log(str(path))
    write(log, 2)
    path.chmod(0o666)
    for number in (3, 4):
        with pytest.raises(LogError, match="others can write the file"):
            append_events(log, [event(number)])
    path.chmod(0o600)
    write(log, 2, 5)
    gap = read(path)[2]["outcome"]
    assert (gap["failure"], gap["lost"]) == ("log-unwritable", 2)
    assert _gaps(path) == ["log-unwritable"]
    assert lost(str(path)) == 2
    result = verify(path)
    assert [(each.code, each.severity.value) for each in result.findings] == [("PG866", "warning")]


def test_a_full_disk_leaves_whole_lines(path: Path) -> None:
    code = (
        "import resource, signal, sys\n"
        "from event_maker import event\n"
        "from packgate.eventlog.append import LogError\n"
        "from packgate.eventlog.chain import Log, append_events\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "for number in range(20):\n"
        "    try:\n"
        "        append_events(Log(sys.argv[1]), [event(number)])\n"
        "    except LogError as error:\n"
        "        print(number, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=60, check=True, env=_ENVIRON)
    failed = len(done.stdout.splitlines())
    assert 10 < failed < 20
    assert lost(str(path)) == failed
    assert len(read(path)) == 20 - failed
    assert not verify(path).findings
    write(Log(str(path)), 1)
    assert read(path)[-2]["outcome"]["lost"] == failed
    assert not errors(verify(path))


def test_processes_do_not_break_the_chain(path: Path) -> None:
    code = (
        "import sys\nfrom event_maker import event\nfrom packgate.eventlog.chain import Log, append_events\n"
        "for number in range(150):\n    append_events(Log(sys.argv[1], rotate=100_000), [event(number, sys.argv[2] * 100)])\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), name], env=_ENVIRON) for name in "abc"]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    result = verify(path)
    assert not result.findings
    events = [each for file in [*(file for _, file in segments(str(path))), str(path)] for each in read(Path(file))]
    assert sum(each["kind"] == "decision" for each in events) == 450


def test_a_writer_that_was_stopped_does_not_stop_the_others(path: Path) -> None:
    write(Log(str(path)), 1)
    code = (
        "import os, sys\nfrom packgate.eventlog.head import Held\nHeld(sys.argv[1], 1)\nprint('held', flush=True)\n"
        "os.kill(os.getpid(), 19)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, env=_ENVIRON)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        began = time.monotonic()
        with pytest.raises(LogError, match="another process holds it"):
            append_events(Log(str(path), wait=0.2), [event(2)])
        assert time.monotonic() - began < 20
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    write(Log(str(path)), 1, 2)
    assert _gaps(path) == ["log-unwritable"]


def test_what_is_no_event_is_not_written(path: Path) -> None:
    with pytest.raises(LogError, match="not an event"):
        append_events(Log(str(path)), [{"time": TIME, "v": 2}])
    with pytest.raises(LogError, match="too long"):
        append_events(Log(str(path)), [gap_event(TIME, None, {"text": "x" * 17_000_000})])
    assert lost(str(path)) == 2
