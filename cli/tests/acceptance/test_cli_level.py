"""`packgate level` on real repositories: applied and undone, byte for byte, with what else happens to a repository meanwhile."""

from __future__ import annotations

import json
import sys

import pytest
from level_repository import ASSIGNMENTS, audit_of, commit, git, level, make_repository, standing, state
from policy_repository import ENVIRONMENT

from packgate.bundle.installed import load_installed, read_active
from packgate.model.action import parse_action
from packgate.source.workspace import load_workspace

BENIGN = "corpus: work\ntitle: Work\npolarity: benign\ncases:\n  - command: pytest -q\n  - command: curl https://status.acme.io\n"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, tmp_path):
    for name, value in {**ENVIRONMENT, "HOME": str(tmp_path / "home"), "XDG_DATA_HOME": str(tmp_path / "data")}.items():
        monkeypatch.setenv(name, value)
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name)


@pytest.fixture
def repository(tmp_path):
    return make_repository(tmp_path / "policies")


def bundles(tmp_path):
    return tmp_path / "data/packgate/bundles"


def decided(tmp_path, **action):
    """What the hook of this machine would decide: from the bundles in use, with their assignments."""
    base = {"surface": "shell", "cwd": "/w/app", "home": "/home/dev",
            "repo": {"name": "acme/app", "root": "/w/app", "branch": "feature/x", "default_branch": "main"}}
    return load_installed(str(bundles(tmp_path))).gate().decide(parse_action({**base, **action}), stage=None)


@pytest.mark.parametrize("name", ["tight", "balanced", "permissive"])
def test_apply_and_undo_leave_a_large_repository_as_it_was(tmp_path, name):
    folder = make_repository(tmp_path / "policies", 1000, **{"assignments.yaml": ASSIGNMENTS, "packgate.yaml": "version: 1\n"})
    before = state(folder)
    assert len(load_workspace(str(folder)).packs[0].policies) == 1000
    done = level(folder, "apply", name, "--no-activate")
    audit = audit_of(done)
    assert git(folder, "rev-list", "--count", "HEAD") == "2"
    assert state(folder)["status"] == ""
    assert state(folder) != before
    assert standing(folder)["level"] == name
    undone = level(folder, "undo", audit, "--no-activate")
    assert audit_of(undone) != audit
    assert state(folder) == before
    assert git(folder, "rev-list", "--count", "HEAD") == "3"


def test_undo_after_other_commits_leaves_a_large_repository_as_if_there_had_been_no_level(tmp_path):
    folder, plain = (
        make_repository(tmp_path / name, 1000, **{"assignments.yaml": ASSIGNMENTS, "packgate.yaml": "version: 1\npacks: [house]\n"}) for name in ("with", "without")
    )
    audit = audit_of(level(folder, "apply", "tight", "--no-activate"))
    for repository in (folder, plain):
        commit(repository, "docs/notes.md", "A note.\n")
        policies = repository / "packs/house/policies/p100.yaml"
        commit(repository, "packs/house/policies/p100.yaml", policies.read_text().replace("Ask the owner.", "Ask somebody."))
        git(repository, "rm", "-q", "packs/house/policies/p900.yaml")
        git(repository, "commit", "-qm", "Fewer")
    assert level(folder, "undo", audit, "--no-activate").code == 0
    assert state(folder) == state(plain)


def test_undo_after_unrelated_commits_restores_only_the_level(repository):
    audit = audit_of(level(repository, "apply", "tight", "--no-activate"))
    commit(repository, "docs/notes.md", "A note.\n")
    commit(repository, "packs/house/policies/p0.yaml", "policies: []\n")
    before = {path: text for path, text in state(repository).items() if not path.startswith(("packs/tight", "assignments"))}
    assert level(repository, "undo", audit, "--no-activate").code == 0
    after = state(repository)
    assert {path: after.get(path) for path in before if path not in ("tree", "index")} == {
        path: text for path, text in before.items() if path not in ("tree", "index")
    }
    assert not (repository / "packs/tight").exists()
    assert not (repository / "assignments.yaml").exists()
    assert git(repository, "show", "HEAD:docs/notes.md") == "A note."


