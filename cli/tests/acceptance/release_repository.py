"""A small policy repository with one pack, for tests of the verbs around releases."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result
from release_helper import git

from packgate.cli import group

TIME = "2026-01-31T09:30:00Z"
PACK = """\
name: demo
title: A demonstration
version: 1.0.0
owners: ["@acme/security"]
threats:
  data: {title: Data, description: Data is lost.}
lists:
  hosts: [prod-db]
"""
POLICY = """\
  - id: {name}
    title: Drop a table ({name})
    threat: data
    impact: {impact}
    rationale: There is no undo.
    when: [database-admin]
    if: {{operation: [{operations}]}}
    then: {mode}
    risk: 90
    message: Ask the data team.
    tests:
      must_fire:
        - prompt: Drop the users table.
          command: {command}
      must_not_fire:
        - prompt: Show me the users.
          command: psql -c 'SELECT 1'
"""
CORPUS = """\
corpus: everyday
title: Everyday work
polarity: benign
cases:
  - ls -l
  - git status
"""


def write_policies(folder: Path, *, operations: str = "DROP*, TRUNCATE*", mode: str = "block", command: str = "psql -c 'DROP TABLE users'",
                   name: str = "no-drop") -> None:
    """The one policy of the pack."""
    impact = {"block": "one-way", "warn": "risky", "audit": "routine"}[mode]
    text = POLICY.format(operations=operations, mode=mode, command=command, name=name, impact=impact)
    (folder / "packs" / "demo" / "policies" / "all.yaml").write_text("policies:\n" + text)


def write_version(folder: Path, version: str) -> None:
    """The version in pack.yaml."""
    (folder / "packs" / "demo" / "pack.yaml").write_text(PACK.replace("1.0.0", version))


def make_policy_repository(folder: Path) -> Path:
    """A committed policy repository with the pack `demo` and a corpus."""
    (folder / "packs" / "demo" / "policies").mkdir(parents=True)
    (folder / "testcases" / "benign").mkdir(parents=True)
    write_version(folder, "1.0.0")
    write_policies(folder)
    (folder / "testcases" / "benign" / "everyday.yaml").write_text(CORPUS)
    (folder / "packgate.yaml").write_text("version: 1\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "Dev")
    git(folder, "config", "user.email", "dev@example.com")
    commit(folder, "First")
    return folder


def commit(folder: Path, message: str) -> str:
    """Everything as it stands; the commit's id."""
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)
    return git(folder, "rev-parse", "HEAD")


def change(folder: Path, version: str, **policy: str) -> str:
    """A committed change of the policy, with a version."""
    write_version(folder, version)
    write_policies(folder, **policy)
    return commit(folder, f"Version {version}")


def packgate(*arguments: str, at: str = TIME) -> Result:
    """Run a verb in this process; raises what it raises."""
    timed = [*arguments, "--at", at] if arguments[0] in ("release", "rollback", "status") else list(arguments)
    return CliRunner().invoke(group, timed, standalone_mode=False, catch_exceptions=False)
