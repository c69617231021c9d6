"""The event log: whole lines, masked, for their owner alone; a record that can't be written is told and counted."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from packgate.eventlog.append import LogError, append
from packgate.eventlog.line import to_line
from packgate.eventlog.losses import LOST, lost
from packgate.eventlog.record import decision_event, gap_event, masked_action

_KEYS = ["v", "seq", "time", "kind", "action", "decision", "latency_us", "follows", "outcome", "prev"]
_SECRET = "ghp_" + "a1B2" * 10
_CLI = Path(__file__).resolve().parents[2]


def test_events_have_the_documented_keys() -> None:
    assert list(decision_event({"surface": "shell"}, {"decision": "allow"}, "2026-01-01T00:00:00Z", 7)) == _KEYS
    event = gap_event("2026-01-01T00:00:00Z", None, {"failure": "time-out"})
    assert list(event) == _KEYS
    assert (event["v"], event["kind"], event["seq"], event["prev"], event["action"]) == (1, "gap", None, None, None)


def test_secrets_are_masked_before_texts_are_cut() -> None:
    action = {"surface": "shell", "command": f"curl -H 'Authorization: Bearer {_SECRET}' h", "env": {"DATABASE_URL": "postgres://u:hunter2hunter@h/d"}}
    text = json.dumps(masked_action(action))
    assert _SECRET not in text
    assert "hunter2hunter" not in text
    assert "[REDACTED:" in text
    around = {"surface": "file", "content": "x" * (64 * 1024 - 20) + _SECRET + "y" * 1000, "path": "/p"}
    cut = masked_action(around)
    assert len(cut["content"]) <= 16 * 1024 + 1
    assert "ghp_" not in json.dumps(cut)


def test_what_an_action_gives_away_is_masked_where_it_is_quoted() -> None:
    masked = masked_action({"surface": "shell", "command": "mysql --password hunter22x", "arguments": {"said": ["hunter22x"]}})
    assert "hunter22x" not in json.dumps(masked)


@pytest.mark.parametrize("value", [
    {"a": [1, 2.5, True, False, None, "x\n\u2028\ud800é"], "b": {"c": {}}, "d": []}, {"big": 10**400}, {'"': "\\"},
], ids=["mixed", "big", "quotes"])
def test_lines_are_json(value: dict[str, object]) -> None:
    line = to_line(value)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert line.isascii()
    # What the standard library writes, it reads.
    assert line.decode()[:-1] == json.dumps(value, separators=(",", ":"))


def test_deep_and_strange_records_are_still_lines() -> None:
    deep: dict[str, object] = {}
    for _ in range(100_000):
        deep = {"a": deep}
    assert json.loads(to_line({"action": deep}))
    assert json.loads(to_line({"n": float("nan")})) == {"n": None}


def test_a_log_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "packgate" / "events.jsonl"
    append(str(path), {"n": 1})
    append(str(path), {"n": 2}, durable=True)
    assert path.read_bytes() == b'{"n":1}\n{"n":2}\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert lost(str(path)) == 0


def _unusable(path: Path, how: str) -> None:
    if how == "folder":
        path.mkdir()
    elif how == "pipe":
        os.mkfifo(path)
    elif how == "link":
        (path.parent / "elsewhere").write_text("")
        path.symlink_to("elsewhere")
    elif how == "others can write":
        path.write_text("")
        path.chmod(0o666)


@pytest.mark.parametrize("how", ["folder", "pipe", "link", "others can write"])
def test_what_is_no_log_is_not_written(tmp_path: Path, how: str) -> None:
    path = tmp_path / "events.jsonl"
    _unusable(path, how)
    for count in (1, 2):
        with pytest.raises(LogError):
            append(str(path), {"secret": "x"})
        assert lost(str(path)) == count
    assert (tmp_path / f"events.jsonl{LOST}").read_bytes() == b".."


def test_a_line_that_was_cut_off_damages_no_other(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    append(str(path), {"n": 1})
    with path.open("ab") as file:
        file.write(b'{"n":2,"half')
    append(str(path), {"n": 3})
    assert path.read_bytes().split(b"\n") == [b'{"n":1}', b'{"n":2,"half', b'{"n":3}', b""]


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """A file may not grow beyond a limit: the system refuses the write as it does on a full disk."""
    path = tmp_path / "events.jsonl"
    code = (
        "import resource, signal, sys\n"
        "from packgate.eventlog.append import append, LogError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "for number in range(20):\n"
        "    try:\n"
        "        append(sys.argv[1], {'number': number, 'text': 'x' * 20})\n"
        "    except LogError as error:\n"
        "        print(number, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=60, check=True,
                          env={**os.environ, "PYTHONPATH": str(_CLI)})
    assert len(done.stdout.splitlines()) > 15
    assert lost(str(path)) == len(done.stdout.splitlines())
    assert path.stat().st_size == 100


def test_processes_do_not_mix_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    code = (
        "import sys\nfrom packgate.eventlog.append import append\n"
        "for number in range(150):\n    append(sys.argv[1], {'by': sys.argv[2], 'number': number, 'text': sys.argv[2] * 5000})\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(_CLI)}
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), name], env=environ) for name in "abc"]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(lines) == 450
    assert all(line["text"] == line["by"] * 5000 for line in lines)
