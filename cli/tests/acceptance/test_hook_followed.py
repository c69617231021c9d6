"""What followed a decision stands in the log: results, answers of people, and the next action of the session."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from event_maker import verify
from hook_installed import ALLOWED, DENIED, Installed


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return Installed(tmp_path)


def _outcomes(installed: Installed) -> list[dict[str, Any]]:
    return [{"follows": each["follows"], **each["outcome"]} for each in installed.events() if each["kind"] == "outcome"]


def _decisions(installed: Installed) -> list[dict[str, Any]]:
    return [each["decision"] for each in installed.events() if each["kind"] == "decision" and each["action"]["surface"] == "shell"]


def _result(installed: Installed, call: str, session: str = "s-1", response: str = "") -> None:
    payload = {
        "session_id": session, "cwd": str(installed.project), "hook_event_name": "PostToolUse", "tool_name": "Bash",
        "tool_input": {"command": "x"}, "tool_response": {"stdout": response}, "tool_use_id": call,
    }
    assert installed.run(json.dumps(payload).encode(), event="PostToolUse").code == 0


def test_the_result_of_a_call_follows_its_decision(installed: Installed) -> None:
    installed.run(installed.payload(ALLOWED, tool_use_id="toolu_1"))
    installed.run(installed.payload(ALLOWED, tool_use_id="toolu_2"))
    _result(installed, "toolu_2")
    _result(installed, "toolu_1", response="done")
    _result(installed, "toolu_1")
    _result(installed, "toolu_2", session="s-2")
    found = _outcomes(installed)
    assert [(each["follows"], each["call"], each["followed"], each["ran"]) for each in found] == [
        (_decisions(installed)[1]["decision_id"], "toolu_2", "result", True),
        (_decisions(installed)[0]["decision_id"], "toolu_1", "result", True),
    ]
    assert all(each["acknowledged"] is None and each["session"] == "s-1" for each in found)
    assert not verify(installed.log).findings


def test_the_next_action_after_a_denial(installed: Installed) -> None:
    installed.run(installed.payload(DENIED, tool_use_id="toolu_1"))
    installed.run(installed.payload(DENIED, tool_use_id="toolu_2"))
    installed.run(installed.payload(ALLOWED, tool_use_id="toolu_3"))
    installed.run(installed.payload(ALLOWED, tool_use_id="toolu_4"))
    decided = [each["decision_id"] for each in _decisions(installed)]
    assert [(each["follows"], each["said"], each["next"], each["decision"], each["repeated"], each["ran"]) for each in _outcomes(installed)] == [
        (decided[0], "deny", decided[1], "deny", True, False), (decided[1], "deny", decided[2], "allow", False, False),
    ]


def test_sessions_do_not_follow_each_other(installed: Installed) -> None:
    installed.run(installed.payload(DENIED))
    installed.run(installed.payload(ALLOWED, session_id="s-2"))
    assert _outcomes(installed) == []


def test_long_sessions_stay_small(installed: Installed) -> None:
    from packgate.hook.followed import _MOST, Followed
    from packgate.hook.settings import read_settings

    folder = installed.log.parent / "sessions"
    installed.run(installed.payload(DENIED, tool_use_id="first"))
    file = next(each for each in folder.iterdir() if each.name.endswith(".calls"))
    line = file.read_text().strip()
    file.write_text("".join(f"{line.replace('first', f'toolu-{number}')}\n" for number in range(2 * _MOST + 5)))
    installed.run(installed.payload(ALLOWED, tool_use_id="last"))
    assert 0 < len(file.read_text().splitlines()) < 4 * _MOST
    _result(installed, "last")
    assert _outcomes(installed)[-1]["followed"] == "result"
    assert Followed.__doc__
    assert read_settings(str(installed.file)).log
