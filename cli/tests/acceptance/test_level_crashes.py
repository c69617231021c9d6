"""A level that is cut off by SIGKILL at any moment leaves the repository before or after the change, never between."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import ROOT
from level_repository import ASSIGNMENTS, audit_of, git, level, make_repository, standing, state
from policy_repository import ENVIRONMENT

from packgate.bundle.installed import load_installed
from packgate.gitio.writing import WritableRepository
from packgate.level.transaction import pending
from packgate.model.action import shell_action

HERE = Path(__file__).resolve().parent


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, tmp_path):
    for name, value in {**ENVIRONMENT, "HOME": str(tmp_path / "home"), "XDG_DATA_HOME": str(tmp_path / "data")}.items():
        monkeypatch.setenv(name, value)
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name)


def killed(tmp_path, template, every, *arguments):
    """What every run left, by the program of `killed_level`, at each ``every``-th step."""
    report = tmp_path / "report.jsonl"
    command = [sys.executable, str(HERE / "killed_level.py"), str(template), str(tmp_path / "copy"), str(report), str(every), *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "cli"), str(HERE)))}
    subprocess.run(command, check=True, timeout=1500, env=environment, capture_output=True)
    return [json.loads(line) for line in report.read_text().splitlines()]


@pytest.mark.crashes
@pytest.mark.parametrize("verb", ["apply", "undo"])
def test_killed_at_every_step(tmp_path, verb):
    look_after_kills(tmp_path, verb, 1, 30)


# Odd, so that points before a step and points after one take turns.
@pytest.mark.parametrize(("verb", "every"), [("apply", 11), ("undo", 9)])
def test_killed_at_steps(tmp_path, verb, every):
    look_after_kills(tmp_path, verb, every, 6)


def look_after_kills(tmp_path, verb, every, least):
    """Kill a verb at each ``every``-th step, ``least`` times or more; hold what was there at once, and after the next `packgate level`."""
    template = make_repository(tmp_path / "policies", 2, **{"assignments.yaml": ASSIGNMENTS})
    arguments = ["apply", "permissive", "--no-activate"]
    if verb == "undo":
        arguments = ["undo", audit_of(level(template, *arguments)), "--no-activate"]
    before = state(template)
    *runs, last = killed(tmp_path, template, every, *arguments)
    after = last["state"]
    assert last["code"] == 0
    assert before != after
    assert len(runs) >= least
    ends = []
    for each in runs:
        # At once: the branch is at one of the two, and whole; every file is as one of the two has it.
        assert each["tree"] in (before["tree"], after["tree"])
        for path, text in each["files"].items():
            assert text in (before.get(path), after.get(path)), path
        # After the next `packgate level`: everything is.
        assert each["state"] in (before, after)
        assert each["state"]["tree"] == each["tree"]
        ends.append(each["state"] == after)
    assert git(tmp_path / "copy", "fsck", "--no-dangling") == ""
    assert ends == sorted(ends), "once it is done it stays done"
    assert True in ends
    assert False in ends


@pytest.mark.parametrize("seed", range(3))
def test_a_real_process_is_killed_with_all_its_children(tmp_path, seed):
    folder = make_repository(tmp_path / "policies", 2)
    before = state(folder)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "cli")}
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "packgate", "level", "apply", "permissive", "--no-activate"], cwd=folder, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )
    # Somewhere between the start and, on any machine, a while after the branch has moved.
    wait = random.Random(seed).uniform(0, 0.4)
    while process.poll() is None and time.monotonic() - began < 60:
        if pending(WritableRepository(str(folder))) is not None or seed % 2:
            time.sleep(wait if seed % 2 else wait / 10)
            break
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    # What git had begun ends by itself.
    while any(folder.glob(".git/**/*.lock")) and time.monotonic() - began < 60:
        time.sleep(0.01)
    tree = git(folder, "rev-parse", "HEAD^{tree}")
    standing(folder)
    found = state(folder)
    assert found["tree"] == tree
    if tree == before["tree"]:
        assert found == before
    else:
        assert found["status"] == ""
        assert (folder / "packs/permissive/pack.yaml").is_file()


def cut_off(folder, monkeypatch, *arguments):
    """Run a verb that ends, as if killed, just after the branch has moved."""
    with monkeypatch.context() as patch:
        def stop(self, old, new):
            raise KeyboardInterrupt

        patch.setattr(WritableRepository, "bring_up", stop)
        assert level(folder, *arguments).code != 0


def test_the_next_level_says_what_it_brings_to_its_end_and_lets_it_take_effect(tmp_path, monkeypatch):
    folder = make_repository(tmp_path / "policies", 2)
    cut_off(folder, monkeypatch, "apply", "balanced")
    assert not (folder / "packs/balanced").exists()
    assert git(folder, "ls-tree", "--name-only", "HEAD:packs").split() == ["balanced", "house"]
    done = level(folder, "show")
    assert "was cut off, and is brought to its end now" in done.err
    assert "in effect here from the next call: balanced 1.0.0" in done.err
    assert state(folder)["status"] == ""
    gate = load_installed(str(tmp_path / "data/packgate/bundles")).gate()
    assert gate.decide(shell_action("rm -rf /srv/x", cwd="/w", home="/home/dev"), stage=None).decision == "deny"
    assert "was cut off" not in level(folder, "show").err


def test_work_that_came_in_between_is_left(tmp_path, monkeypatch):
    folder = make_repository(tmp_path / "policies", 2, **{"assignments.yaml": ASSIGNMENTS})
    cut_off(folder, monkeypatch, "apply", "balanced", "--no-activate")
    (folder / "assignments.yaml").write_text("# mine\n")
    done = level(folder, "show", "--no-activate")
    assert "note: assignments.yaml was changed meanwhile, and is left as it is" in done.err
    assert (folder / "assignments.yaml").read_text() == "# mine\n"
    assert (folder / "packs/balanced/pack.yaml").is_file()


def test_commits_that_came_in_between_are_left(tmp_path, monkeypatch):
    folder = make_repository(tmp_path / "policies", 2)
    cut_off(folder, monkeypatch, "apply", "balanced", "--no-activate")
    (folder / "README.md").write_text("x\n")
    git(folder, "add", "README.md")
    git(folder, "commit", "-qm", "Else", "--", "README.md")
    assert "is brought to its end now" in level(folder, "show", "--no-activate").err
    assert state(folder)["status"] == ""
    assert (folder / "packs/balanced/pack.yaml").is_file()


def test_a_branch_that_moved_elsewhere_is_told(tmp_path, monkeypatch):
    folder = make_repository(tmp_path / "policies", 2)
    cut_off(folder, monkeypatch, "apply", "balanced", "--no-activate")
    git(folder, "reset", "-q", "--hard", "HEAD~1")
    git(folder, "commit", "-q", "--allow-empty", "-m", "Else")
    done = level(folder, "show", "--no-activate")
    assert (done.code, "the branch holds something else now" in done.err) == (2, True)


def test_a_branch_that_moves_meanwhile_is_not_moved_back(tmp_path, monkeypatch):
    folder = make_repository(tmp_path / "policies", 2)
    original = WritableRepository.advance

    def late(self, new, old, reason):
        git(folder, "commit", "-q", "--allow-empty", "-m", "Else")
        original(self, new, old, reason)

    monkeypatch.setattr(WritableRepository, "advance", late)
    done = level(folder, "apply", "balanced", "--no-activate")
    assert (done.code, "the branch could not be moved" in done.err) == (2, True)
    assert git(folder, "log", "-1", "--format=%s") == "Else"
    assert state(folder)["status"] == ""
    assert pending(WritableRepository(str(folder))) is None
