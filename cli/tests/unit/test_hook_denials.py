"""Repeated denials of a session, counted across processes in small files beside the log."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

import pytest
from bundle_maker import write_pack

from packgate.engine.gate import build_gate
from packgate.hook.answer import respond
from packgate.hook.denials import FOLDER
from packgate.hook.exchange import ACT, Request
from packgate.hook.settings import FAILING, Settings
from packgate.source.workspace import load_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from packgate.engine.gate import Gate

_NOW = "2026-01-01T00:00:00Z"


def _gate(place: Path, limit: str = "terminate_after: {denials: 3, minutes: 10}\n") -> Gate:
    pack = write_pack(place / "policies", "demo", "main")
    with (pack / "pack.yaml").open("a") as file:
        file.write(limit)
    space = load_workspace(str(place / "policies"), ["demo"])
    assert space.ok, space.diagnostics
    return build_gate(space.packs, space.vocabulary, lists=space.lists)


class Session:
    """A session of an agent, each call as by a process of its own."""

    def __init__(self, place: Path, gate: Gate, session: str | None = "s-1", log: bool = True) -> None:
        self.gate = gate
        self.session = session
        self.settings = Settings("/b", dict.fromkeys(FAILING, "closed"), log=str(place / "state" / "events.jsonl") if log else None)

    def run(self, command: str, seconds: float, agent: str = "claude-code") -> str:
        request = Request(agent, "PreToolUse", ACT, [{"surface": "shell", "command": command}], cwd="/", session=self.session, call="c")
        answer = respond(request, lambda: self.gate, self.settings, {}, _NOW, seconds)
        assert answer.failure is None
        # What followed earlier calls has tests of its own.
        self.events = [event for event in answer.events if event["kind"] != "outcome"]
        return answer.verdict.outcome


_BAD, _GOOD = "git push --force origin main", "git status"


def test_the_third_denial_ends_the_session(tmp_path: Path) -> None:
    session = Session(tmp_path, _gate(tmp_path))
    assert [session.run(command, 1000 + number) for number, command in enumerate((_BAD, _GOOD, _BAD, _GOOD, _BAD, _GOOD, _BAD))] == [
        "deny", "allow", "deny", "allow", "terminate", "allow", "terminate",
    ]
    (event,) = session.events
    assert event["decision"]["decision"] == "terminate"
    assert "denials within 10 minutes" in event["decision"]["reason"]


def test_only_the_last_minutes_and_this_session_count(tmp_path: Path) -> None:
    gate = _gate(tmp_path)
    session, other = Session(tmp_path, gate), Session(tmp_path, gate, "s-2")
    assert [session.run(_BAD, seconds) for seconds in (1000, 1001, 1002 + 600, 1003 + 1200)] == ["deny"] * 4
    assert [other.run(_BAD, 5000 + number) for number in range(2)] == ["deny"] * 2
    assert [session.run(_BAD, 5000 + number, "codex") for number in range(2)] == ["deny"] * 2


def test_without_a_session_or_a_log_nothing_is_written(tmp_path: Path) -> None:
    for session in (Session(tmp_path, _gate(tmp_path / "b"), None), Session(tmp_path, _gate(tmp_path / "c"), log=False)):
        assert [session.run(_BAD, 1000 + number) for number in range(5)] == ["deny"] * 5
    assert not (tmp_path / "state").exists()


def test_without_a_limit_denials_are_counted_and_end_nothing(tmp_path: Path) -> None:
    session = Session(tmp_path, _gate(tmp_path / "a", ""))
    assert [session.run(_BAD, 1000 + number) for number in range(5)] == ["deny"] * 5
    assert [event["decision"]["risk_score"] for event in session.events] == [50 + 20]


def _files(place: Path) -> list[Path]:
    """The files that count denials: beside them are those that link calls with what followed."""
    return sorted(path for path in (place / "state" / FOLDER).iterdir() if path.suffix != ".calls")


def test_files_are_private_small_and_swept(tmp_path: Path) -> None:
    gate = _gate(tmp_path)
    names = ["../../etc/passwd", "x" * 5000, "é\n\0", "s-1"]
    for name in names:
        Session(tmp_path, gate, name).run(_BAD, 1000)
    folder = tmp_path / "state" / FOLDER
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name[:20] for path in _files(tmp_path)] == ["claude-code-___", "claude-code-______et", "claude-code-s-1", "claude-code-xxxxxxxx"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    session = Session(tmp_path, gate)
    (folder / "claude-code-s-1").write_bytes(b"1\n" * 100_000)
    session.run(_BAD, 9000)
    assert (folder / "claude-code-s-1").stat().st_size < 12_000
    for path in folder.iterdir():
        os.utime(path, (1000, 1000))
    Session(tmp_path, gate, "later").run(_BAD, 1000 + 25 * 60 * 60)
    assert sorted(path.name for path in folder.iterdir()) == ["claude-code-later", "claude-code-later.calls"]


def _spoil(place: Path, how: str) -> None:
    folder = place / "state" / FOLDER
    folder.mkdir(parents=True)
    if how == "link":
        (folder / "claude-code-s-1").symlink_to(place / "elsewhere")
    elif how == "folder":
        (folder / "claude-code-s-1").mkdir()
    elif how == "pipe":
        os.mkfifo(folder / "claude-code-s-1")


@pytest.mark.parametrize("how", ["link", "folder", "pipe"])
def test_what_can_not_be_counted_is_told(tmp_path: Path, how: str) -> None:
    _spoil(tmp_path, how)
    session = Session(tmp_path, _gate(tmp_path))
    assert [session.run(_BAD, 1000 + number) for number in range(4)] == ["deny"] * 4
    notes: Any = session.events[0]["decision"]["analysis"]["notes"]
    assert any("can't be counted" in note for note in notes)
    assert not (tmp_path / "elsewhere").exists()


def test_a_full_file_forgets_the_oldest_and_counts_on(tmp_path: Path) -> None:
    session = Session(tmp_path, _gate(tmp_path))
    session.run(_BAD, 1000)
    (path,) = _files(tmp_path)
    path.write_text("".join(f"{1000 + number}\n" for number in range(1100)))
    assert [session.run(_BAD, 1_000_000 + number) for number in range(3)] == ["deny", "deny", "terminate"]
    (same,) = _files(tmp_path)
    lines = same.read_text().split()
    assert (same, len(lines), lines[-1], stat.S_IMODE(same.stat().st_mode)) == (path, 1000, "1000002", 0o600)
