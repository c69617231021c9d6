"""The one place that talks to git."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

from git import GitCommandError, InvalidGitRepositoryError, NoSuchPathError, Repo
from git.exc import BadName, ODBError

from packgate.errors import UserError

if TYPE_CHECKING:
    from git import Commit
    from git.objects import Blob

_SYMLINK = 0o120000
_DEFAULT_NAMES = ("main", "master", "trunk")


class Repository:
    """A git repository, found from a folder upward. Raises `UserError` when there is none."""

    def __init__(self, start: str = ".") -> None:
        try:
            self._repo = Repo(start, search_parent_directories=True)
        except (InvalidGitRepositoryError, NoSuchPathError) as error:
            raise UserError(f"{start}: not inside a git repository", "give two folders, or run `git init`") from error
        if self._repo.working_tree_dir is None:
            raise UserError(f"{start}: a bare repository has no working tree")
        self.root = os.path.abspath(self._repo.working_tree_dir)

    def knows(self, ref: str) -> bool:
        """Whether a name stands for a commit."""
        return self._find(ref) is not None

    def commit(self, ref: str) -> str:
        """The full id of the commit that a ref stands for. Raises `UserError` when there is none."""
        found = self._find(ref)
        if found is None:
            raise UserError(f"'{ref}' is no branch, tag or commit of {self.root}", self._advice(ref))
        return str(found.hexsha)

    def default_branch(self) -> str:
        """The branch that changes are merged into: the remote's own, else the first of main, master and trunk. Raises `UserError`."""
        for remote in self._repo.remotes:
            try:
                name: str = self._repo.git.symbolic_ref("--short", f"refs/remotes/{remote.name}/HEAD")
            except GitCommandError:
                continue
            return name
        for name in _DEFAULT_NAMES:
            for ref in (name, *(f"{remote.name}/{name}" for remote in self._repo.remotes)):
                if self.knows(ref):
                    return ref
        raise UserError("the default branch is not known", "name what to compare with: packgate diff BASE")

    def merge_base(self, ref: str, other: str = "HEAD") -> str:
        """The commit from which two refs went apart. Raises `UserError` when they share none."""
        commits = self._repo.merge_base(self.commit(ref), self.commit(other))
        if not commits:
            hint = "in CI, fetch the whole history (actions/checkout: fetch-depth: 0)"
            raise UserError(f"'{ref}' and '{other}' have no commit in common", hint)
        return str(commits[0].hexsha)

    def export(self, ref: str, prefix: str, target: Path, suffixes: tuple[str, ...]) -> list[str]:
        """Write the files below ``prefix`` (a folder relative to the root, empty for all) of a ref whose names end in one of
        ``suffixes`` into a folder.

        Symbolic links, and names that would lead out of the folder, are not written; their paths are returned.
        """
        left_out: list[str] = []
        tree = self._found(ref).tree
        for part in Path(prefix).parts:
            if part not in [each.name for each in tree.trees]:
                return left_out
            tree = tree[part]
        for item in tree.traverse():
            blob = cast("Blob", item)
            if blob.type != "blob" or not blob.name.endswith(suffixes):
                continue
            relative = os.path.relpath(blob.path, prefix or ".")
            if blob.mode == _SYMLINK or ".." in Path(blob.path).parts:
                left_out.append(str(blob.path))
                continue
            path = target / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(blob.data_stream.read())
        return sorted(left_out)

    def _found(self, ref: str) -> Commit:
        return self._repo.commit(self.commit(ref))

    def _find(self, ref: str) -> Commit | None:
        if not ref or ref.startswith("-"):
            return None
        try:
            return self._repo.commit(ref)
        except (BadName, ODBError, ValueError, IndexError, GitCommandError):
            return None

    def _advice(self, ref: str) -> str | None:
        import difflib

        names = [each.name for each in self._repo.refs]
        near = difflib.get_close_matches(ref, names, 1)
        return f"did you mean '{near[0]}'?" if near else None