def test_undo_says_what_changed_since_and_does_nothing(repository):
    audit = audit_of(level(repository, "apply", "balanced", "--no-activate"))
    edited = repository / "packs/balanced/rollout.yaml"
    commit(repository, "packs/balanced/rollout.yaml", edited.read_text() + "policies: {data-wipe: warn}\n")
    before, head = state(repository), git(repository, "rev-parse", "HEAD")
    done = level(repository, "undo", audit, "--no-activate")
    assert done.code == 1
    assert "  packs/balanced/rollout.yaml\n" in done.out
    assert "packs/balanced/pack.yaml" not in done.out
    assert (state(repository), git(repository, "rev-parse", "HEAD")) == (before, head)
    assert standing(repository)["edited"] == ["packs/balanced/rollout.yaml"]


def test_undo_twice_and_undo_of_an_undo(repository):
    start = state(repository)
    audit = audit_of(level(repository, "apply", "balanced", "--no-activate"))
    applied = state(repository)
    back = audit_of(level(repository, "undo", audit, "--no-activate"))
    again = level(repository, "undo", audit, "--no-activate")
    assert (again.code, "is taken back already" in again.err) == (2, True)
    audit_of(level(repository, "undo", back, "--no-activate"))
    assert state(repository) == applied
    assert state(repository) != start
    assert [each["action"] for each in standing(repository)["changes"]] == ["undo", "undo", "apply"]


def test_a_chain_of_levels_is_undone_step_by_step(repository):
    states, audits = [state(repository)], []
    for name in ("permissive", "balanced", "tight"):
        audits.append(audit_of(level(repository, "apply", name, "--no-activate")))
        states.append(state(repository))
        assert standing(repository)["level"] == name
    assert sorted(path.name for path in (repository / "packs").iterdir()) == ["house", "tight"]
    for audit, before in zip(reversed(audits), reversed(states[:-1]), strict=True):
        assert level(repository, "undo", audit, "--no-activate").code == 0
        assert state(repository) == before


def test_an_undo_goes_by_the_change_not_by_the_commit(repository):
    """Rebased, the change is another commit; its audit id finds it."""
    start = git(repository, "rev-parse", "HEAD")
    audit = audit_of(level(repository, "apply", "balanced", "--branch", "level/balanced"))
    assert git(repository, "rev-parse", "HEAD") == start
    commit(repository, "docs/notes.md", "A note.\n")
    before = state(repository)
    git(repository, "cherry-pick", "level/balanced")
    assert level(repository, "undo", audit, "--no-activate").code == 0
    assert state(repository) == before
    # Amended, it is not the change any more.
    git(repository, "reset", "-q", "--hard", "HEAD~1")
    (repository / "docs/notes.md").write_text("More.\n")
    git(repository, "commit", "-qa", "--amend", "--no-edit")
    done = level(repository, "undo", audit, "--no-activate")
    assert (done.code, "changes other files than" in done.err) == (2, True)


def test_what_is_not_committed_is_not_written_over(repository):
    (repository / "assignments.yaml").write_text(ASSIGNMENTS)
    before = state(repository)
    done = level(repository, "apply", "balanced", "--no-activate")
    assert (done.code, "not committed: assignments.yaml" in done.err) == (2, True)
    assert state(repository) == before
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Assign")
    # Work elsewhere is left alone, staged or not.
    (repository / "README.md").write_text("draft\n")
    git(repository, "add", "README.md")
    (repository / "packs/house/pack.yaml").write_text("name: house\n")
    assert level(repository, "apply", "balanced", "--no-activate").code == 0
    assert git(repository, "diff", "--cached", "--name-only") == "README.md"
    assert git(repository, "diff", "--name-only") == "packs/house/pack.yaml"


def test_a_merge_that_is_under_way_and_an_empty_repository_are_refused(repository, tmp_path):
    (repository / ".git/MERGE_HEAD").write_text(git(repository, "rev-parse", "HEAD") + "\n")
    assert "something else is under way" in level(repository, "apply", "balanced", "--no-activate").err
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "-q")
    assert "nothing is committed yet" in level(empty, "apply", "balanced", "--no-activate").err
    assert "not inside a git repository" in level(tmp_path, "apply", "balanced", "--no-activate").err


