"""`packgate release` on real repositories: what it makes, and everything that it refuses."""

import json
import os
import subprocess
import sys

import pytest
from release_helper import allow, git, make_key, record_of, tag_release
from release_repository import TIME, change, commit, make_policy_repository, packgate, write_policies, write_version

from packgate.errors import UserError
from packgate.gitio import Repository
from packgate.release.history import read_history
from packgate.release.record import read_message


@pytest.fixture
def repository(tmp_path, monkeypatch):
    folder = make_policy_repository(tmp_path / "policies")
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return folder


def refused(*arguments):
    with pytest.raises(UserError) as caught:
        packgate("release", "demo", *arguments)
    assert git(Repository().root, "tag") == git(Repository().root, "tag", "--list", "demo/*")
    return caught.value


def record(tag):
    (found,) = [each for each in Repository().tags(tag) if each.name == tag]
    return read_message(found.message)


def signing_key(folder, key):
    git(folder, "config", "gpg.format", "ssh")
    git(folder, "config", "user.signingkey", str(key))


def test_the_first_release(repository):
    result = packgate("release", "demo")
    assert result.return_value == 0
    assert result.output == (
        f"demo/v1.0.0-audit  on {git(repository, 'rev-parse', '--short=7', 'HEAD')}, not signed\n"
        "demo 1.0.0 at stage audit, revision 1\n"
        "  The first release of the pack.\n"
        "  must fire cases: 1 passed\n"
        "  must not fire cases: 1 passed\n"
        "  benign corpora: 2 actions, 0 wrong\n"
        "Nothing is published yet: git push origin demo/v1.0.0-audit\n"
    )
    made = record("demo/v1.0.0-audit")
    assert (made.revision, made.previous, made.commit, made.time) == (1, None, git(repository, "rev-parse", "HEAD"), TIME)
    assert made.evidence["cases"]["must_fire"] == {"passed": 1, "failed": 0, "todo": 0, "not_run": 0}
    (corpus,) = made.evidence["corpora"]
    digest = subprocess.run(["sha256sum", corpus["file"]], check=True, capture_output=True, text=True).stdout.split()[0]
    assert corpus["digest"] == f"sha256:{digest}"
    assert (corpus["polarity"], corpus["actions"]) == ("benign", 2)
    assert git(repository, "for-each-ref", "--format=%(taggerdate:iso-strict)", "refs/tags") == "2026-01-31T09:30:00+00:00"


