"""What the hook reads of `.git`, held against git itself in real repositories, and what it makes of hostile ones."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packgate.catalog.load import load_builtin
from packgate.hook.context import VARIABLES, complete
from packgate.hook.exchange import ACT, Request
from packgate.hook.gitconfig import remote_addresses, repository_name
from packgate.hook.repository import find_repository
from packgate.hook.settings import FAILING, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

_ENVIRON = {
    "PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
}


def git(folder: Path, *arguments: str) -> str:
    """What git says in a folder; empty when it fails."""
    done = subprocess.run(["git", "-c", "protocol.file.allow=always", *arguments], cwd=folder, env=_ENVIRON, capture_output=True, text=True,
                          timeout=30, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def new_repository(folder: Path, branch: str = "main") -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", branch)
    (folder / "f").write_text("x")
    git(folder, "add", "f")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def agrees(folder: Path) -> None:
    """Root, branch and default branch are those that git tells, and the name is that of the address it tells."""
    found = find_repository(str(folder))
    assert found is not None
    assert os.path.realpath(found.root) == os.path.realpath(git(folder, "rev-parse", "--show-toplevel"))
    assert found.branch == (git(folder, "symbolic-ref", "--short", "HEAD") or None)
    assert found.default_branch == (git(folder, "symbolic-ref", "--short", "refs/remotes/origin/HEAD").removeprefix("origin/") or None)
    address = git(folder, "config", "--get-all", "remote.origin.url").splitlines()
    assert found.name == (repository_name(address[0]) if address else None)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with a remote HEAD, on a branch of its own."""
    origin = new_repository(tmp_path / "acme" / "origin.git", "trunk")
    git(tmp_path, "clone", "-q", str(origin), "clone")
    folder = tmp_path / "clone"
    git(folder, "checkout", "-q", "-b", "feature/x")
    return folder


def test_a_clone(clone: Path) -> None:
    agrees(clone)
    found = find_repository(str(clone))
    assert found is not None
    assert (found.branch, found.default_branch, found.name) == ("feature/x", "trunk", "origin")
    (clone / "a" / "b").mkdir(parents=True)
    agrees(clone / "a" / "b")


def test_packed_references(clone: Path) -> None:
    git(clone, "pack-refs", "--all")
    agrees(clone)


def test_detached(clone: Path) -> None:
    git(clone, "checkout", "-q", "--detach")
    agrees(clone)
    found = find_repository(str(clone))
    assert found is not None
    assert found.branch is None


def test_before_the_first_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "unborn", "new")
    agrees(tmp_path / "new")


def test_worktree(clone: Path, tmp_path: Path) -> None:
    git(clone, "worktree", "add", "-q", "-b", "other", str(tmp_path / "tree"))
    agrees(tmp_path / "tree")
    found = find_repository(str(tmp_path / "tree"))
    assert found is not None
    assert (found.branch, found.default_branch, found.name) == ("other", "trunk", "origin")


def test_submodule(clone: Path, tmp_path: Path) -> None:
    inner = new_repository(tmp_path / "inner")
    git(clone, "submodule", "add", "-q", str(inner), "deps/inner")
    assert (clone / "deps" / "inner" / ".git").is_file()
    agrees(clone / "deps" / "inner")


