"""Imported events as evidence of a promotion: only where packgate.yaml asks for it, and told apart. Events are made by the real importer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from command_line import packgate
from policy_repository import ENVIRONMENT, SETTINGS, PolicyRepository, stamp

if TYPE_CHECKING:
    from command_line import Done

NOW = "2026-02-01T00:00:00Z"
HARMLESS = ("ls", "git status", "git push origin feature/x", "psql -c 'SELECT 1'")
COUNTED = SETTINGS.replace("gates:\n", "gates:\n  imported: count\n")
TOKEN = "ghp_" + "x7Kq2LmN9pRsT4vWyZ1aB3cD5eF6gH8iJ0kL"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PolicyRepository:
    for key, value in ENVIRONMENT.items():
        monkeypatch.setenv(key, value)
    found = PolicyRepository(tmp_path / "repository")
    # Committed after all that is imported here: the stage of then is nothing to an import.
    found.write("packgate.yaml", COUNTED)
    found.commit("Count imported events", 20)
    return found


def transcript(path: Path, commands: list[str], days: range, **more: Any) -> Path:
    """A transcript as Claude Code writes it, with a call for every command and day."""
    lines = []
    for day in days:
        for number, command in enumerate(commands):
            name = f"{path.stem}-{day}-{number}"
            lines.append(json.dumps({
                "type": "assistant", "uuid": name, "timestamp": stamp(day, number), "sessionId": f"s-{path.stem}", "cwd": "/srv/app",
                "gitBranch": "feature/x", "version": "2.1.329", "message": {"role": "assistant", "content": [
                    {"type": "tool_use", "id": f"toolu-{name}", "name": "Bash", "input": {"command": command}}]}, **more,
            }))
    path.write_text("\n".join(lines) + "\n")
    return path


def imported(path: Path, commands: list[str], days: range = range(1, 5), user: str = "ada", **more: Any) -> str:
    """The same, imported."""
    events = path.with_suffix(".events.jsonl")
    source = transcript(path, commands, days, **more)
    done = packgate("events", "import", str(source), "--from", "claude-code", "--user", user, "--no-look-up", "--out", str(events))
    assert done.code == 0, done.all
    return str(events)


def promote(repository: PolicyRepository, *arguments: str) -> Done:
    return packgate("promote", *arguments, "--at", NOW, "--format", "json", cwd=repository.root)


def gates(done: Done) -> dict[str, Any]:
    return {gate["gate"]: gate for gate in json.loads(done.out)["gates"]}


def test_imported_events_count_where_it_is_asked_for(repository: PolicyRepository, tmp_path: Path) -> None:
    events = imported(tmp_path / "work.jsonl", [*HARMLESS * 10, "psql -c 'DROP TABLE t'"])
    done = promote(repository, "data", "--to", "warn", "--events", events, "--dry-run")
    found = gates(done)
    assert (found["events"]["count"], found["days"]["count"]) == (164, 4)
    assert found["imported"]["sentence"] == (
        "of these 164 events 164 are imported, and were decided again with the policies that are promoted"
    )
    assert (found["benign rate"]["count"], found["benign rate"]["total"]) == (4, 164), "the replay says what would be warned about"
    text = packgate("promote", "data", "--to", "warn", "--events", events, "--dry-run", "--explain", "--at", NOW, cwd=repository.root).out
    assert "  met     imported      of these 164 events 164 are imported" in text


def test_by_default_they_do_not_and_it_is_said(repository: PolicyRepository, tmp_path: Path) -> None:
    events = imported(tmp_path / "work.jsonl", list(HARMLESS))
    for settings in (SETTINGS, COUNTED.replace("count", "ignore")):
        repository.write("packgate.yaml", settings)
        repository.commit("Ignore them", 21)
        done = promote(repository, "data", "--to", "warn", "--events", events, "--dry-run")
        found = gates(done)
        assert (done.code, found["events"]["state"], "imported" in found) == (1, "not met", False)
        assert found["events"]["sentence"].endswith("; 16 imported ones do not count (`gates: {imported: count}` in packgate.yaml)")


def test_what_a_hook_recorded_and_what_was_imported_are_told_apart(repository: PolicyRepository, tmp_path: Path) -> None:
    old = imported(tmp_path / "work.jsonl", list(HARMLESS) * 5)
    repository.write("packs/demo/rollout.yaml", repository.read("packs/demo/rollout.yaml") + "\n")
    recorded = repository.events(tmp_path / "hook.jsonl", list(HARMLESS) * 5, range(22, 24), user="bo")
    found = gates(promote(repository, "data", "--to", "warn", "--events", str(recorded), "--events", old, "--events", old, "--dry-run"))
    assert (found["events"]["count"], found["days"]["count"], found["imported"]["count"]) == (120, 6, 80), "the same line twice counts once"


def test_what_cannot_be_replayed_exactly_does_not_count(repository: PolicyRepository, tmp_path: Path) -> None:
    events = Path(imported(tmp_path / "work.jsonl", list(HARMLESS)))
    partial = imported(tmp_path / "nowhere.jsonl", ["rm -rf build"], range(1, 3), cwd=None)
    # A secret was masked, where no policy of the pack looks; and where one does.
    masked = imported(tmp_path / "secret.jsonl", [f"curl -H 'Authorization: token {TOKEN}' https://api.example.com"], range(1, 4))
    seen = imported(tmp_path / "seen.jsonl", [f"git push https://{TOKEN}@git.example.com/a main"], range(1, 3))
    lines = [json.loads(line) for line in events.read_text().splitlines()]
    lines[0]["time"], lines[1]["action"] = None, None
    lines[1]["outcome"].update(replay="none", reasons=["unknown-tool"])
    lines[2]["time"] = "2027-01-01T00:00:00Z"
    events.write_text("".join(json.dumps(line) + "\n" for line in lines))
    files = [each for name in (str(events), partial, masked, seen) for each in ("--events", name)]
    done = promote(repository, "history", "--to", "warn", *files, "--dry-run")
    found = gates(done)
    assert TOKEN not in Path(masked).read_text() + Path(seen).read_text()
    assert found["imported"]["count"] == 16 - 3 + 3 + 2, done.out
    assert found["imported"]["sentence"].endswith(
        "; imported ones that do not count: 1 can't be replayed, 2 replayed only in part, 1 without a time"
    )
    assert "time lies in the future" in done.err
    # Now a policy looks at the address that holds the marker.
    policies = repository.read("packs/demo/policies/all.yaml")
    repository.write("packs/demo/policies/all.yaml", policies.replace("operation: force-push}", "operation: force-push, remote: '*example.org*'}"))
    repository.commit("Look at the remote", 22)
    looked = gates(promote(repository, "history", "--to", "warn", *files, "--dry-run"))["imported"]
    assert (looked["count"], "2 with a masked secret that a policy looks at" in looked["sentence"]) == (16, True)


def test_people_for_whom_the_pack_does_not_hold_are_left_out(repository: PolicyRepository, tmp_path: Path) -> None:
    repository.write("assignments.yaml", "assignments:\n  - {pack: demo, stage: audit, for: {user: ada}}\n")
    repository.commit("For ada", 22)
    ours, others = imported(tmp_path / "ada.jsonl", list(HARMLESS)), imported(tmp_path / "eve.jsonl", list(HARMLESS), user="eve")
    found = gates(promote(repository, "data", "--to", "warn", "--events", ours, "--events", others, "--dry-run"))["imported"]
    assert found["sentence"].startswith("of these 16 events 16 are imported")
    assert "16 of people for whom the pack does not hold" in found["sentence"]


def test_they_have_no_warnings(repository: PolicyRepository, tmp_path: Path) -> None:
    """A heed rate has to come from warnings that were recorded."""
    repository.write("packgate.yaml", COUNTED.replace("min_approvals: 1", "min_approvals: 0, min_heed_rate: 0.5"))
    repository.write("packs/demo/rollout.yaml", repository.read("packs/demo/rollout.yaml").replace("'audit'", "'warn'"))
    repository.commit("Warn", 22)
    events = imported(tmp_path / "work.jsonl", ["psql -c 'DROP TABLE t'", *HARMLESS * 40])
    found = gates(promote(repository, "data", "--to", "block", "--events", events, "--dry-run"))
    assert (found["heed rate"]["state"], found["imported"]["count"]) == ("unknown", 644), "that nobody warned in them is no heed"
    linted = packgate("lint", "--format", "json", cwd=repository.root)
    assert [each["code"] for each in json.loads(linted.out)["findings"] if each["code"] == "PG263"] == ["PG263", "PG263"]


def test_suggestions_ask_the_same(repository: PolicyRepository, tmp_path: Path) -> None:
    events = imported(tmp_path / "work.jsonl", list(HARMLESS) * 10)
    done = packgate("suggest", "--events", events, "--at", NOW, "--format", "json", cwd=repository.root)
    kinds = {(each["kind"], each["subject"]) for each in json.loads(done.out)["suggestions"]}
    assert ("promotion", "demo/data") in kinds, done.all
