"""`packgate diff` on real repositories: between commits, folders and the working tree."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from packgate.cli import group

PACK = """\
version: "1.0.0"
name: demo
title: A demonstration
owners: ["@acme/security"]
threats:
  data: {title: Data, description: Data is lost.}
"""
POLICIES = """\
policies:
  - id: no-drop
    title: Drop a table
    threat: data
    impact: one-way
    rationale: There is no undo.
    when: [database-admin]
    if: {operation: [DROP*, TRUNCATE*]}
    then: block
    risk: 90
    message: Ask the data team.
    tests:
      must_fire:
        - prompt: Drop the users table.
          command: psql -c 'DROP TABLE users'
        - command: psql -c 'TRUNCATE users'
      must_not_fire:
        - prompt: Show me the users.
          command: psql -c 'SELECT 1'
  - id: no-force
    title: Force push
    threat: data
    impact: risky
    rationale: Work of others is lost.
    when: [git-action]
    if: {operation: force-push, branch: [main, "release/*"]}
    then: warn
    risk: 50
    message: Push to a branch of your own.
    tests:
      must_fire:
        - prompt: Force push to main.
          command: git push --force origin main
      must_not_fire:
        - prompt: Push my branch.
          command: git push origin feature/x
"""


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Dev", "-c", "user.email=dev@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path, monkeypatch):
    folder = tmp_path / "policies"
    pack = folder / "packs" / "demo"
    (pack / "policies").mkdir(parents=True)
    (pack / "pack.yaml").write_text(PACK)
    (pack / "policies" / "all.yaml").write_text(POLICIES)
    (folder / "packgate.yaml").write_text("version: 1\n")
    git(folder.parent, "init", "-q", "-b", "main", str(folder))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "First")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def change(folder, *replacements):
    path = folder / "packs" / "demo" / "policies" / "all.yaml"
    text = path.read_text()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def diff(*arguments):
    return CliRunner().invoke(group, ["diff", *arguments], standalone_mode=False, catch_exceptions=False)


def compared(*arguments):
    result = diff(*arguments, "--format", "json")
    return json.loads(result.output)


def test_nothing_changed(repository):
    result = diff("--fail-on", "any")
    assert result.return_value == 0
    assert "Nothing changed." in result.output
    assert "all verdicts the same" in result.output


def test_a_mode_is_loosened(repository):
    change(repository, ("then: block", "then: audit"))
    result = diff("--fail-on", "loosened")
    assert result.return_value == 1
    assert "This change lets more through." in result.output
    assert "- no-drop: mode block becomes audit  (packs/demo/policies/all.yaml:9:11)" in result.output
    assert "block → audit at stage block: psql -c 'DROP TABLE users'" in result.output
    found = compared()
    assert found["direction"] == "loosened"
    assert found["actions"]["counts"] == {"loosened": 2, "mixed": 0, "tightened": 0, "message only": 0}
    assert {each["policies"][0] for each in found["actions"]["differences"]} == {"no-drop"}
    assert diff("--fail-on", "tightened").return_value == 0


@pytest.mark.parametrize(("base", "head", "direction"), [
    ("", "terminate_after: {denials: 5, minutes: 10}\n", "tightened"),
    ("terminate_after: {denials: 5, minutes: 10}\n", "", "loosened"),
    ("terminate_after: {denials: 5, minutes: 10}\n", "terminate_after: {denials: 6, minutes: 10}\n", "loosened"),
    ("terminate_after: {denials: 5, minutes: 10}\n", "terminate_after: {denials: 4, minutes: 10}\n", "tightened"),
    ("terminate_after: {denials: 5, minutes: 10}\n", "terminate_after: {denials: 4, minutes: 9}\n", "neutral"),
])
def test_when_a_session_ends(repository, tmp_path, base, head, direction):
    for side, text in (("base", base), ("head", head)):
        shutil.copytree(repository, tmp_path / side, ignore=shutil.ignore_patterns(".git"))
        pack = tmp_path / side / "packs/demo/pack.yaml"
        pack.write_text(pack.read_text() + text)
    found = compared(str(tmp_path / "base"), str(tmp_path / "head"))
    assert found["direction"] == direction
    assert [each["kind"] for each in found["changes"]] == ["terminate_after"]


def test_a_condition_is_widened(repository):
    change(repository, ("operation: force-push, branch: [main, \"release/*\"]", "operation: force-push, branch: [main, \"release/**\"]"))
    found = compared("main")
    assert found["direction"] == "tightened"
    (relation,) = found["conditions"]
    assert (relation["policy"], relation["family"], relation["fires_on"]) == ("no-force", "git-action", "more")
    gained = relation["gained"]["fields"]
    assert gained["operation"] == "force-push"
    assert gained["branch"] == "release"
    assert relation["lost"] is None


def test_the_same_in_other_words(repository):
    change(repository, ("operation: [DROP*, TRUNCATE*]", "operation: [TRUNCATE*, DROP, \"DROP?*\", \"DROP*\"]"))
    found = compared()
    assert found["direction"] == "neutral"
    assert [each["fires_on"] for each in found["conditions"]] == ["same"]
    assert found["actions"]["differences"] == []


def test_an_exception_loosens(repository):
    change(repository, ("    then: warn", "    unless: {branch: \"release/*\"}\n    then: warn"))
    found = compared()
    assert found["direction"] == "loosened"
    (relation,) = found["conditions"]
    assert relation["fires_on"] == "less"
    assert relation["lost"]["fields"] == {"branch": "release/", "operation": "force-push"}


def test_renamed_added_and_removed(repository):
    change(repository, ("id: no-force", "id: keep-history"))
    assert [each["sentence"] for each in compared()["changes"]] == ["was called no-force"]
    change(repository, ("id: no-drop", "id: never-drop"), ("then: block", "then: warn"))
    sentences = {each["policy"]: each["sentence"] for each in compared()["changes"]}
    assert sentences["no-drop"] == "the policy is gone; its mode was block"
    assert sentences["never-drop"] == "a new policy with mode warn"


def test_stages_and_waivers(repository):
    pack = repository / "packs" / "demo"
    (pack / "rollout.yaml").write_text("pack: warn\npolicies: {no-drop: block}\n")
    found = compared()
    assert {(each["policy"], each["sentence"]) for each in found["changes"]} == {
        (None, "stage audit becomes warn for the pack"), ("no-drop", "stage audit becomes block"),
    }
    assert found["direction"] == "tightened"
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Stages")
    (pack / "waivers.yaml").write_text(
        "waivers:\n  - {id: w1, policy: no-drop, owner: '@acme/data', approver: '@acme/security', "
        "reason: The migration, expires: 2030-01-31, if: {table: users}}\n"
    )
    found = compared("HEAD", "--at", "2030-01-31")
    assert found["direction"] == "loosened"
    assert [each["sentence"] for each in found["changes"]] == ["a new waiver w1 for no-drop, until 2030-01-31: The migration"]
    assert found["actions"]["counts"]["loosened"] == 2
    assert compared("HEAD", "--at", "2030-02-01")["actions"]["counts"]["loosened"] == 0


def test_between_commits_and_from_a_branch(repository):
    git(repository, "switch", "-qc", "loosen")
    change(repository, ("[DROP*, TRUNCATE*]", "DROP*"))
    git(repository, "commit", "-qam", "Looser")
    git(repository, "switch", "-q", "main")
    change(repository, ("risk: 50", "risk: 55"))
    git(repository, "commit", "-qam", "Main goes on")
    assert {each["policy"] for each in compared("main", "loosen")["changes"]} == {"no-drop", "no-force"}
    git(repository, "switch", "-q", "loosen")
    # From where the branch left main, what main did since is no change of the branch.
    assert {each["policy"] for each in compared()["changes"]} == {"no-drop"}
    git(repository, "tag", "demo/v1.0.0-warn", "main")
    assert compared("demo/v1.0.0-warn", "HEAD")["direction"] == "loosened"


def test_folders(repository, tmp_path):
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", str(repository), str(other))
    change(other, ("then: warn", "then: block"))
    result = diff(str(repository), str(other))
    assert "+ no-force: mode warn becomes block" in result.output
    assert f"({other}/packs/demo/policies/all.yaml:" in result.output
    result = diff(str(repository / "packs" / "demo"), str(other / "packs" / "demo"))
    assert "mode warn becomes block" in result.output


def test_a_policy_repository_inside_a_repository(repository, tmp_path, monkeypatch):
    outer = tmp_path / "outer"
    (outer / "security").mkdir(parents=True)
    for name in ("packs", "packgate.yaml"):
        subprocess.run(["cp", "-r", str(repository / name), str(outer / "security")], check=True)
    git(tmp_path, "init", "-q", "-b", "main", str(outer))
    git(outer, "add", "-A")
    git(outer, "commit", "-qm", "First")
    monkeypatch.chdir(outer / "security")
    change(outer / "security", ("then: warn", "then: block"))
    assert [each["sentence"] for each in compared()["changes"]] == ["mode warn becomes block"]


def test_recorded_events(repository, tmp_path):
    events = tmp_path / "events.jsonl"
    secret = "ghp_" + "a" * 36
    lines = [
        {"v": 1, "seq": 7, "kind": "decision", "action": {"surface": "shell", "command": f"GH_TOKEN={secret} git push --force origin main"}},
        {"v": 1, "seq": 8, "kind": "outcome", "action": None},
    ]
    events.write_text("".join(json.dumps(line) + "\n" for line in lines))
    change(repository, ("then: warn", "then: block"))
    result = diff("--events", str(events))
    assert "event 7; by no-force" in result.output
    assert secret not in result.output
    events.write_text("{\n")
    code = subprocess.run([sys.executable, "-m", "packgate", "diff", "--events", str(events)], capture_output=True, text=True, check=False)
    assert code.returncode == 2
    assert f"{events}:1: not JSON" in code.stderr


def test_what_a_record_lacks_is_not_taken_for_unchanged(repository, tmp_path):
    events = tmp_path / "events.jsonl"
    masked = "git push https://[REDACTED:github-token:8f14e45f]@git.example.com/a main"
    actions = [
        {"surface": "shell", "command": masked, "cwd": "/srv/app"}, {"surface": "shell", "command": "ls", "cwd": None},
        {"surface": "shell", "command": "echo " + "x" * 16379 + "\u2026", "cwd": "/srv/app"},
    ]
    events.write_text("".join(json.dumps({"v": 1, "seq": seq, "kind": "decision", "action": each}) + "\n" for seq, each in enumerate(actions, 1)))
    before = json.loads(diff("--events", str(events), "--format", "json").output)["actions"]
    assert (before["decided"]["event"], before["not_replayable"], before["in_part"]) == (2, {"cut": 1}, {"masked": 1, "no folder": 1})
    change(repository, ("operation: force-push", "operation: [push, force-push], remote: '*://*'"))
    after = json.loads(diff("--events", str(events), "--format", "json").output)["actions"]
    assert (after["decided"]["event"], after["not_replayable"], after["in_part"]) == (1, {"cut": 1, "masked": 1}, {"no folder": 1})
    text = diff("--events", str(events)).output
    assert "recorded, and not replayable: neither changed nor unchanged (2)\n  1 cut\n  1 masked" in text
    assert "  1 no folder: no folder is recorded, so that relative paths stay unknown" in text


def test_formats(repository):
    change(repository, ("then: block", "then: warn"))
    text = diff("--format", "markdown").output
    assert text.startswith("### 🔓 This change lets more through.\n")
    assert "| 🔓 | demo | `no-drop` | mode block becomes warn |" in text
    assert "psql -c 'DROP TABLE users'" in text
    annotations = diff("--format", "github").output
    assert "::warning file=packs/demo/policies/all.yaml,line=9," in annotations


def test_many_differences_are_folded(repository):
    change(repository, ("then: block", "then: warn"))
    assert "and 2 more" in diff("--limit", "0").output
    text = diff("--limit", "1", "--format", "markdown").output
    assert "<details><summary>1 more</summary>" in text


@pytest.mark.parametrize(("arguments", "message"), [
    (("nowhere",), "'nowhere' is no branch, tag or commit"),
    (("mian",), "did you mean 'main'?"),
    (("--pack", "none"), "neither side has a pack 'none'"),
    (("--output=x", "main"), "No such option"),
])
def test_wrong_arguments(repository, arguments, message):
    done = subprocess.run([sys.executable, "-m", "packgate", "diff", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_of_git(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = subprocess.run([sys.executable, "-m", "packgate", "diff"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "not inside a git repository" in done.stderr


def test_a_broken_side_is_told(repository):
    change(repository, ("then: block", "then: blok"))
    result = diff()
    assert result.return_value == 1
    assert "packs/demo/policies/all.yaml:9:" in result.output
    assert "blok" in result.output


def test_links_are_not_followed(repository, tmp_path):
    outside = tmp_path / "outside.yaml"
    outside.write_text(POLICIES.replace("no-drop", "stolen"))
    (repository / "packs" / "demo" / "policies" / "more.yaml").symlink_to(outside)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "A link")
    result = diff("HEAD~1", "HEAD")
    assert "stolen" not in result.output
