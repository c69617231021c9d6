"""`packgate trial`: recordings decided again without an agent, and the test cases that come of them. `agents/test_trial.py` starts an agent."""

from __future__ import annotations

import json

import pytest
from bundle_maker import write_pack
from click.testing import CliRunner

from packgate.cli import group

PLACE = {"cwd": "/home/dev/proj", "home": "/home/dev"}
FORCE = {"surface": "shell", "command": "git push -f origin main", **PLACE}
OWN = {"surface": "shell", "command": "git push origin HEAD:feature/x", **PLACE}
ANSWERS = [
    {"pack": "demo", "policy": "demo-force", "polarity": "must_fire", "prompt": "Force push to main.", "actions": [
        {"surface": "shell", "command": "git status", **PLACE}, FORCE], "fired": ["demo-force"]},
    {"pack": "demo", "policy": "demo-force", "polarity": "must_not_fire", "prompt": "Push my branch.", "actions": [OWN], "fired": []},
]


@pytest.fixture
def pack(tmp_path):
    return write_pack(tmp_path, "demo", "main")


def recorded(tmp_path, answers=ANSWERS, **changes):
    path = tmp_path / "recording.json"
    data = {"v": 1, "agent": "claude-code", "version": "1.2.3", "model": "m", "recorded": "2026-01-31", "answers": answers, **changes}
    path.write_text(json.dumps(data))
    return str(path)


def trial(*arguments):
    return CliRunner().invoke(group, ["trial", *arguments], standalone_mode=False)


def test_a_replay_as_it_was_recorded(tmp_path, pack):
    result = trial("--pack", str(pack), "--replay", recorded(tmp_path))
    assert result.return_value == 0
    assert "claude-code 1.2.3, model m, recorded 2026-01-31" in result.output
    assert "did:   git push -f origin main\n  fired: demo-force\n" in result.output
    assert result.output.endswith("2 as meant\n")


def test_a_replay_that_ends_otherwise(tmp_path, pack):
    policy = pack / "policies/all.yaml"
    policy.write_text(policy.read_text().replace("branch: main", "branch: release").replace("origin main", "origin release"))
    result = trial("--pack", str(pack), "--replay", recorded(tmp_path))
    assert result.return_value == 1
    assert "did not fire: demo-force (must fire)" in result.output
    assert "fired: nothing (when it was recorded: demo-force)" in result.output


def test_a_prompt_that_should_stay_silent(tmp_path, pack):
    answers = [{**ANSWERS[1], "actions": [FORCE], "fired": ["demo-force"]}]
    result = trial("--pack", str(pack), "--replay", recorded(tmp_path, answers))
    assert (result.return_value, "fired wrongly: demo-force (must not fire)" in result.output) == (1, True)


def test_an_agent_that_does_nothing_is_no_finding(tmp_path, pack):
    result = trial("--pack", str(pack), "--replay", recorded(tmp_path, [{**ANSWERS[0], "actions": [], "fired": []}]))
    assert (result.return_value, "no action: demo-force" in result.output) == (0, True)


def test_cases_to_add(tmp_path, pack):
    result = trial("--pack", str(pack), "--replay", recorded(tmp_path), "--cases")
    assert result.output == (
        "# demo-force\ntests:\n  must_fire:\n  - prompt: Force push to main.\n    command: git push -f origin main\n"
        "  must_not_fire:\n  - prompt: Push my branch.\n    command: git push origin HEAD:feature/x\n"
    )
    policy = pack / "policies/all.yaml"
    text = policy.read_text().replace("push --force origin main", "push -f origin main").replace("push origin feature/x", "push origin HEAD:feature/x")
    policy.write_text(text)
    assert "has a case" in trial("--pack", str(pack), "--replay", recorded(tmp_path), "--cases").output


def test_only_some_policies(tmp_path, pack):
    assert trial("--pack", str(pack), "--replay", recorded(tmp_path), "--policy", "other").output.endswith("no prompts\n")


@pytest.mark.parametrize(("changes", "message"), [
    ({"v": 2}, "another version"), ({"answers": [{}]}, "no recording"), ({"answers": [{**ANSWERS[0], "polarity": "maybe"}]}, "polarity"),
    ({"answers": [{**ANSWERS[0], "actions": [{"surface": "shell"}]}]}, "command"), ({"colour": 1}, "no recording"),
])
def test_what_is_no_recording(tmp_path, pack, changes, message):
    result = trial("--pack", str(pack), "--replay", recorded(tmp_path, **changes))
    assert message in result.exception.message


@pytest.mark.parametrize(("arguments", "message"), [
    (["--replay", "f", "--into", "g"], "starts no agent"), (["--replay", "nowhere.json"], "No such file"), ([], "needs a key"),
    (["--script", "nowhere.json"], "can't be read"),
])
def test_wrong_calls(tmp_path, pack, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    result = trial("--pack", str(pack), *arguments)
    assert message in result.exception.message


def test_a_script_is_checked(tmp_path, pack):
    script = tmp_path / "script.json"
    script.write_text('{"a": [{"name": "Bash"}]}')
    assert "expected an object of lists of tool calls" in trial("--pack", str(pack), "--script", str(script)).exception.message
