"""Commits on the branch that is checked out, made so that a crash at any moment leaves the state before or the state after.

Objects are written first, which changes nothing that anybody sees. Then the branch moves in one step, if it is still where it was. Then the
working tree and the index follow, file by file, each replaced whole; whoever is cut off there can do it again (`bring_up`). Git's own
processes get a session of their own: a signal to the group of this process does not cut them off in the middle.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkstemp
from typing import TYPE_CHECKING

from git import GitCommandError

from packgate.errors import UserError
from packgate.gitio.repository import Repository, _last_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FILE_MODES = ("100644", "100755")
_UNDER_WAY = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a tree: its mode as git writes it, and the id of its content."""

    mode: str
    blob: str


# By path, what a file is before and after; None where it is not there.
Differences = dict[str, tuple[Entry | None, Entry | None]]


class WritableRepository(Repository):
    """A repository with the operations that commit."""

    @property
    def private(self) -> str:
        """A folder of packgate's own inside the git folder of this working tree, made when it is not there."""
        folder = os.path.join(self._repo.git_dir, "packgate")
        os.makedirs(folder, exist_ok=True)
        return folder

    def under_way(self) -> str | None:
        """What somebody has begun and not ended (a merge, a rebase …): the name of its file; None when there is nothing."""
        return next((name for name in _UNDER_WAY if os.path.exists(os.path.join(self._repo.git_dir, name))), None)

    def entries(self, commit: str, folder: str = "") -> dict[str, Entry]:
        """The files of a commit below a folder, or the file of that name, by path."""
        out = self._run("ls-tree", "-r", "-z", "--full-tree", commit, *(["--", folder] if folder else []))
        found = {}
        for line in filter(None, out.split(b"\0")):
            about, _, path = line.partition(b"\t")
            mode, _, blob = about.decode().split(" ")
            found[os.fsdecode(path)] = Entry(mode, blob)
        return found

    def content(self, entry: Entry) -> bytes:
        """The bytes of a file of a tree."""
        return self._run("cat-file", "blob", entry.blob)

    def differences(self, base: str, head: str) -> Differences:
        """Files that differ between two commits."""
        out = self._run("diff-tree", "-r", "-z", "--no-renames", base, head).split(b"\0")
        found: Differences = {}
        for about, path in zip(out[0:-1:2], out[1::2], strict=True):
            before, after, old, new, _ = about.decode().lstrip(":").split(" ")
            pair = tuple(None if not mode.strip("0") else Entry(mode, blob) for mode, blob in ((before, old), (after, new)))
            found[os.fsdecode(path)] = (pair[0], pair[1])
        return found

    def parent(self, commit: str) -> str:
        """The first parent of a commit. Raises `UserError` when it has none."""
        return self.commit(f"{commit}^")

    def messages(self, text: str, ref: str = "HEAD") -> Iterator[tuple[str, str]]:
        """The commits that a ref holds whose message has a line that begins with ``text``, newest first: id and message."""
        pattern = "^" + "".join(f"[{letter}]" if not letter.isalnum() else letter for letter in text)
        out = self._run("log", "-z", "--format=%H%n%B", f"--grep={pattern}", self.commit(ref)).decode("utf-8", "replace")
        for item in filter(None, out.split("\0")):
            commit, _, message = item.partition("\n")
            yield commit, message

    def store(self, contents: Mapping[str, bytes]) -> dict[str, str]:
        """Write contents into git's store; the id of each, by the given name."""
        if not contents:
            return {}
        with TemporaryDirectory(prefix="packgate-blobs-") as folder:
            files = []
            for number, data in enumerate(contents.values()):
                files.append(os.path.join(folder, str(number)))
                Path(files[-1]).write_bytes(data)
            ids: list[str] = []
            for start in range(0, len(files), 500):
                ids += self._run("hash-object", "-w", "--no-filters", "--", *files[start:start + 500]).decode().split()
        return dict(zip(contents, ids, strict=True))

    def make_commit(self, parent: str, changes: Mapping[str, Entry | None], message: str) -> str:
        """A commit on a parent in which the given files are as said, None for gone. It is on no branch yet. Raises `UserError`."""
        self.identity()
        with TemporaryDirectory(prefix="packgate-index-") as folder:
            index = os.path.join(folder, "index")
            self._run("read-tree", parent, index=index)
            self._update_index(changes, index)
            tree = self._run("write-tree", index=index).decode().strip()
            text = Path(folder, "message")
            text.write_text(message, encoding="utf-8")
            return self._run("commit-tree", *self._signing(), tree, "-p", parent, "-F", str(text)).decode().strip()

    def tree(self, commit: str) -> str:
        """The id of a commit's tree."""
        return self._run("rev-parse", "--verify", f"{commit}^{{tree}}").decode().strip()

    def advance(self, new: str, old: str, reason: str) -> None:
        """Move the branch that is checked out from one commit to another. Raises `UserError` when it has moved meanwhile."""
        try:
            self._run("update-ref", "-m", reason, "HEAD", new, old)
        except UserError as error:
            hint = "it has moved meanwhile, or another git is at work: try again"
            raise UserError(f"the branch could not be moved: {error.message}", hint) from error

    def new_branch(self, name: str, commit: str) -> None:
        """Make a branch at a commit. Raises `UserError` when there is one of that name."""
        try:
            self._run("check-ref-format", f"refs/heads/{name}")
        except UserError as error:
            raise UserError(f"git allows no branch of the name '{name}'", "name another with --branch") from error
        try:
            self._run("update-ref", f"refs/heads/{name}", commit, "0" * len(commit))
        except UserError as error:
            raise UserError(f"the branch '{name}' can't be made: {error.message}", "name another with --branch") from error

    def bring_up(self, old: str, new: str) -> list[str]:
        """Let the working tree and the index follow from one commit to another; may be done again after it was cut off.

        A file that is as neither of the two has it was changed by somebody, and stays: the paths of those are returned. So does a file
        that a commit since then changed, which is not returned.
        """
        head = self.entries(self.commit("HEAD"))
        changes = {path: pair for path, pair in self.differences(old, new).items() if head.get(path) == pair[1]}
        left = []
        for path, (before, after) in sorted(changes.items()):
            now = self._working(path)
            then = None if after is None else (after.mode == FILE_MODES[1], self._filtered(new, path))
            if now == then:
                if then is None:
                    self._prune(path)
                continue
            if now != (None if before is None else (before.mode == FILE_MODES[1], self._filtered(old, path))):
                left.append(path)
            elif then is None:
                os.unlink(os.path.join(self.root, path))
                self._prune(path)
            else:
                self._replace(path, *then)
        self._update_index({path: after for path, (_, after) in changes.items() if path not in left})
        self._run("update-index", "-q", "--refresh", check=False)
        return left

    def check_plain(self, changes: Differences) -> None:
        """Raise `UserError` when one of the files is, or lies behind, a symbolic link or a submodule: only plain files are written."""
        for path, pair in changes.items():
            folders = [os.path.dirname(path)]
            while folders[-1]:
                folders.append(os.path.dirname(folders[-1]))
            odd = next((each for each in (path, *folders) if each and os.path.islink(os.path.join(self.root, each))), None)
            if odd is None and any(entry is not None and entry.mode not in FILE_MODES for entry in pair):
                odd = path
            if odd is not None:
                raise UserError(f"{odd} is no plain file or folder", "put a file or folder in its place, and commit that")

    def _working(self, path: str) -> tuple[bool, bytes] | None:
        """Whether a file of the working tree can be executed, and its bytes; None where there is none."""
        place = os.path.join(self.root, path)
        try:
            data = Path(place).read_bytes()
            return bool(os.stat(place).st_mode & 0o100), data
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _filtered(self, commit: str, path: str) -> bytes:
        """A file as git would check it out: line ends and filters of attributes applied."""
        return self._run("cat-file", "--filters", f"{commit}:{path}")

    def _replace(self, path: str, executable: bool, data: bytes) -> None:
        """Put a file in its place in one step."""
        place = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        handle, part = mkstemp(dir=self.private, prefix="part-")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(part, (0o777 if executable else 0o666) & ~mask)
        os.replace(part, place)

    def _prune(self, path: str) -> None:
        """Remove the folders that are empty without a file."""
        folder = os.path.dirname(os.path.join(self.root, path))
        while folder != self.root:
            if os.path.isdir(folder):
                if os.listdir(folder):
                    return
                os.rmdir(folder)
            folder = os.path.dirname(folder)

    def _update_index(self, changes: Mapping[str, Entry | None], index: str | None = None) -> None:
        nothing = "0" * len(self.commit("HEAD"))
        lines = [
            (f"{entry.mode} {entry.blob}\t" if entry is not None else f"0 {nothing}\t").encode() + os.fsencode(path)
            for path, entry in sorted(changes.items())
        ]
        with TemporaryDirectory(prefix="packgate-lines-") as folder:
            # A file, not a pipe: what is read from it is whole whatever becomes of this process.
            source = Path(folder, "lines")
            source.write_bytes(b"".join(line + b"\0" for line in lines))
            self._run("update-index", "-z", "--index-info", index=index, source=source)

    def _run(self, *arguments: str, index: str | None = None, source: Path | None = None, check: bool = True) -> bytes:
        """The output of a git command in the root of the working tree. Raises `UserError` when it fails."""
        command: Sequence[str] = ["git", *arguments]
        environment = {"GIT_LITERAL_PATHSPECS": "1", **({} if index is None else {"GIT_INDEX_FILE": index})}
        try:
            with open(source or os.devnull, "rb") as stream:
                out: bytes = self._repo.git.execute(
                    command, istream=stream, env=environment, stdout_as_string=False, strip_newline_in_stdout=False,
                    with_exceptions=check, start_new_session=True,
                )
        except GitCommandError as error:
            raise UserError(_last_line(error)) from error
        return out