def test_a_pack_of_that_name_that_no_level_wrote_stays(repository):
    commit(repository, "packs/tight/pack.yaml", "name: tight\ntitle: Mine\nversion: 1.0.0\nowners: [me]\n")
    before = state(repository)
    done = level(repository, "apply", "balanced", "--no-activate")
    assert (done.code, "packs/tight was not written by packgate level" in done.err) == (2, True)
    assert state(repository) == before


def test_assignments_keep_their_text(repository):
    commit(repository, "assignments.yaml", ASSIGNMENTS)
    level(repository, "apply", "permissive", "--no-activate")
    text = (repository / "assignments.yaml").read_text()
    assert text.startswith("# Who has what.\nassignments:\n# packgate level permissive: begin.")
    assert text.endswith(ASSIGNMENTS.partition("assignments:\n")[2])
    first, second, *rest = load_workspace(str(repository)).assigned
    assert (first.pack, first.stage, second.pack, second.stage) == ("permissive", "audit", "house", "audit")
    assert [each.name for each in rest] == ["pilot", None]
    level(repository, "apply", "tight", "--no-activate")
    now = [(each.pack, each.stage) for each in load_workspace(str(repository)).assigned]
    assert now == [("tight", "block"), ("house", "warn"), ("house", "audit")]


@pytest.mark.parametrize(("written", "packs"), [
    ("packs: [house]\n", ["tight", "house"]), ("packs:\n  - house   # ours\n\nstage: warn\n", ["tight", "house"]),
    ("stage: warn\n", None),
])
def test_a_list_of_packs_names_the_level(repository, written, packs):
    commit(repository, "packgate.yaml", "version: 1\n" + written)
    before = state(repository)
    audit = audit_of(level(repository, "apply", "tight", "--no-activate"))
    space = load_workspace(str(repository))
    assert space.ok
    assert space.settings.data.get("packs") == packs
    assert sorted(pack.name for pack in space.packs) == ["house", "tight"]
    level(repository, "undo", audit, "--no-activate")
    assert state(repository) == before


def test_it_holds_from_the_next_call_and_is_taken_back_from_the_next(repository, tmp_path):
    push = {"command": "git push origin main"}
    commit(repository, "packgate.yaml", "version: 1\nstage: warn\n")
    first = level(repository, "apply", "balanced")
    assert "in effect here from the next call: balanced 1.0.0, house 1.0.0" in first.out
    assert (decided(tmp_path, command="rm -rf ~").decision, decided(tmp_path, **push).mode) == ("deny", "audit")
    assert decided(tmp_path, command="touch src/f1.c").mode == "warn"
    second = level(repository, "apply", "tight")
    assert decided(tmp_path, **push).decision == "deny"
    assert decided(tmp_path, command="git push origin feature/x").decision == "allow"
    assert level(repository, "undo", audit_of(second)).code == 0
    assert (decided(tmp_path, command="rm -rf ~").decision, decided(tmp_path, **push).mode) == ("deny", "audit")
    assert level(repository, "undo", audit_of(first)).code == 0
    assert (decided(tmp_path, command="rm -rf ~").mode, decided(tmp_path, command="touch src/f1.c").mode) == (None, "warn")


def test_the_last_undo_brings_back_what_the_machine_decided_with_before(tmp_path):
    from packgate.installation.local_bundles import install_packs

    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "README.md").write_text("x\n")
    for arguments in (["init", "-q", "-b", "main"], ["config", "user.name", "Ana"], ["config", "user.email", "a@example.org"], ["add", "-A"],
                      ["commit", "-qm", "Begin"]):
        git(folder, *arguments)
    install_packs(str(bundles(tmp_path)), ["permissive"], "audit", "2026-01-01T00:00:00Z")
    before = read_active(str(bundles(tmp_path)))
    audits = [audit_of(level(folder, "apply", name)) for name in ("balanced", "tight")]
    assert decided(tmp_path, command="frobnicate").decision == "deny"
    for audit in reversed(audits):
        assert level(folder, "undo", audit).code == 0
    after = read_active(str(bundles(tmp_path)))
    assert (after.snapshot, after.files) == (before.snapshot, before.files)
    assert decided(tmp_path, command="frobnicate").decision == "allow"


