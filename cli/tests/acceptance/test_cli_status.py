"""`packgate status` on real repositories."""

import json
import os

import pytest
from release_helper import allow, git, make_key, record_of, tag_release
from release_repository import change, commit, make_policy_repository, packgate

from packgate.errors import UserError


@pytest.fixture
def repository(tmp_path, monkeypatch):
    folder = make_policy_repository(tmp_path / "policies")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    return folder


def status(*arguments, at="2026-02-10T00:00:00Z"):
    return json.loads(packgate("status", *arguments, "--format", "json", at=at).output)


def test_before_the_first_release(repository):
    (pack,) = status()["packs"]
    assert (pack["pack"], pack["released"], pack["unreleased"]["direction"]) == ("demo", False, "new")
    result = packgate("status")
    assert result.return_value == 0
    assert "next step: packgate release demo" in result.output


def test_what_is_released_since_when_and_what_blocks_the_next_stage(repository):
    packgate("release", "demo", at="2026-01-31T09:30:00Z")
    (pack,) = status()["packs"]
    assert (pack["tag"], pack["version"], pack["stage"], pack["revision"]) == ("demo/v1.0.0-audit", "1.0.0", "audit", 1)
    assert (pack["since"], pack["days"], pack["next_stage"]) == ("2026-01-31T09:30:00Z", 9, "warn")
    assert pack["commit"] == git(repository, "rev-parse", "HEAD")
    assert pack["unreleased"] == {"direction": "none", "changes": 0, "actions": 0, "files": []}
    assert pack["holds_for"] == ["everyone"]
    assert pack["signed_by"] is None
    names = [gate.split(":")[0] for gate in pack["blocked_by"]]
    # Without events nothing is known about days, events and rates; the cases are there.
    assert {"days", "events"} <= set(names)
    assert "polarities" not in names
    text = packgate("status", "demo", at="2026-02-01T09:30:00Z").output
    assert "  since: 2026-01-31 (1 day)\n" in text
    assert "  not released yet: nothing\n" in text
    assert "  next step: warn: " in text
    assert "packgate promote demo --to warn --events FILE --explain --dry-run" in text


def test_what_was_committed_since_the_release(repository):
    packgate("release", "demo")
    change(repository, "1.1.0", mode="warn")
    (repository / "packs" / "demo" / "rollout.yaml").write_text("pack: warn\n")
    (pack,) = status()["packs"]
    assert pack["unreleased"]["direction"] == "loosened"
    assert pack["unreleased"]["files"] == ["packs/demo/rollout.yaml"]
    assert (pack["unreleased"]["changes"], pack["unreleased"]["actions"]) == (2, 1)
    assert "1 case decided differently: loosened; 1 file not committed" in packgate("status").output
    git(repository, "rm", "-rqf", "packs/demo")
    git(repository, "clean", "-fdq")
    git(repository, "commit", "-qm", "Gone")
    assert status("demo")["packs"][0]["unreleased"]["direction"] == "removed"


def test_for_whom(repository):
    (repository / "assignments.yaml").write_text(
        "assignments:\n  - {name: pilot, pack: demo, for: {group: payments}, stage: warn}\n  - {name: all, pack: demo, stage: audit}\n"
    )
    commit(repository, "Assignments")
    assert status()["packs"][0]["holds_for"] == ["pilot: group is payments, up to warn", "all: everyone, up to audit"]


def test_invalid_tags_are_findings(repository):
    packgate("release", "demo")
    git(repository, "tag", "demo/v2.0.0-block")
    result = packgate("status")
    assert result.return_value == 1
    assert "demo/v2.0.0-block: it is a lightweight tag, made by hand: it records nothing" in result.output
    found = status()
    assert found["packs"][0]["tag"] == "demo/v1.0.0-audit"
    assert [each["tag"] for each in found["invalid_tags"]] == ["demo/v2.0.0-block"]


def test_a_pack_of_which_only_an_invalid_tag_is_here(repository):
    tag_release(repository, record_of(repository, 1), "gone/v1.0.0-audit")
    packs = {each["pack"]: each for each in status()["packs"]}
    assert packs["gone"]["released"] is False


def test_signed_by_whom_and_what_a_rollback_undid(repository, tmp_path):
    key = make_key(tmp_path, "key")
    allow(repository, "dev@example.com", key)
    commit(repository, "Signers")
    git(repository, "config", "gpg.format", "ssh")
    git(repository, "config", "user.signingkey", str(key))
    packgate("release", "demo")
    change(repository, "1.1.0", mode="warn")
    packgate("release", "demo")
    packgate("rollback", "demo")
    (pack,) = status()["packs"]
    assert (pack["tag"], pack["signed_by"]) == ("demo/v1.0.0-audit+r3", "dev@example.com")
    assert pack["rollback_of"] == "demo/v1.1.0-audit"
    assert pack["unreleased"]["direction"] == "loosened"


def test_markdown(repository):
    packgate("release", "demo")
    text = packgate("status", "--format", "markdown", at="2026-01-31T09:30:00Z").output
    assert text.startswith("| pack | release | stage |")
    assert "| demo | demo/v1.0.0-audit | audit | 1 | 2026-01-31 (0 days) |" in text
    assert "Before demo can go to warn:" in text


def test_on_a_terminal_it_is_a_table(repository, monkeypatch):
    from packgate.commands.status import _table
    from packgate.gitio import Repository
    from packgate.release.status import read_status

    packgate("release", "demo")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    text = _table(read_status(Repository(), None, "2026-01-31T09:30:00Z"))
    assert "demo/v1.0.0-audit" in text
    assert "2026-01-31 (0 days)" in text


def test_an_unknown_pack(repository):
    with pytest.raises(UserError, match="there is no pack 'nothing'"):
        packgate("status", "nothing")
