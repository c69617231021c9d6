"""A level for a fleet: published under its audit id without gates, pulled over HTTP, taken back; and what permissive records on one machine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from bundle_host import serving
from command_line import packgate
from level_repository import audit_of, level, make_repository
from policy_repository import ENVIRONMENT

from packgate.bundle.index import INDEX, from_bytes
from packgate.bundle.repository import read_published

# python-tuf holds expiries against the real clock.
LONG = ("--expires", "targets=9000", "--expires", "snapshot=9000", "--expires", "timestamp=9000")
AT = ("--at", "2026-02-01T00:00:00Z")
METADATA = "curl -s http://169.254.169.254/"


@pytest.fixture
def place(tmp_path, monkeypatch):
    for name, value in {**ENVIRONMENT, "HOME": str(tmp_path / "home"), "XDG_DATA_HOME": str(tmp_path / "data"), "XDG_STATE_HOME": str(tmp_path / "state")}.items():
        monkeypatch.setenv(name, value)
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "CLAUDE_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def done(*arguments, cwd):
    """What a command prints, which has to end well."""
    found = packgate(*map(str, arguments), cwd=cwd)
    assert found.code == 0, found.all
    return found.out


def decided(place, folder, command):
    return json.loads(done("decide", "--bundles", place / "into", command, *AT, cwd=folder))


def test_a_fleet_has_a_level_at_its_next_pull_and_loses_it_at_the_next_after_undo(place):
    folder = make_repository(place / "policies")
    audit = audit_of(level(folder, "apply", "tight", "--no-activate"))
    done("bundle", "keys", "new", place / "keys", "--expires", "root=9000", *AT, cwd=folder)

    def publish(revision, stage, reason):
        done("bundle", "build", ".", "--pack", "tight", "--stage", stage, "--revision", revision, *AT, "--out", place / "dist", cwd=folder)
        bundle = place / f"dist/tight-1.0.0-{stage}-r{revision}.packgate"
        done("bundle", "publish", place / "public", "--from", bundle, "--assignments", "assignments.yaml", "--ungated", reason,
             "--keys", place / "keys", *LONG, *AT, cwd=folder)

    publish(1, "block", audit)
    (entry,) = from_bytes(read_published(str(place / "public")).target(INDEX) or b"").entries
    assert (entry.pack, entry.stage, entry.ungated) == ("tight", "block", audit)
    with serving(place / "public") as (address, _):
        pull = ("bundle", "pull", address, "--into", place / "into", "--root", place / "keys/roots/1.root.json")
        assert "activated: tight 1.0.0 (stage block, revision 1)" in done(*pull, cwd=folder)
        assert decided(place, folder, METADATA)["policy_ids"] == ["internal-address"]
        assert decided(place, folder, METADATA)["decision"] == decided(place, folder, "frobnicate")["decision"] == "deny"
        # From tight back to nothing: its bundle stays published, and stops nothing any more.
        publish(2, "audit", audit)
        assert "activated: tight 1.0.0 (stage audit, revision 2)" in done(*pull, cwd=folder)
        found = decided(place, folder, METADATA)
        assert (found["decision"], found["mode"], found["would"]) == ("allow", "audit", "block")


def test_permissive_records_every_call_of_the_hook_as_a_gap_and_stops_none(place):
    folder = make_repository(place / "policies")
    audit_of(level(folder, "apply", "permissive"))
    done("hook", "install", "claude-code", cwd=folder)
    settings = json.loads((place / "home/.claude/settings.json").read_text())
    (handler,) = settings["hooks"]["PreToolUse"][0]["hooks"]
    calls = [
        ("Bash", {"command": "rm -rf ~"}), ("Bash", {"command": METADATA}), ("Read", {"file_path": str(folder / "README.md")}), ("WebFetch", {"url": "https://example.com/", "prompt": "x"}),
        ("mcp__db__query", {"sql": "DROP TABLE users"}),
    ]
    for tool, arguments in calls:
        payload = {"session_id": "s", "cwd": str(folder), "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": arguments}
        ran = subprocess.run([handler["command"], *handler["args"]], input=json.dumps(payload).encode(), capture_output=True, timeout=60, check=True, env={})
        assert b"deny" not in ran.stdout
        assert b"ask" not in ran.stdout
    log = next(Path(place).rglob("events.jsonl"))
    found = [each["decision"] for each in map(json.loads, log.read_text().splitlines()) if each["kind"] == "decision"]
    assert [(each["decision"], each["mode"], each["policy_ids"]) for each in found] == [("allow", "audit", [])] * len(calls)
    assert all(each["reason"].startswith("permissive records what no policy covers") and each["reason"].endswith("is such a gap.") for each in found)