def test_without_the_libraries_for_personal_data_a_level_holds_and_says_so(repository, tmp_path, monkeypatch):
    for library in ("phonenumbers", "stdnum"):
        monkeypatch.setitem(sys.modules, library, None)
    for name, decision in (("balanced", "allow"), ("tight", "deny")):
        done = level(repository, "apply", name)
        assert done.code == 0, done.all
        assert "warning: personal data is not checked here, since phonenumbers and python-stdnum are not installed" in done.out
        for text in ("It is DE91100000000123456789", "It is DE00100000000123456789", "Write to karin.eriksen@proton.me"):
            found = decided(tmp_path, surface="prompt", text=text)
            assert (found.decision, found.policy_ids) == (decision, ["pii-request"])
        assert decided(tmp_path, surface="prompt", text="Hello").policy_ids == []
    monkeypatch.undo()


def test_bundles_that_are_pulled_are_left_alone(repository, tmp_path):
    (bundles(tmp_path) / "trust").mkdir(parents=True)
    done = level(repository, "apply", "balanced")
    assert done.code == 0
    assert "is filled by packgate bundle pull" in done.out
    assert not (bundles(tmp_path) / "active.json").exists()


def test_packs_with_errors_keep_a_level_from_being_applied(repository):
    commit(repository, "packs/house/policies/p0.yaml", "policies: [{id: x}]\n")
    before, head = state(repository), git(repository, "rev-parse", "HEAD")
    for arguments in ([], ["--no-activate"]):
        done = level(repository, "apply", "balanced", *arguments)
        assert (done.code, "nothing was changed" in done.err) == (1, True)
        assert (state(repository), git(repository, "rev-parse", "HEAD")) == (before, head)


def test_the_commit_records_the_override(repository):
    audit = audit_of(level(repository, "apply", "tight", "--no-activate", "--reason", "SEC-7: two weeks of balanced"))
    message = git(repository, "log", "-1", "--format=%B")
    assert "Gates of the rollout were not asked: SEC-7: two weeks of balanced" in message
    record = json.loads(next(line for line in message.splitlines() if line.startswith("Packgate-Level: ")).partition(": ")[2])
    assert (record["audit"], record["action"], record["level"], record["override"]) == (audit, "apply", "tight", "SEC-7: two weeks of balanced")
    assert record["by"] == "Ana <ana@example.org>"


def test_a_record_that_somebody_made_up_is_passed_over(repository):
    audit = audit_of(level(repository, "apply", "balanced", "--no-activate"))
    for text in ("Packgate-Level: {", "Packgate-Level: []", 'Packgate-Level: {"v": 1}'):
        git(repository, "commit", "-q", "--allow-empty", "-m", f"x\n\n{text}")
    assert [each["audit"] for each in standing(repository)["changes"]] == [audit]
    assert "no commit of this branch" in level(repository, "undo", "lvl-0000000000000000").err


@pytest.mark.parametrize(("who", "simulate", "apply"), [("ana@example.org", 0, 0), ("bo@example.org", 0, 2), ("eve@example.net", 2, 2)])
def test_roles_are_those_that_are_declared(repository, who, simulate, apply):
    commit(repository, "packgate.yaml", "version: 1\nlevels:\n  developers: [Ana@example.org]\n  members: ['*@example.org']\n")
    git(repository, "config", "user.email", who)
    before = state(repository)
    assert level(repository, "simulate", "tight", "--limit", "0").code == simulate
    done = level(repository, "apply", "tight", "--no-activate")
    assert done.code == apply
    if apply:
        assert "may not apply a level: that is for developers" in done.err
        assert state(repository) == before
    # What was applied by somebody who may is undone by nobody who may not.
    git(repository, "config", "user.email", "ana@example.org")
    audit = audit_of(level(repository, "apply", "balanced", "--no-activate"))
    git(repository, "config", "user.email", who)
    assert level(repository, "undo", audit, "--no-activate").code == apply
    assert level(repository, "show", "--no-activate").code == simulate


