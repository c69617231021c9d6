"""Pushes: which remote refs change, and how."""

from __future__ import annotations

import pytest
from facts_helper import analysis, found, values


def pushes(command: str, **context) -> list[tuple[list[str], list[str]]]:
    return [
        (values(operation, "operation"), values(operation, "branch"))
        for operation in found(command, "git-action", **context) if "push" in values(operation, "operation")
    ]


PUSH, FORCE, DELETE = ["push"], ["push", "force-push"], ["push", "delete-branch"]


@pytest.mark.parametrize(("command", "expected"), [
    ("git push origin main", [(PUSH, ["main"])]),
    ("git push origin HEAD:main", [(PUSH, ["main"])]),
    ("git push origin HEAD:refs/heads/main", [(PUSH, ["main"])]),
    ("git push origin HEAD", [(PUSH, ["feature/x"])]),
    ("git push origin @:main", [(PUSH, ["main"])]),
    ("git push", [(PUSH, ["feature/x"])]),
    ("git push origin", [(PUSH, ["feature/x"])]),
    ("git push origin feature/x main", [(PUSH, ["feature/x"]), (PUSH, ["main"])]),
    ("git push origin +main", [(FORCE, ["main"])]),
    ("git push -f origin main", [(FORCE, ["main"])]),
    ("git push --force-with-lease origin topic", [(FORCE, ["topic"])]),
    ("git push --forc origin topic", [(FORCE, ["topic"])]),
    ("git push --force --no-force origin topic", [(PUSH, ["topic"])]),
    ("git push origin :main", [(DELETE, ["main"])]),
    ("git push origin --delete main old", [(DELETE, ["main"]), (DELETE, ["old"])]),
    ("git push -d origin main", [(DELETE, ["main"])]),
    ("git push origin v1.2:refs/tags/v1.2", [(PUSH, ["refs/tags/v1.2"])]),
    ("git push origin tag v1.2", [(PUSH, ["refs/tags/v1.2"])]),
    ("git push --tags", [(PUSH, ["refs/tags/**"])]),
    ("git push origin main --tags", [(PUSH, ["refs/tags/**"]), (PUSH, ["main"])]),
    ("git push --all origin", [(PUSH, ["main", "feature/x", "**"])]),
    ("git push origin 'refs/heads/*:refs/heads/*'", [(PUSH, ["main", "feature/x", "**"])]),
    ("git push origin 'refs/heads/rel/*:refs/heads/rel/*'", [(PUSH, ["rel/**"])]),
    ("git push --mirror", [(["push", "force-push", "delete-branch"], ["main", "feature/x", "**", "refs/tags/**"])]),
    ("git push -- origin main-fix", [(PUSH, ["main-fix"])]),
    ("git push -n origin main", []),
    ("git push --dry-run --force origin main", []),
    ("B=main; git push origin $B", [(PUSH, ["main"])]),
    ("git push origin $(git branch --show-current)", [(PUSH, ["feature/x"])]),
    ("git push origin $(git rev-parse --abbrev-ref HEAD)", [(PUSH, ["feature/x"])]),
    ("/usr/lib/git-core/git-push origin main", [(PUSH, ["main"])]),
    ("git -c push.default=matching push", [(PUSH, ["main", "feature/x", "**"])]),
    ("git -c push.default=nothing push", []),
    ("git -c remote.origin.push=HEAD:main push", [(PUSH, ["main"])]),
    ("git -c alias.p='push origin' p main", [(PUSH, ["main"])]),
    ("git -c alias.p='!git push origin' p main", [(PUSH, ["main"])]),
])
def test_refs_that_change(command, expected):
    assert pushes(command) == expected
    assert analysis(command).coverage == "full"


@pytest.mark.parametrize(("command", "branch"), [
    ("git checkout main && git push", "main"),
    ("git switch main && git push origin HEAD", "main"),
    ("git checkout -b topic && git push -u origin HEAD", "topic"),
    ("git branch -M main && git push", "main"),
    ("git checkout README.md && git push", "feature/x"),
    ("git checkout -- main && git push", "feature/x"),
    ("git config remote.origin.push HEAD:main && git push", "main"),
    ("git branch --set-upstream-to=origin/main && git -c push.default=upstream push", "main"),
    ("git config alias.p 'push origin HEAD:main' && git p", "main"),
])
def test_earlier_commands_decide_what_a_push_changes(command, branch):
    assert pushes(command) == [(PUSH, [branch])]


def test_another_repository_has_another_branch():
    assert pushes("git -C ../other push", branch="main") == [(PUSH, ["<$branch>"])]
    assert pushes("cd ../other && git push", branch="main") == [(PUSH, ["<$branch>"])]
    assert pushes("git -C sub push", branch="main") == [(PUSH, ["main"])]
    assert pushes("git push", branch=None) == [(PUSH, ["<$branch>"])]


def test_the_remote_is_told_by_name_and_address():
    (operation,) = found("git push https://user@git.example.com/a.git main", "git-action")
    assert values(operation, "remote") == ["https://user@git.example.com/a.git"]
    assert values(operation, "host") == ["git.example.com"]
    (operation,) = [op for op in found("git remote add pub git@github.com:a/b.git; git push pub x", "git-action")
                    if "push" in values(op, "operation")]
    assert values(operation, "host") == ["github.com"]