def test_the_same_input_gives_the_same_tag(repository, tmp_path):
    packgate("release", "demo")
    first = git(repository, "rev-parse", "demo/v1.0.0-audit")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--no-tags", str(repository), str(clone))
    environ = {**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C", "GIT_COMMITTER_NAME": "Dev", "GIT_COMMITTER_EMAIL": "dev@example.com"}
    command = [sys.executable, "-m", "packgate", "release", "demo", "--at", "2026-01-31T10:30:00+01:00"]
    subprocess.run(command, cwd=clone, check=True, capture_output=True, env=environ)
    assert git(clone, "rev-parse", "demo/v1.0.0-audit") == first


def test_a_dry_run_makes_nothing(repository):
    result = packgate("release", "demo", "--dry-run")
    assert result.return_value == 0
    assert "demo/v1.0.0-audit would be made" in result.output
    assert "-----BEGIN PACKGATE RELEASE-----" in result.output
    assert git(repository, "tag") == ""


@pytest.mark.parametrize("path", [
    "packs/demo/policies/all.yaml", "packs/demo/policies/new.yaml", "packgate.yaml", "testcases/benign/more.yaml", "context/groups.yaml",
])
def test_files_that_are_not_committed(repository, path):
    file = repository / path
    file.parent.mkdir(exist_ok=True)
    file.write_text((file.read_text() if file.exists() else "") + "# more\n")
    assert path in refused().message
    git(repository, "add", "-A")
    assert path in refused().message


def test_an_ignored_file_that_would_be_read(repository):
    (repository / ".gitignore").write_text("local*\n")
    commit(repository, "Ignore")
    (repository / "packs" / "demo" / "policies" / "local.yaml").write_text("policies: []\n")
    assert "local.yaml" in refused().message
    (repository / "packs" / "demo" / "policies" / "local.yaml").unlink()
    (repository / "notes.txt").write_text("not of the pack")
    assert packgate("release", "demo").return_value == 0


def test_a_failing_case(repository):
    change(repository, "1.0.0", command="psql -c 'SELECT 2'")
    result = packgate("release", "demo", "--format", "json")
    assert result.return_value == 1
    found = json.loads(result.output)
    assert "packs/demo/policies/all.yaml" in {each["file"] for each in found["findings"]}
    assert "packgate-release-" not in result.output
    assert git(repository, "tag") == ""


def test_failing_lint_and_files_that_do_not_load(repository):
    (repository / "packs" / "demo" / "policies" / "more.yaml").write_text("policies:\n  - id: Bad Name\n")
    commit(repository, "Broken")
    result = packgate("release", "demo")
    assert result.return_value == 1
    assert "packs/demo/policies/more.yaml:2:" in result.output
    assert "demo was not released" in result.output


def test_a_loosened_verdict_is_never_a_patch(repository):
    packgate("release", "demo")
    change(repository, "1.0.1", mode="warn")
    error = refused()
    assert error.message.startswith("version 1.0.1 is too low after 1.0.0, and this change is at least a minor one: ")
    assert "no-drop: mode block becomes warn" in error.message
    assert error.hint == "set version: 1.1.0 in pack.yaml and commit"
    change(repository, "1.1.0", mode="warn")
    result = packgate("release", "demo")
    assert result.return_value == 0
    assert "Against demo/v1.0.0-audit: This change lets more through." in result.output
    made = record("demo/v1.1.0-audit")
    assert (made.revision, made.previous) == (2, "demo/v1.0.0-audit")
    assert made.change["direction"] == "loosened"
    assert made.change["step"] == "minor"
    assert made.change["actions"]["loosened"] == 1


def test_conditions_that_hold_of_less_are_loosened_though_no_case_shows_it(repository):
    packgate("release", "demo")
    change(repository, "1.0.1", operations="DROP*")
    assert "no longer fires on all that it did" in refused().message


def test_a_policy_that_went_is_at_least_minor_and_a_list_that_went_major(repository):
    packgate("release", "demo")
    change(repository, "1.0.1", name="no-drops")
    assert "was called no-drop" in refused().message
    (repository / "packs" / "demo" / "pack.yaml").write_text(
        (repository / "packs" / "demo" / "pack.yaml").read_text().replace("lists:\n  hosts: [prod-db]\n", "").replace("1.0.1", "1.9.0")
    )
    commit(repository, "No list")
    error = refused()
    assert "at least a major one: the list 'hosts' is gone" in error.message
    assert "version: 2.0.0" in error.hint


def test_a_tightened_change_may_be_a_patch(repository):
    packgate("release", "demo")
    change(repository, "1.0.1", operations="DROP*, TRUNCATE*, ALTER*")
    assert packgate("release", "demo").return_value == 0
    assert record("demo/v1.0.1-audit").change["direction"] == "tightened"


def test_the_version_must_rise_and_be_that_of_the_pack(repository):
    packgate("release", "demo")
    assert "nothing changed since demo/v1.0.0-audit" in refused().message
    change(repository, "1.0.0", operations="DROP*, TRUNCATE*, ALTER*")
    assert "1.0.0 is the version of demo/v1.0.0-audit" in refused().message
    change(repository, "1.2.0", operations="DROP*, TRUNCATE*, ALTER*")
    assert "pack.yaml says version 1.2.0, not 1.3.0" in refused("--version", "1.3.0").message
    assert packgate("release", "demo", "--version", "1.2.0").return_value == 0


def test_a_higher_stage_is_for_promote(repository):
    error = refused("--stage", "warn")
    assert "the first release of a pack is at stage audit" in error.message
    assert "packgate promote demo --to warn" in error.hint
    packgate("release", "demo")
    change(repository, "1.1.0", mode="warn")
    assert "demo/v1.0.0-audit is at stage audit" in refused("--stage", "block").message


def test_a_version_that_is_taken(repository):
    packgate("release", "demo")
    change(repository, "1.1.0", mode="warn")
    packgate("release", "demo")
    packgate("rollback", "demo")
    change(repository, "1.1.0", mode="audit")
    assert "version 1.1.0 is released with other content, as demo/v1.1.0-audit" in refused().message
    # The same content again, after a rollback, is a release with a name of its own.
    change(repository, "1.1.0", mode="warn")
    assert packgate("release", "demo").return_value == 0
    assert record("demo/v1.1.0-audit+r4").revision == 4


def test_a_revision_that_somebody_else_took(repository):
    packgate("release", "demo")
    change(repository, "1.1.0", mode="warn")
    # Two clones released at the same time, with one revision.
    tag_release(repository, record_of(repository, 2, version="1.1.0", previous="demo/v1.0.0-audit"))
    tag_release(repository, record_of(repository, 2, version="1.2.0", previous="demo/v1.0.0-audit"))
    error = refused()
    assert "claims a revision above the newest release" in error.message
    assert "its revision 2 is claimed by demo/v1.1.0-audit too" in error.message


def test_a_tag_that_appears_meanwhile(repository):
    name = "demo/v1.0.0-audit"
    commit_id = git(repository, "rev-parse", "HEAD")
    Repository().make_tag(name, commit_id, "one", 0, sign=False)
    before = git(repository, "rev-parse", name)
    with pytest.raises(UserError, match="exists already"):
        Repository().make_tag(name, commit_id, "two", 0, sign=False)
    assert git(repository, "rev-parse", name) == before


def test_tags_on_the_remote_that_are_not_here(repository, tmp_path):
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "--bare", str(remote))
    git(repository, "remote", "add", "origin", str(remote))
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", str(repository), str(other))
    tag_release(other, record_of(other, 1))
    git(other, "push", "-q", str(remote), "demo/v1.0.0-audit")
    error = refused("--push", "origin")
    assert "'origin' has releases that are not here: demo/v1.0.0-audit" in error.message
    assert error.hint == "git fetch origin --tags"
    git(repository, "fetch", "-q", "origin", "--tags")
    change(repository, "1.1.0", mode="warn")
    result = packgate("release", "demo", "--push", "origin")
    assert result.output.endswith("Pushed to origin.\n")
    assert "demo/v1.1.0-audit" in git(remote, "tag")
    with pytest.raises(UserError, match="the remote 'nowhere' can't be read"):
        packgate("release", "demo", "--push", "nowhere")


