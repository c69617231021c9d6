"""Where a folder stands in git, read from `.git` without running git.

An agent can write what is read here, so it is data and no more: bounded reads of regular files, a few steps at most, nothing included,
nothing executed. What can't be read is None: a policy that needs it then says so in the decision's notes.
"""

from __future__ import annotations

from packgate.hook.files import is_folder, read_regular
from packgate.hook.gitconfig import remote_addresses, repository_name

_LONGEST_REF = 4096
_LONGEST_CONFIG = 256 * 1024
_MOST_FOLDERS = 100
_HEADS = "refs/heads/"


class Repository:
    """A working tree. ``root``: its top folder. ``branch``: what is checked out, None when HEAD is detached. ``default_branch``: where
    the remote's HEAD points, as far as this clone knows. ``name``: as its remote's address says."""

    __slots__ = ("branch", "default_branch", "name", "root")

    def __init__(self, root: str, name: str | None = None, branch: str | None = None, default_branch: str | None = None) -> None:
        self.root = root
        self.name = name
        self.branch = branch
        self.default_branch = default_branch


def find_repository(folder: str) -> Repository | None:
    """The working tree that a folder (absolute) is in; None outside of any."""
    current = folder
    for _ in range(_MOST_FOLDERS):
        place = _git_folder(current)
        if place is not None:
            return _read(current, place)
        above = current.rpartition("/")[0] or "/"
        if above == current:
            return None
        current = above
    return None


def _git_folder(root: str) -> str | None:
    """The folder with the repository's files of a working tree at ``root``; None when there is none."""
    path = _join(root, ".git")
    if is_folder(path):
        return path if _is_git_folder(path) else None
    told = _line(path)
    if told is None or not told.startswith("gitdir:"):
        return None
    path = _join(root, told[len("gitdir:"):].strip())
    return path if _is_git_folder(path) else None


def _is_git_folder(path: str) -> bool:
    """Whether git would take a folder for a repository: HEAD, and objects and refs there or in the common folder."""
    common = _common(path)
    return _head(path) is not None and is_folder(_join(common, "objects")) and is_folder(_join(common, "refs"))


def _read(root: str, place: str) -> Repository:
    common = _common(place)
    remotes = _remotes(common)
    remote = "origin" if "origin" in remotes else next(iter(remotes)) if len(remotes) == 1 else None
    return Repository(
        root, None if remote is None else repository_name(remotes[remote]), _branch(place),
        _default_branch(common, remote or "origin"),
    )


def _branch(place: str) -> str | None:
    head = _head(place)
    # A repository with another store of references keeps its HEAD elsewhere, and a placeholder here.
    if head is None or not head.startswith(_HEADS) or head == _HEADS + ".invalid":
        return None
    return head[len(_HEADS):]


def _default_branch(common: str, remote: str) -> str | None:
    target = _symbolic(_join(common, f"refs/remotes/{remote}/HEAD"))
    prefix = f"refs/remotes/{remote}/"
    return target[len(prefix):] if target is not None and target.startswith(prefix) and len(target) > len(prefix) else None


def _head(place: str) -> str | None:
    """What HEAD says: a reference, or the name of a commit; None for what is neither."""
    path = _join(place, "HEAD")
    target = _symbolic(path) or _linked(path)
    if target is not None:
        return target if target.startswith("refs/") else None
    told = _line(path)
    return told if told is not None and len(told) in (40, 64) and not told.strip("0123456789abcdef") else None


def _symbolic(path: str) -> str | None:
    """What a symbolic reference points to."""
    told = _line(path)
    return told[len("ref:"):].strip() if told is not None and told.startswith("ref:") else None


def _linked(path: str) -> str | None:
    """The reference that a symbolic link names, as old repositories have it."""
    import os

    try:
        target = os.readlink(path)
    except (OSError, ValueError):
        return None
    return target if target.startswith("refs/") else None


def _common(place: str) -> str:
    """The folder that worktrees of one repository share."""
    told = _line(_join(place, "commondir"))
    return place if not told else _join(place, told)


def _remotes(common: str) -> dict[str, str]:
    data = read_regular(_join(common, "config"), _LONGEST_CONFIG)
    if data is None or len(data) > _LONGEST_CONFIG:
        return {}
    return remote_addresses(data.decode("utf-8", "replace"))


def _line(path: str) -> str | None:
    """The one line of a small file."""
    data = read_regular(path, _LONGEST_REF)
    if data is None or len(data) > _LONGEST_REF or b"\0" in data:
        return None
    return data.decode("utf-8", "surrogateescape").rstrip("\r\n")


def _join(folder: str, name: str) -> str:
    return name if name.startswith("/") else f"{folder.rstrip('/')}/{name}"
