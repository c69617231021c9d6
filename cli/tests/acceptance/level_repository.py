"""A real policy repository to apply levels in, and what can be said of its whole state."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from command_line import Done, packgate

PACK = "name: house\ntitle: House rules\nversion: 1.0.0\nowners: [security]\nthreats: {work: {title: Work}}\n"
POLICY = """\
  - id: {id}
    title: Touch {id}
    threat: work
    impact: risky
    rationale: It is watched.
    when: [modify-file]
    if: {{path: {path}}}
    then: warn
    message: Ask the owner.
    tests:
      must_fire:
        - prompt: Change {id}.
          command: touch {path}
      must_not_fire:
        - prompt: Show {id}.
          command: ls {path}
"""
ASSIGNMENTS = """\
# Who has what.
assignments:
- name: pilot
  pack: house
  for: {group: pilots}
  stage: warn   # until May
- {pack: house, stage: audit}
"""


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder; its output."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def make_repository(folder: Path, policies: int = 2, **files: str) -> Path:
    """A committed policy repository with one pack of so many policies; ``files``: more, by path."""
    place = folder / "packs/house/policies"
    place.mkdir(parents=True)
    (folder / "packs/house/pack.yaml").write_text(PACK)
    (folder / "packs/house/rollout.yaml").write_text("pack: block\n")
    for start in range(0, policies, 100):
        items = (POLICY.format(id=f"watch-{number}", path=f"src/f{number}.c") for number in range(start, min(start + 100, policies)))
        (place / f"p{start}.yaml").write_text("policies:\n" + "\n".join(items))
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "Ana")
    git(folder, "config", "user.email", "ana@example.org")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Begin")
    return folder


def commit(folder: Path, path: str, text: str) -> str:
    """Commit one file; the commit."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", f"Change {path}")
    return git(folder, "rev-parse", "HEAD")


def files_of(folder: Path) -> dict[str, str]:
    """Each file of a working tree with its mode and a digest of its content, and each folder."""
    files = {}
    for place, folders, names in os.walk(folder):
        if ".git" in folders:
            folders.remove(".git")
        for name in folders:
            files[os.path.relpath(os.path.join(place, name), folder) + "/"] = "folder"
        for name in names:
            path = Path(place, name)
            files[os.path.relpath(path, folder)] = f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return files


def state(folder: Path) -> dict[str, str]:
    """Everything that is in a repository: tree of the head, index, and the working tree."""
    return {
        **files_of(folder), "tree": git(folder, "rev-parse", "HEAD^{tree}"), "index": git(folder, "ls-files", "--stage"),
        "status": git(folder, "status", "--porcelain", "--ignored"),
    }


def level(folder: Path, *arguments: str) -> Done:
    """`packgate level ARGUMENTS` in a repository."""
    return packgate("level", *arguments, cwd=folder)


def audit_of(done: Done) -> str:
    """The audit id that was printed."""
    assert done.code == 0, done.all
    return next(line.split(": ")[1] for line in done.out.splitlines() if line.startswith("audit id: "))


def standing(folder: Path) -> dict[str, Any]:
    """What `packgate level show` says."""
    done = level(folder, "show", "--no-activate", "--format", "json")
    assert done.code == 0, done.all
    found: dict[str, Any] = json.loads(done.out)
    return found
