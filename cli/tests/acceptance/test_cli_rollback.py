"""`packgate rollback` on real repositories."""

import os
import subprocess

import pytest
from release_helper import git
from release_repository import change, commit, make_policy_repository, packgate

from packgate.errors import UserError
from packgate.gitio import Repository
from packgate.release.history import read_history


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Three releases: block, then warn, then audit."""
    folder = make_policy_repository(tmp_path / "policies")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    packgate("release", "demo", at="2026-01-01T00:00:00Z")
    for version, mode in (("1.1.0", "warn"), ("1.2.0", "audit")):
        change(folder, version, mode=mode)
        packgate("release", "demo", at=f"2026-01-0{version[2]}T12:00:00Z")
    return folder


def history():
    return [(each.revision, each.tag) for each in read_history(Repository()).releases]


def newest():
    return read_history(Repository()).releases[-1]


def rollback(*arguments):
    return packgate("rollback", "demo", *arguments)


def test_the_earlier_content_comes_back_at_a_higher_revision(repository):
    before = {name: git(repository, "rev-parse", name) for name in git(repository, "tag").splitlines()}
    result = rollback("--reason", "INC-7: the import stops")
    assert result.return_value == 0
    assert "demo/v1.2.0-audit → demo/v1.1.0-audit: tightened" in result.output
    assert "+ no-drop: mode audit becomes warn" in result.output
    assert "Rolls back demo/v1.2.0-audit to demo/v1.1.0-audit" in result.output
    assert "git push origin demo/v1.1.0-audit+r4" in result.output
    made = newest()
    assert (made.tag, made.revision) == ("demo/v1.1.0-audit+r4", 4)
    assert made.commit == git(repository, "rev-parse", "demo/v1.1.0-audit^{commit}")
    assert (made.record.rollback_of, made.record.restores) == ("demo/v1.2.0-audit", "demo/v1.1.0-audit")
    assert made.record.reason == "INC-7: the import stops"
    assert made.record.evidence["cases"]["must_fire"]["passed"] == 1
    assert {name: git(repository, "rev-parse", name) for name in before} == before


def test_rolling_back_twice_goes_further_back(repository):
    rollback()
    rollback()
    assert history()[-2:] == [(4, "demo/v1.1.0-audit+r4"), (5, "demo/v1.0.0-audit+r5")]
    with pytest.raises(UserError, match="no release of 'demo' before demo/v1.0.0-audit to go back to"):
        rollback()


def test_what_was_taken_out_of_force_is_passed_over(repository):
    rollback()
    change(repository, "1.3.0", operations="DROP*", mode="warn")
    packgate("release", "demo")
    rollback()
    made = newest()
    assert made.record.restores == "demo/v1.1.0-audit+r4"
    assert made.tag == "demo/v1.1.0-audit+r6"


def test_to_a_release_by_name(repository):
    rollback("--to", "demo/v1.0.0-audit")
    assert newest().tag == "demo/v1.0.0-audit+r4"
    # What was rolled back can be brought back by name.
    rollback("--to", "demo/v1.2.0-audit")
    assert newest().tag == "demo/v1.2.0-audit+r5"
    with pytest.raises(UserError, match="is what holds now"):
        rollback("--to", "demo/v1.2.0-audit")
    with pytest.raises(UserError) as caught:
        rollback("--to", "demo/v1.0.1-audit")
    assert "did you mean" in str(caught.value.hint)
    with pytest.raises(UserError, match="'nothing' was never released"):
        packgate("rollback", "nothing")


def test_a_dry_run_says_what_would_change(repository):
    result = rollback("--dry-run")
    assert "+ no-drop: mode audit becomes warn" in result.output
    assert "demo/v1.1.0-audit+r4 would be made" in result.output
    assert len(history()) == 3


def test_a_dirty_tree_does_not_keep_anybody_from_going_back(repository):
    (repository / "packs" / "demo" / "pack.yaml").write_text("broken")
    assert rollback().return_value == 0


def test_an_invalid_tag_is_no_target(repository):
    git(repository, "tag", "demo/v0.9.0-block")
    with pytest.raises(UserError, match="lightweight"):
        rollback("--to", "demo/v0.9.0-block")


def test_in_a_shallow_clone(repository, tmp_path, monkeypatch):
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", str(clone))
    git(clone, "config", "user.name", "Dev")
    git(clone, "config", "user.email", "dev@example.com")
    monkeypatch.chdir(clone)
    with pytest.raises(UserError) as caught:
        rollback()
    assert "--unshallow" in str(caught.value.hint)


def test_it_is_pushed_when_asked_to(repository, tmp_path):
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "--bare", str(remote))
    git(repository, "remote", "add", "origin", str(remote))
    git(repository, "push", "-q", "origin", "--tags")
    rollback("--push", "origin")
    assert "demo/v1.1.0-audit+r4" in subprocess.run(["git", "tag"], cwd=remote, check=True, capture_output=True, text=True).stdout


ROLLOUT = "# Who may stop what.\npack: audit\nthreats:\n  data: warn   # since June\npolicies:\n  no-drop: block  # since May\n"


def rolled_out(repository):
    (repository / "packs" / "demo" / "rollout.yaml").write_text(ROLLOUT)
    commit(repository, "Stages")


def test_one_policy_goes_a_stage_down_on_a_branch(repository):
    rolled_out(repository)
    head, tags = git(repository, "rev-parse", "HEAD"), git(repository, "tag")
    result = rollback("--policy", "no-drop", "--reason", "INC-7", "--dry-run")
    assert "would make the branch rollback/demo/policy-no-drop-warn" in result.output
    result = rollback("--policy", "no-drop", "--reason", "INC-7")
    assert result.return_value == 0
    assert "take policy no-drop of pack demo back from block to warn" in result.output
    branch = "rollback/demo/policy-no-drop-warn"
    assert git(repository, "show", f"{branch}:packs/demo/rollout.yaml") + "\n" == ROLLOUT.replace("no-drop: block", "no-drop: warn")
    assert git(repository, "log", "-1", "--format=%B", branch).endswith("INC-7")
    assert git(repository, "diff", "--name-only", head, branch) == "packs/demo/rollout.yaml"
    assert (git(repository, "rev-parse", "HEAD"), git(repository, "tag"), git(repository, "status", "--porcelain")) == (head, tags, "")
    with pytest.raises(UserError, match="there is a branch"):
        rollback("--policy", "no-drop")


def test_one_threat_layer_goes_a_stage_down(repository):
    rolled_out(repository)
    result = rollback("--layer", "data")
    assert "with a stage of their own, which they keep: no-drop" in result.output
    branch = "rollback/demo/threat-data-audit"
    assert "data: audit   # since June" in git(repository, "show", f"{branch}:packs/demo/rollout.yaml")
    git(repository, "merge", "-q", branch)
    with pytest.raises(UserError, match="stands at audit already"):
        rollback("--layer", "data")


@pytest.mark.parametrize(("arguments", "message"), [
    (("--policy", "data"), "'data' is no policy"), (("--layer", "no-drop"), "'no-drop' is no threat layer"), (("--policy", "no-drp"), "no-drp"),
])
def test_what_is_not_there(repository, arguments, message):
    with pytest.raises(UserError, match=message):
        rollback(*arguments)


def test_a_secret_in_the_reason_is_not_recorded(repository):
    secret = "ghp_" + "a1B2" * 9
    rollback("--reason", f"leaked {secret}")
    assert secret not in git(repository, "cat-file", "tag", newest().tag)
    assert str(newest().record.reason).startswith("leaked ")
