"""`packgate events`: real sessions imported, then simulated, compared, counted, found and followed, as a team would on its first day."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import git
import pytest
from command_line import ROOT, packgate
from recorded_sessions import FOLDER, database

_POLICY = """\
policies:
  - id: no-push-to-main
    title: Push to main
    threat: source
    impact: one-way
    rationale: It has to be reviewed.
    when: [git-action]
    if: {{operation: push, branch: main}}
    then: {mode}
    risk: 80
    message: Open a pull request.
    tests:
      must_fire:
        - prompt: Push to main.
          command: git push origin main
      must_not_fire:
        - prompt: Push my branch.
          command: git push origin feature/x
"""
_PACK = 'version: "1.0.0"\nname: demo\ntitle: A demonstration\nowners: ["@acme/security"]\nthreats:\n  source: {title: Source, description: Source is lost.}\n'


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """All recorded sessions, imported."""
    folder = tmp_path_factory.mktemp("imported")
    path = folder / "events.jsonl"
    done = packgate("events", "import", str(FOLDER), str(database(folder)), "--out", str(path), "--user", "ann", "--group", "payments", "--no-look-up")
    assert done.code == 0, done.all
    assert done.out == ""
    assert "not replayable" in done.err
    return path


def _lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_hundreds_of_actions_of_five_agents_are_imported(events):
    found = _lines(events)
    assert len(found) > 240
    assert {each["outcome"]["source"] for each in found} == {"claude-code", "codex", "copilot", "gemini", "opencode"}
    assert {each["kind"] for each in found} == {"imported"}
    assert all(each["action"]["actor"]["user"] == "ann" for each in found if each["action"])
    assert oct(events.stat().st_mode & 0o777) == "0o600"


def test_a_level_is_simulated_on_them(events, tmp_path):
    done = packgate("level", "simulate", "balanced", "--events", str(events), "--format", "json", cwd=tmp_path)
    assert done.code == 0, done.all
    found = json.loads(done.out)
    recorded = _lines(events)
    lost = sum(each["action"] is None for each in recorded)
    assert found["counts"]["imported"]["actions"] == len(recorded) - lost
    assert sum(found["not_replayable"].values()) == lost > 0
    assert found["in_part"] == {}
    assert "and not replayable: counted in no column" in packgate("level", "simulate", "balanced", "--events", str(events), cwd=tmp_path).out
    # Where it happened, and what it is therefore about, is not known of a bare command.
    (tmp_path / "bare.jsonl").write_text('{"surface": "shell", "command": "rm -r build"}\n')
    done = packgate("level", "simulate", "balanced", "--events", str(tmp_path / "bare.jsonl"), "--format", "json", cwd=tmp_path)
    assert json.loads(done.out)["in_part"] == {"no folder": 1}


def test_a_pack_is_simulated_on_them(events, tmp_path):
    (tmp_path / "packgate.yaml").write_text("version: 1\npacks: [permissive]\n")
    repository = git.Repo.init(tmp_path)
    repository.git.add(all=True)
    repository.git.execute(["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "x"])
    done = packgate("simulate", "recommended", "--events", str(events), "--format", "json", cwd=tmp_path)
    assert done.code == 0, done.all
    found = json.loads(done.out)
    recorded = _lines(events)
    lost = sum(each["action"] is None for each in recorded)
    assert found["read"]["events"] == {"imported": len(recorded)}
    assert found["replayed"]["events"] == len(recorded) - lost
    assert sum(found["not_replayed"]["gaps"].values()) == lost > 0
    assert found["outcomes"]["after"]["block"]["count"] > found["outcomes"]["before"]["block"]["count"] == 0
    assert any(each["policy"] == "direct-push-to-main" for cluster in found["clusters"] for each in cluster["because"])


def test_a_change_is_compared_on_them(events, tmp_path):
    for name, mode in (("before", "audit"), ("after", "block")):
        policies = tmp_path / name / "policies"
        policies.mkdir(parents=True)
        (tmp_path / name / "pack.yaml").write_text(_PACK)
        (policies / "source.yaml").write_text(_POLICY.format(mode=mode))
    done = packgate("diff", str(tmp_path / "before"), str(tmp_path / "after"), "--events", str(events), "--format", "json", "--limit", "50")
    assert done.code == 0, done.all
    found = json.loads(done.out)["actions"]
    pushed = [each for each in _lines(events) if each["action"] and each["action"].get("command") == "git push origin main"]
    assert len(pushed) == 5
    assert found["decided"]["imported"] == sum(each["action"] is not None for each in _lines(events))
    assert sum(found["not_replayable"].values()) == sum(each["action"] is None for each in _lines(events))
    text = packgate("diff", str(tmp_path / "before"), str(tmp_path / "after"), "--events", str(events)).out
    assert text.count("git push origin main") >= 5
    assert "not replayable: neither changed nor unchanged" in text
    for form in ("markdown", "github"):
        assert "can't be replayed" in packgate("diff", str(tmp_path / "before"), str(tmp_path / "after"), "--events", str(events), "--format", form).out


def test_an_import_is_resumed_and_adds_only_what_is_new(events, tmp_path):
    whole = events.read_bytes()
    path = tmp_path / "again.jsonl"
    path.write_bytes(whole[: len(whole) // 2])  # Stopped in the middle of a line.
    arguments = ["events", "import", str(FOLDER), str(database(tmp_path)), "--out", str(path), "--user", "ann", "--group", "payments", "--no-look-up"]
    assert packgate(*arguments).code == 0
    assert sorted(each["outcome"]["id"] for each in _lines(path)) == sorted(each["outcome"]["id"] for each in _lines(events))
    before = path.read_bytes()
    done = packgate(*arguments)
    assert "not written again" in done.err
    assert path.read_bytes() == before


def test_a_file_of_something_else_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("my notes\n")
    done = packgate("events", "import", str(FOLDER / "codex"), "--out", str(path))
    assert done.code == 2
    assert "not an imported event" in done.err
    assert path.read_text() == "my notes\n"


def test_damage_is_named_with_file_and_line(tmp_path):
    path = tmp_path / "s.jsonl"
    path.write_bytes(b'{"type":"user","uuid":"u","sessionId":"s","message":{"content":"hi"}}\n{"type": \n' + bytes(range(256)) + b"\n")
    done = packgate("events", "import", "--from", "claude-code", str(path))
    assert done.code == 1
    assert f"{path}:2: not JSON" in done.err
    assert f"{path}:3: it is binary" in done.err
    assert len(done.out.splitlines()) == 1
    assert "Traceback" not in done.all
    counts = json.loads(packgate("events", "import", "--from", "claude-code", str(path), "--summary", "json").err)
    assert counts["damaged"] >= 2
    assert counts["damages"][0]["line"] == 2


@pytest.mark.parametrize(("arguments", "message"), [
    (["nowhere"], "does not exist"), (["README.md"], "its format can't be told"), (["--from", "word", "README.md"], "'word' is not one of"),
    (["--from", "commands", "README.md", "--cwd", "app"], "--cwd: expected a folder from the root on"),
])
def test_wrong_usage_of_import(arguments, message):
    done = packgate("events", "import", *arguments, cwd=ROOT)
    assert done.code == 2
    assert message in done.err


def test_baseline_is_deterministic(events):
    first, second = (packgate("events", "baseline", str(events), "--pack", "recommended", "--at", "2026-12-01", "--format", "json") for _ in range(2))
    assert first.code == 0, first.all
    assert first.out == second.out
    found = json.loads(first.out)
    assert [each["value"] for each in found["by"]["user"]] == ["ann"]
    assert [each["value"] for each in found["by"]["group"]] == ["payments"]
    assert {each["value"] for each in found["by"]["agent"]} == {"claude-code", "codex", "copilot", "gemini", "opencode"}
    text = packgate("events", "baseline", str(events), "--pack", "recommended", "--at", "2026-12-01", "--limit", "0").out
    assert "direct-push-to-main: 5 block, 5 sessions" in text
    assert "git push <remote> <branch>" in text


def test_events_are_found_and_shown(events):
    denied = packgate("events", "query", "--file", str(events), "--verdict", "denied", "--agent", "codex")
    assert len(denied.out.splitlines()) == 2
    assert packgate("events", "query", "--file", str(events), "--tool", "db/run_query", "--count").out == "5\n"
    (event,) = [json.loads(line) for line in packgate("events", "query", "--file", str(events), "--agent", "codex", "--tool", "apply_patch", "--limit", "1", "--format", "json").out.splitlines()]
    id = event["outcome"]["id"]
    shown = packgate("events", "show", id[:12], "--file", str(events))
    assert shown.code == 0, shown.all
    assert "/home/dev/shop/src/money.py" in shown.out
    assert json.loads(packgate("events", "show", id, "--file", str(events), "--format", "json").out) == event
    assert packgate("events", "show", "imp-", "--file", str(events)).code == 2
    assert packgate("events", "show", "nothing", "--file", str(events)).code == 2
    assert packgate("events", "query", "--file", str(events), "--since", "yesterday").code == 2


def test_the_timeline_of_a_session(events):
    session = next(each["outcome"]["session"] for each in _lines(events) if each["outcome"]["source"] == "codex" and "shop" in each["action"]["cwd"])
    done = packgate("events", "session", session, "--file", str(events))
    assert done.code == 0, done.all
    lines = done.out.splitlines()
    assert "codex, ann, /home/dev/shop" in lines[0]
    assert "prompt: Fix the rounding of prices" in lines[2]
    assert "then the agent did something else" in done.out
    steps = json.loads(packgate("events", "session", session, "--file", str(events), "--format", "json").out)["steps"]
    assert [step["exit_code"] for step in steps if step["what"] == "shell: cat missing.txt"] == [1]
    assert packgate("events", "session", "nobody", "--file", str(events)).code == 2


def test_tail_follows_a_file(events, tmp_path):
    lines = events.read_bytes().splitlines(keepends=True)
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"".join(lines[:3]))
    assert len(packgate("events", "tail", "--file", str(path), "-n", "2").out.splitlines()) == 2
    path.write_bytes(b"".join(lines[:3]) + lines[3][:40])
    process = subprocess.Popen(
        [sys.executable, "-m", "packgate", "events", "tail", "-f", "-n", "1", "--file", str(path), "--format", "json"],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "cli")},
        # Whoever runs tests in the background ignores the signal, and its processes do.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert json.loads(process.stdout.readline()) == json.loads(lines[2])
        with path.open("ab") as file:
            file.write(lines[3][40:] + lines[4][:50])
        assert json.loads(process.stdout.readline()) == json.loads(lines[3])
        with path.open("ab") as file:
            file.write(lines[4][50:])
        assert json.loads(process.stdout.readline()) == json.loads(lines[4])
        # Rotated: another file in its place.
        fresh = tmp_path / "fresh"
        fresh.write_bytes(lines[5])
        fresh.replace(path)
        assert json.loads(process.stdout.readline()) == json.loads(lines[5])
    finally:
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        code = process.wait(timeout=20)
        process.stdout.close()
    assert code == 0
    assert time.monotonic() - started < 20


def test_imported_events_are_no_evidence_and_no_damage(events):
    from packgate.release.eventlines import EventLines

    lines = EventLines([events], "2026-12-01T00:00:00Z")
    assert list(lines) == []
    assert not lines.damaged


def test_imported_events_as_opentelemetry(events):
    done = packgate("events", "otel", str(events))
    assert done.code == 0, done.all
    records = [each for line in done.out.splitlines() for each in json.loads(line)["resourceLogs"][0]["scopeLogs"][0]["logRecords"]]
    assert len(records) == len(_lines(events))
    assert {each["eventName"] for each in records} == {"packgate.imported"}


def test_fixtures_hold_nothing_of_a_machine():
    size = 0
    for path in sorted(Path(FOLDER).rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            size += len(text)
            for word in ("/tmp/pytest", "/root/", "/Users/", "@gmail", "api.anthropic.com", "PRIVATE KEY"):
                assert word not in text, f"{path}: {word}"
    assert size < 300_000
