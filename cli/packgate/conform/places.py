"""The working folder of a case, made again in the sandbox: home, repository, branch, remote."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from packgate.conform.spec import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CONTEXT = ("cwd", "home", "env", "repo", "actor", "environment", "data_classification", "permissions", "risk_signals", "approval")


def context_of(action: Mapping[str, Any]) -> str:
    """Equal for actions that one session can hold."""
    return json.dumps({key: action[key] for key in _CONTEXT if action.get(key)}, sort_keys=True)


def by_context(actions: Iterable[Mapping[str, Any]]) -> dict[str, list[int]]:
    """Places of the actions, by context."""
    groups: dict[str, list[int]] = {}
    for place, action in enumerate(actions):
        groups.setdefault(context_of(action), []).append(place)
    return groups


def absolute_path(action: Mapping[str, Any]) -> str:
    """The path of an action on a file, as a model names it that its tools ask for whole paths."""
    path = str(action["path"])
    home = str(action.get("home") or "/home/dev")
    return os.path.join(home, path[2:]) if path.startswith("~/") else os.path.join(str(action.get("cwd") or "/home/dev/proj"), path)


def prepare(action: Mapping[str, Any]) -> list[Step]:
    """Steps that make the folders of an action: the repository stands at its root with the branch checked out and, since a hook reads
    them from there, the remote's name and default branch."""
    repo = action.get("repo") or {}
    home, cwd = action.get("home") or "/home/dev", action.get("cwd") or "/home/dev/proj"
    root = repo.get("root") or cwd
    git = f"{root}/.git"
    default = repo.get("default_branch") or "main"
    write = {f"{home}/.keep": "", f"{cwd}/.keep": ""}
    if repo:
        config = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
        if repo.get("name"):
            config += f'[remote "origin"]\n\turl = https://github.com/{repo["name"]}.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n'
        write |= {
            f"{git}/HEAD": f"ref: refs/heads/{repo.get('branch') or default}\n",
            f"{git}/config": config,
            f"{git}/objects/.keep": "",
            f"{git}/refs/heads/.keep": "",
            f"{git}/refs/remotes/origin/HEAD": f"ref: refs/remotes/origin/{default}\n",
        }
    return [Step(["/usr/bin/true"], write=write)]
