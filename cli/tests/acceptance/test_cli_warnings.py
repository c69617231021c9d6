"""`packgate events warnings`: on a log that the real hook wrote, and on generated ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bundle_maker import make_bundle
from command_line import packgate
from hook_installed import ALLOWED, AT, DENIED, Installed
from policy_repository import event, stamp

from packgate.bundle import activation
from packgate.bundle.index import Index, entry_of, to_bytes
from packgate.bundle.verify import open_bundle

if TYPE_CHECKING:
    from command_line import Done


@pytest.fixture
def warned(tmp_path: Path) -> Installed:
    """An installation whose pack stands at stage warn."""
    installed = Installed(tmp_path)
    name, data = make_bundle(tmp_path / "made", 2, stage="warn")
    bundle = open_bundle(data, now=AT)
    staged = activation.stage(str(installed.bundles))
    index = to_bytes(Index((entry_of(bundle),)))
    Path(staged, "index.json").write_bytes(index)
    Path(staged, name).write_bytes(data)
    activation.activate(str(installed.bundles), staged, activation.snapshot_name(index, ["demo"]), [bundle], {"demo": name}, False, AT)
    return installed


def _result(installed: Installed, call: str, session: str) -> None:
    payload = {
        "session_id": session, "cwd": str(installed.project), "hook_event_name": "PostToolUse", "tool_name": "Bash",
        "tool_input": {"command": "x"}, "tool_response": {"stdout": ""}, "tool_use_id": call,
    }
    assert installed.run(json.dumps(payload).encode(), event="PostToolUse").code == 0


def test_what_the_hook_saw_is_counted(warned: Installed) -> None:
    # The commands of each session, and whether each ran: of one that a person refuses no result comes.
    steps = {
        "turned": [(DENIED, False), (ALLOWED, True)], "again": [(DENIED, False), (DENIED, True), (ALLOWED, True)], "ended": [(DENIED, True)],
        "mute": [(DENIED, False), (ALLOWED, False)], "last": [(ALLOWED, True), (DENIED, False)],
    }
    for session, commands in steps.items():
        for number, (command, ran) in enumerate(commands):
            assert warned.run(warned.payload(command, session_id=session, tool_use_id=f"{session}-{number}")).decision != "deny"
            if ran:
                _result(warned, f"{session}-{number}", session)
    done = packgate("events", "warnings", "--file", str(warned.log), "--format", "json")
    assert done.code == 0, done.all
    row = json.loads(done.out)["policies"][0]
    assert (row["given"], row["shown"], row["not_shown"], row["not_known"], row["sessions"]) == (6, 5, 0, 1, 5)
    # `turned` did something else; `again` tried the same, and that ran, as in `ended`. What `mute` ran nobody knows, nor what came after `last`.
    assert (row["changed_course"], row["tried_again"], row["went_on"], row["unknown"], row["repeated"]) == (1, 1, 2, 2, 1)
    assert (row["heeded"]["count"], row["heeded"]["of"]) == (1, 4)
    assert row["after"] == {"pass": 3, "warn": 1, "block": 0}
    text = packgate("events", "warnings", "--file", str(warned.log)).out
    assert "  changed course 1, tried again 1, went on 2, unknown 2\n  heeded: 25.0% (1 of 4; 95 % interval 4.6% to 69.9%)\n" in text


class Log:
    """A generated log of warnings of one policy."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: list[dict[str, Any]] = []

    def warn(self, said: str, *, accepted: bool | None = None, ran: bool = True, then: str | None = "pass", repeated: bool = False) -> None:
        number = len(self.lines)
        name = f"d-{number}"
        match = {"pack": "demo", "policy": "push", "mode": "block", "effective": "warn", "waived": False}
        action = {"surface": "shell", "command": "x", "actor": {"user": f"u{number % 3}", "session": "s"}}
        self.lines.append(event(number + 1, stamp(1, number), "decision", action=action, decision={
            "decision_id": name, "decision": "allow", "mode": "warn", "matches": [match], "bundles": []}))
        about = {"followed": "result", "said": said, "agent": "claude-code", "session": "s", "call": None, "acknowledged": accepted, "ran": ran, "next": None,
                 "decision": None, "mode": None, "repeated": None}
        # Where a warned call has no result another one of the session has: its agent tells of them.
        after = name if ran else f"{name}-other"
        self.lines.append(event(number + 2, stamp(1, number), "outcome", follows=after, outcome={**about, "said": said if ran else "allow", "ran": True}))
        if then is not None:
            decision = {"pass": ("allow", None), "warn": ("allow", "warn"), "block": ("deny", "block")}[then]
            outcome = {**about, "followed": "next", "next": "n", "decision": decision[0], "mode": decision[1], "repeated": repeated}
            self.lines.append(event(number + 3, stamp(1, number), "outcome", follows=name, outcome=outcome))

    def show(self, *arguments: str) -> Done:
        self.path.write_text("".join(json.dumps(line) + "\n" for line in self.lines))
        return packgate("events", "warnings", "--file", str(self.path), *arguments)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "events.jsonl")


def codes(done: Done) -> list[str]:
    return [each["code"] for each in json.loads(done.out)["findings"]]


@pytest.mark.parametrize(("past", "heeded", "found"), [(8, 0, []), (9, 0, ["unheeded"]), (10, 1, []), (28, 2, ["unheeded"])])
def test_a_warning_that_nobody_heeds_is_a_finding(log: Log, past: int, heeded: int, found: list[str]) -> None:
    for number in range(past):
        log.warn("warn", ran=number % 3 == 0, then="block" if number % 2 else "warn")
    for _ in range(heeded):
        log.warn("warn", ran=False)
    done = log.show("--format", "json")
    assert (codes(done), done.code) == (found, int(bool(found)))


def test_a_question_that_everybody_accepts_is_a_finding(log: Log) -> None:
    for _ in range(10):
        log.warn("ask", accepted=True)
    assert codes(log.show("--format", "json")) == ["unheeded", "always-accepted"]
    for _ in range(5):
        log.warn("ask", accepted=False, ran=False, then="pass")
    done = log.show("--format", "json")
    row = json.loads(done.out)["policies"][0]
    assert (row["acknowledged"]["count"], row["acknowledged"]["of"], row["declined"], row["heeded"]["count"]) == (10, 15, 5, 5)
    assert (codes(done), done.code) == ([], 0)


def test_what_could_not_be_shown_is_neither_heeded_nor_not(log: Log) -> None:
    for _ in range(20):
        log.warn("allow", then=None)
    row = json.loads(log.show("--format", "json").out)["policies"][0]
    assert (row["given"], row["shown"], row["not_shown"], row["heeded"]["of"]) == (20, 0, 20, 0)


def test_lines_that_stand_twice_count_once_and_selections_hold(log: Log) -> None:
    log.warn("warn", repeated=True)
    log.lines += log.lines
    row = json.loads(log.show("--format", "json").out)["policies"][0]
    assert (row["given"], row["went_on"], row["repeated"]) == (1, 1, 1)
    assert json.loads(log.show("--policy", "other", "--format", "json").out)["policies"] == []
    assert log.show("--user", "u0").out == log.show().out
    assert log.show("--user", "nobody").out == "no warning was given\n"