def test_simulate_shows_the_whole_and_changes_nothing(repository, tmp_path):
    commit(repository, "testcases/benign/work.yaml", BENIGN)
    log = tmp_path / "actions.jsonl"
    log.write_text("\n".join(json.dumps({"surface": "shell", "command": command}) for command in ("kubectl get pods", "echo hi")) + "\n")
    before, head = state(repository), git(repository, "rev-parse", "HEAD")
    done = level(repository, "simulate", "tight", "--events", str(log), "--format", "json")
    assert done.code == 0, done.all
    found = json.loads(done.out)
    assert (found["level"], found["before"], found["default"]) == ("tight", None, "deny for shell, file, mcp and web")
    assert {each["path"]: each["change"] for each in found["files"]}["packs/tight/pack.yaml"] == "add"
    assert any(each["kind"] == "pack-added" and each["pack"] == "tight" for each in found["changes"])
    assert {"id": "outside-wipe", "mode": "block"}.items() <= next(each for each in found["policies"] if each["id"] == "outside-wipe").items()
    stopped = {each["action"]["command"]: each["after"] for each in found["stopped"] if each["source"] in ("benign", "action")}
    assert set(stopped) == {"curl https://status.acme.io", "kubectl get pods"}
    assert "is not among it" in stopped["kubectl get pods"]["reason"]
    assert found["counts"]["action"] == {"actions": 2, "stopped": 1, "stopped_now": 0, "warned": 0, "recorded": 0, "gaps": 0}
    text = level(repository, "simulate", "tight", "--events", str(log)).out
    assert "would be stopped, and run now (action: 1):\n  shell: kubectl get pods" in text
    assert (state(repository), git(repository, "rev-parse", "HEAD")) == (before, head)
    # From tight to permissive, what was stopped runs, and is told.
    level(repository, "apply", "tight", "--no-activate")
    freed = json.loads(level(repository, "simulate", "permissive", "--events", str(log), "--format", "json").out)
    assert "kubectl get pods" in [each["action"].get("command") for each in freed["freed"]]
    assert {"packs/tight/pack.yaml": "remove", "packs/permissive/pack.yaml": "add"}.items() <= {
        each["path"]: each["change"] for each in freed["files"]}.items()


def test_events_are_read_as_events_and_what_is_neither_is_told(repository, tmp_path):
    log = tmp_path / "events.jsonl"
    event = {"v": 1, "seq": 7, "kind": "decision", "action": {"surface": "shell", "command": "kubectl get pods"}, "decision": {}}
    log.write_text(json.dumps(event) + "\n")
    found = json.loads(level(repository, "simulate", "tight", "--events", str(log), "--format", "json").out)
    assert [each["name"] for each in found["stopped"] if each["source"] == "event"] == ["7"]
    for text, told in (("[]\n", "neither an event nor an action"), ("{\n", "not JSON"), ("\n", None)):
        log.write_text(text)
        done = level(repository, "simulate", "tight", "--events", str(log))
        assert (done.code, told is None or told in done.err) == (0 if told is None else 2, True)


def test_show_and_help_and_unknown_levels(repository, tmp_path):
    assert "no level holds here" in level(repository, "show").out
    assert "block            outside-wipe" in level(repository, "show", "tight").out
    assert "no policies" in level(repository, "show", "permissive").out
    assert "levels are tight, balanced, permissive" in level(repository, "apply", "loose").err
    assert json.loads(level(tmp_path, "show", "--format", "json").out)["level"] is None
    assert level(tmp_path, "simulate", "balanced", "--limit", "0").code == 0
    for verb in ("show", "simulate", "apply", "undo"):
        assert "Examples:" in level(repository, verb, "--help").out


def test_names_are_completed(repository, monkeypatch):
    from packgate.commands.level_options import complete_changes, complete_levels

    monkeypatch.chdir(repository)
    audit = audit_of(level(repository, "apply", "balanced", "--no-activate"))
    assert [each.value for each in complete_levels(None, None, "")] == ["tight", "balanced", "permissive"]
    assert [each.value for each in complete_levels(None, None, "b")] == ["balanced"]
    assert [each.value for each in complete_changes(None, None, "lvl-")] == [audit]