def test_separate_git_folder(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    git(tmp_path / "tree", "init", "-q", "-b", "main", "--separate-git-dir", str(tmp_path / "store"))
    agrees(tmp_path / "tree")


def test_inner_repository_and_linked_folder(clone: Path, tmp_path: Path) -> None:
    agrees(new_repository(clone / "vendor" / "inner", "inside"))
    (tmp_path / "link").symlink_to(clone)
    agrees(tmp_path / "link")


@pytest.mark.parametrize("commands", [
    ["remote add origin git@github.com:acme/app.git"],
    ["remote add origin https://user:secret@example.com/group/sub/app.git"],
    ["remote add origin ssh://git@example.com:2222/acme/app"],
    ["config remote.origin.url https://example.com/a/b", "config --add remote.origin.url https://example.com/c/d"],
    ["config remote.Other.url https://example.com/o/o", "remote add origin https://example.com/a;b/#c"],
], ids=str)
def test_addresses_as_git_reads_them(tmp_path: Path, commands: list[str]) -> None:
    folder = new_repository(tmp_path / "r")
    for command in commands:
        git(folder, *command.split())
    agrees(folder)


_CONFIGS = [
    '[remote "origin"] url = "https://h/a/b"\n',
    '[remote "origin"]\n\turl = https://h/a/b ; a comment\n',
    '[remote "origin"]\n\turl = https://h/a\\\n/b\n',
    '[remote "origin"]\n\turl = "https://h/a b"  # more\n',
    '[Remote "origin"]\n\tURL=https://h/a/b\n',
    '[remote "o\\"rigin"]\n\turl = x\n[remote "origin"]\n\turl = h:y\n',
    '# [remote "origin"]\n;url = q\n[core]\n\turl = z\n[remote "origin"]\n\turl = h:y/z\n',
    '[remote "origin"]\n\tfetch = a\n\turl = h:\\"q\\"\n',
    '[remote "origin"]\r\n\turl = h:a/b\r\n',
    '[remote.origin]\n\turl = h:a/b\n',
]


@pytest.mark.parametrize("text", _CONFIGS)
def test_configuration_as_git_reads_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config"
    file.write_bytes(text.encode())
    expected = git(tmp_path, "config", "--file", str(file), "--get-all", "remote.origin.url").splitlines()
    assert remote_addresses(text).get("origin") == expected[0]


def test_names_of_repositories() -> None:
    expected = {
        "git@github.com:acme/app.git": "acme/app", "https://github.com/acme/app": "acme/app", "ssh://git@h:22/acme/app.git/": "acme/app",
        "https://h/group/sub/app.git?x=1#y": "group/sub/app", "/srv/git/app.git": "app", "file:///srv/git/app.git": "app", "../app": "app",
        "host:app": "app", "": None, "https://host": None, "/": None,
    }
    assert {address: repository_name(address) for address in expected} == expected


def test_nothing_is_included_or_run(tmp_path: Path) -> None:
    folder = new_repository(tmp_path / "r")
    marker = tmp_path / "ran"
    (tmp_path / "more").write_text('[remote "origin"]\n\turl = https://h/evil/evil\n')
    with (folder / ".git" / "config").open("a") as file:
        file.write(f'[include]\n\tpath = {tmp_path}/more\n[core]\n\tfsmonitor = "touch {marker}"\n\tsshCommand = "touch {marker}"\n')
    found = find_repository(str(folder))
    assert found is not None
    assert found.name is None
    assert not marker.exists()


# How a `.git` is no repository: what makes it so, at its path.
_NO_REPOSITORY = {
    "pipe": os.mkfifo,
    "loop": lambda place: place.symlink_to(place),
    "file that leads to itself": lambda place: place.write_text("gitdir: .git\n"),
    "huge file": lambda place: place.write_bytes(b"gitdir: " + b"x" * 2_000_000),
    "binary file": lambda place: place.write_bytes(b"gitdir: a\0b\n"),
    "device": lambda place: place.symlink_to("/dev/zero"),
    "folder": lambda place: place.mkdir(),
}
_NO_HEAD = {
    "pipe": os.mkfifo,
    "loop": lambda head: head.symlink_to("HEAD"),
    "text": lambda head: head.write_text("hello"),
    "path": lambda head: head.write_text("ref: ../../etc/passwd\n"),
    "huge": lambda head: head.write_bytes(b"ref: refs/heads/" + b"a" * 5_000_000),
    "folder": lambda head: head.mkdir(),
}
# Files of a repository that git could not use; what else is in it counts.
_PARTLY = {
    "commondir": os.mkfifo,
    "config": lambda config: config.write_bytes(b'[remote "origin"]\nurl = h:a/b\n' + b"#" * 3_000_000),
    "refs/remotes/origin/HEAD": lambda head: head.mkdir(parents=True),
}


def _outer(tmp_path: Path) -> tuple[Path, Path]:
    outer = new_repository(tmp_path / "outer", "outside")
    inner = outer / "inner"
    inner.mkdir()
    return outer, inner


def _bare_bones(inner: Path) -> Path:
    for name in ("objects", "refs"):
        (inner / ".git" / name).mkdir(parents=True)
    return inner / ".git"


@pytest.mark.parametrize("make", _NO_REPOSITORY.values(), ids=_NO_REPOSITORY)
def test_what_is_no_repository_hides_none(tmp_path: Path, make: Callable[[Path], object]) -> None:
    outer, inner = _outer(tmp_path)
    make(inner / ".git")
    found = find_repository(str(inner))
    assert found is not None
    assert (found.root, found.branch) == (str(outer), "outside")


@pytest.mark.parametrize("make", _NO_HEAD.values(), ids=_NO_HEAD)
def test_without_a_head_it_is_no_repository(tmp_path: Path, make: Callable[[Path], object]) -> None:
    outer, inner = _outer(tmp_path)
    make(_bare_bones(inner) / "HEAD")
    found = find_repository(str(inner))
    assert found is not None
    assert (found.root, found.branch) == (str(outer), "outside")


@pytest.mark.parametrize("name", _PARTLY)
def test_unusable_files_say_nothing(tmp_path: Path, name: str) -> None:
    _, inner = _outer(tmp_path)
    place = _bare_bones(inner)
    (place / "HEAD").write_text("ref: refs/heads/main\n")
    _PARTLY[name](place / name)
    found = find_repository(str(inner))
    assert found is not None
    assert (found.root, found.branch, found.name, found.default_branch) == (str(inner), "main", None, None)


def test_deep_folders_end() -> None:
    assert find_repository("/x" * 5000) is None
    assert find_repository("/\0") is None


def _complete(cwd: str | None, environ: dict[str, str], *actions: dict[str, object], **settings: object) -> list[dict[str, object]]:
    request = Request("claude-code", "PreToolUse", ACT, list(actions), cwd=cwd, session="s", call="c")
    return complete(request, Settings("/b", dict.fromkeys(FAILING, "closed"), **settings), environ)  # type: ignore[arg-type]


def test_actions_are_completed(clone: Path) -> None:
    environ = {"AWS_PROFILE": "prod", "TF_VAR_environment": "prod", "AWS_SECRET_ACCESS_KEY": "x", "USER": "liar", "HOME": "/home/me", "PGHOST": "h" * 9000}
    first, second = _complete(str(clone), environ, {"surface": "shell", "command": "ls"}, {"surface": "shell", "command": "ls", "cwd": "/"})
    assert first["env"] == {"AWS_PROFILE": "prod", "TF_VAR_environment": "prod"}
    assert first["home"] == "/home/me"
    assert first["actor"] == {
        "agent": "claude-code", "session": "s", "user": pwd.getpwuid(os.getuid()).pw_name, "groups": [], "team": None, "owner": None,
    }
    assert first["repo"] == {"name": "origin", "root": str(clone), "branch": "feature/x", "default_branch": "trunk"}
    assert (first["id"], first["cwd"]) == ("c", str(clone))
    assert (second["id"], second["cwd"], second["repo"]) == ("c.1", "/", None)


def test_the_installation_says_who_acts() -> None:
    (action,) = _complete(None, {}, {"surface": "prompt", "text": "x"}, user="ci", groups=("payments",), team="core")
    assert action["actor"] == {"agent": "claude-code", "session": "s", "user": "ci", "groups": ["payments"], "team": "core", "owner": None}
    assert (action["cwd"], action["repo"], action["home"]) == (None, None, pwd.getpwuid(os.getuid()).pw_dir)


# Where a source of the catalog says what a command is about, not what runs in passing: the person whose environment it is chose that.
_TELLING = frozenset(("environment", "host", "user", "database", "target"))


def test_the_variables_are_those_that_decisions_need() -> None:
    catalog = load_builtin()
    marked = {name for name, found in catalog.variables.items() if found["environment"] and "*" not in name}

    def sources(value: object, telling: bool = False) -> set[str]:
        if isinstance(value, dict):
            return set().union(*(sources(inner, telling or name in _TELLING) for name, inner in value.items()))
        if telling and isinstance(value, list) and len(value) == 2 and value[0] == "env":
            return {str(value[1])}
        return set().union(*(sources(inner, telling) for inner in value)) if isinstance(value, list) else set()

    used = sources([catalog.entry(number) for number in range(len(catalog.entries))])
    assert len(used) > 40
    missing = sorted((used | marked) - VARIABLES)
    assert not missing, f"hook.context.VARIABLES lacks {', '.join(missing)}"