def test_a_signed_release(repository, tmp_path):
    key, other = make_key(tmp_path, "key"), make_key(tmp_path, "other")
    allow(repository, "dev@example.com", key)
    commit(repository, "Signers")
    error = refused()
    assert "keys.allowed_signers in packgate.yaml asks for it" in error.message
    assert "gpg.format ssh" in error.hint
    signing_key(repository, other)
    error = refused()
    assert "its key is not one of the allowed signers" in error.message
    assert git(repository, "tag") == ""
    signing_key(repository, key)
    assert "signed by dev@example.com" in packgate("release", "demo").output
    settings = ("-c", f"gpg.ssh.allowedSignersFile={repository}/keys/allowed_signers")
    git(repository, *settings, "verify-tag", "demo/v1.0.0-audit")
    change(repository, "1.1.0", mode="warn")
    assert "are signed, so this one has to be" in refused("--no-sign").message
    assert packgate("release", "demo").return_value == 0
    assert [each.signed for each in read_history(Repository()).releases] == ["dev@example.com"] * 2


def test_signing_is_asked_for_without_a_key(repository, tmp_path):
    assert "git has no SSH key" in refused("--sign").message
    signing_key(repository, tmp_path / "missing")
    assert "signed" in refused().message
    assert git(repository, "tag") == ""
    assert packgate("release", "demo", "--no-sign").return_value == 0


def test_no_identity(repository):
    git(repository, "config", "--unset", "user.name")
    git(repository, "config", "--unset", "user.email")
    error = refused()
    assert error.message.startswith("git does not know who you are")
    assert "git config user.email" in error.hint


def test_a_detached_head(repository):
    first = git(repository, "rev-parse", "HEAD")
    change(repository, "1.1.0", mode="warn")
    git(repository, "checkout", "-q", "--detach", first)
    assert packgate("release", "demo").return_value == 0
    assert record("demo/v1.0.0-audit").commit == first


def test_a_shallow_clone(repository, tmp_path, monkeypatch):
    packgate("release", "demo")
    change(repository, "1.1.0", mode="warn")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", "--no-tags", f"file://{repository}", str(clone))
    git(clone, "config", "user.name", "Dev")
    git(clone, "config", "user.email", "dev@example.com")
    monkeypatch.chdir(clone)
    error = refused()
    assert "this clone is shallow" in error.message
    assert "--unshallow" in error.hint


def test_no_such_pack_and_nothing_committed(repository, tmp_path, monkeypatch):
    with pytest.raises(UserError) as caught:
        packgate("release", "demmo")
    assert "has no pack 'demmo'" in caught.value.message
    assert caught.value.hint == "it has: demo"
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "-q")
    (empty / "packgate.yaml").write_text("version: 1\n")
    monkeypatch.chdir(empty)
    assert "HEAD" in refused().message


def test_a_symbolic_link(repository, tmp_path):
    (tmp_path / "outside.yaml").write_text("policies: []\n")
    (repository / "packs" / "demo" / "policies" / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    commit(repository, "A link")
    assert "symbolic links can't be released: packs/demo/policies/link.yaml" in refused().message


def test_a_policy_repository_below_the_root(repository, tmp_path, monkeypatch):
    outer = tmp_path / "outer"
    git(tmp_path, "init", "-q", "-b", "main", str(outer))
    git(outer, "config", "user.name", "Dev")
    git(outer, "config", "user.email", "dev@example.com")
    subprocess.run(["cp", "-r", str(repository), str(outer / "security")], check=True)
    subprocess.run(["rm", "-rf", str(outer / "security" / ".git")], check=True)
    commit(outer, "First")
    monkeypatch.chdir(outer / "security")
    assert packgate("release", "demo").return_value == 0
    write_policies(outer / "security", mode="warn")
    write_version(outer / "security", "1.1.0")
    assert "security/packs/demo" in refused().message
    commit(outer, "Second")
    assert packgate("release", "demo").return_value == 0


def test_wrong_calls_have_no_traceback(repository):
    for arguments in (["demo", "--at", "soon"], ["demo", "--stage", "all"], []):
        done = subprocess.run([sys.executable, "-m", "packgate", "release", *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
