"""A git repository as it is read, and the branches and tags that are made in it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple, cast

from git import GitCommandError, InvalidGitRepositoryError, NoSuchPathError, Repo
from git.exc import BadName, ODBError

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git import Commit
    from git.objects import Blob

_SYMLINK = 0o120000
_DEFAULT_NAMES = ("main", "master", "trunk")
_SIGNATURE = b"-----BEGIN SSH SIGNATURE-----"
_END = b"-----END SSH SIGNATURE-----"
_GOOD = re.compile(r'(?m)^Good "git" signature for (?P<who>.+) with \S+ key (?P<key>SHA256:\S+)')
_NO_IDENTITY = 'git config user.name "Your Name"; git config user.email you@example.com'


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as git holds it. ``object`` is the id of what the name stands for; the rest is empty for a lightweight tag: ``inner`` is
    the name inside the object, ``target`` the id and ``kind`` the type of what it points at, ``time`` in seconds since 1970,
    ``signature`` the SSH signature, None without one, ``trailing`` whether anything follows it (which it would not cover)."""

    name: str
    object: str
    annotated: bool
    inner: str = ""
    target: str = ""
    kind: str = ""
    tagger: str = ""
    time: int = 0
    message: str = ""
    signature: str | None = None
    trailing: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """What git says about a tag's signature: ``principal`` is the signer by the file of allowed signers, None when it is not good;
    ``reason`` says why."""

    principal: str | None
    key: str = ""
    reason: str = ""


class Touch(NamedTuple):
    """A commit in the history of a path: its full id, when it was committed (RFC 3339), its author as `Name <address>`."""

    commit: str
    time: str
    author: str


class Repository:
    """A git repository, found from a folder upward. Raises `UserError` when there is none."""

    def __init__(self, start: str = ".") -> None:
        try:
            self._repo = Repo(start, search_parent_directories=True)
        except (InvalidGitRepositoryError, NoSuchPathError) as error:
            hint = "run it inside of one, or `git init`; folders that are named need none"
            raise UserError(f"{start}: not inside a git repository", hint) from error
        if self._repo.working_tree_dir is None:
            raise UserError(f"{start}: a bare repository has no working tree")
        self.root = os.path.abspath(self._repo.working_tree_dir)
        self.start = os.path.abspath(start)
        # By commit and path, neither of which changes what was before.
        self._histories: dict[tuple[str, str], tuple[Touch, ...]] = {}

    def prefix(self, folder: str) -> str:
        """A folder relative to the repository's root; empty for the root itself."""
        relative = os.path.relpath(os.path.realpath(folder), os.path.realpath(self.root))
        return "" if relative == os.curdir else relative

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

    def history(self, path: str, ref: str = "HEAD") -> list[Touch]:
        """The commits of a branch that touch a path (relative to the root), newest first; a merge counts when it was merged."""
        commit = self.commit(ref)
        if (commit, path) not in self._histories:
            form = "--format=%H%x00%cI%x00%an <%ae>"
            out: str = self._repo.git.log("--first-parent", form, commit, "--", path)
            self._histories[commit, path] = tuple(Touch(*line.split("\0")) for line in out.splitlines() if line)
        return list(self._histories[commit, path])

    def read(self, ref: str, path: str) -> bytes | None:
        """The bytes of a file (relative to the root) at a ref; None where it has no such file."""
        try:
            item = self._found(ref).tree[Path(path).as_posix()]
        except KeyError:
            return None
        if item.type != "blob" or item.mode == _SYMLINK:
            return None
        data: bytes = item.data_stream.read()
        return data

    def branch_with(self, branch: str, base: str, path: str, data: bytes, message: str) -> str:
        """Make a branch on ``base`` with one commit that changes one file, without touching the working tree or the index; returns
        the commit. Raises `UserError` when the branch exists or git refuses."""
        self.identity()
        git = self._repo.git
        parent = self.commit(base)
        try:
            git.check_ref_format(f"refs/heads/{branch}")
            if self._repo.git.for_each_ref(f"refs/heads/{branch}"):
                raise UserError(f"there is a branch '{branch}' already", "delete it, or name another with --branch")
            with TemporaryDirectory(prefix="packgate-index-") as folder, git.custom_environment(
                GIT_INDEX_FILE=os.path.join(folder, "index")
            ):
                source = Path(folder, "blob")
                source.write_bytes(data)
                blob = git.hash_object("-w", "--no-filters", str(source))
                git.read_tree(parent)
                git.update_index("--add", "--cacheinfo", f"100644,{blob},{path}")
                tree = git.write_tree()
                text = Path(folder, "message")
                text.write_text(message, encoding="utf-8")
                commit: str = git.commit_tree(*self._signing(), tree, "-p", parent, "-F", str(text))
            # The old value of a new branch is no commit: a branch made meanwhile is not overwritten.
            git.update_ref(f"refs/heads/{branch}", commit, "0" * len(commit))
        except GitCommandError as error:
            raise UserError(f"the branch '{branch}' can't be made: {_last_line(error)}") from error
        return commit

    def _signing(self) -> list[str]:
        """Commits are signed where git is set up to sign them; `commit-tree` does not look by itself."""
        return ["-S"] if (self.setting("commit.gpgsign") or "").lower() in ("true", "yes", "on", "1") else []

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

    def tags(self, prefix: str = "") -> list[Tag]:
        """The tags whose names begin with ``prefix``, sorted by name."""
        lines: str = self._repo.git.for_each_ref("refs/tags/", format="%(objectname) %(objecttype) %(refname:strip=2)", sort="refname")
        found = []
        for line in lines.splitlines():
            object_id, kind, name = line.split(" ", 2)
            if name.startswith(prefix):
                found.append(self._tag(name, object_id) if kind == "tag" else Tag(name, object_id, False, target=object_id, kind=kind))
        return found

    def verify_tag(self, tag: Tag, allowed_signers: str) -> Signature:
        """Hold a tag's SSH signature against a file of allowed signers, by git's own `verify-tag`, at the tagger's time."""
        settings = ["-c", "gpg.format=ssh", "-c", f"gpg.ssh.allowedSignersFile={os.path.abspath(allowed_signers)}"]
        command = ["git", *settings, "verify-tag", "--raw", tag.object]
        status, out, err = self._repo.git.execute(command, with_extended_output=True, with_exceptions=False)
        good = _GOOD.search(str(err))
        if status == 0 and good is not None:
            return Signature(good["who"], good["key"])
        lines = [line for line in f"{err}\n{out}".splitlines() if line.strip()]
        if any(line.startswith("No principal matched") for line in lines):
            return Signature(None, reason="its key is not one of the allowed signers")
        return Signature(None, reason=lines[-1].strip() if lines else f"git verify-tag ended with {status}")

    def make_tag(self, name: str, commit: str, message: str, seconds: int, *, sign: bool) -> Tag:
        """Make an annotated tag with exactly this message, dated ``seconds`` since 1970 in UTC; ``sign`` by git's own SSH signing.

        Never moves a tag. Raises `UserError` when the name is taken, git knows no identity, or signing fails.
        """
        self.identity()
        with NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
            file.write(message)
            file.flush()
            options = ["--annotate", "--cleanup=verbatim", f"--file={file.name}", "--sign" if sign else "--no-sign"]
            settings = ["-c", "gpg.format=ssh"] if sign else []
            date = {"GIT_COMMITTER_DATE": f"@{seconds} +0000"}
            try:
                self._repo.git.execute(["git", *settings, "tag", *options, "--", name, commit], env=date)
            except GitCommandError as error:
                raise _tag_error(name, error) from error
        return self._tag(name, self._repo.git.rev_parse("--verify", f"refs/tags/{name}"))

    def drop_new_tag(self, tag: Tag) -> None:
        """Take back a tag that was made a moment ago and that nobody has seen; only while it is still the same object."""
        self._repo.git.update_ref("-d", f"refs/tags/{tag.name}", tag.object)

    def identity(self) -> str:
        """Who git says the user is: ``Name <address>``. Raises `UserError` when nothing was configured, where git would guess."""
        try:
            found = str(self._repo.git.execute(["git", "-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"]))
        except GitCommandError as error:
            raise UserError("git does not know who you are, so it can make neither tag nor commit", _NO_IDENTITY) from error
        return found.rsplit(" ", 2)[0]

    def setting(self, name: str) -> str | None:
        """A value of git's configuration; None when it is not set."""
        status, value, _ = self._repo.git.execute(["git", "config", "--get", name], with_extended_output=True, with_exceptions=False)
        return str(value) if status == 0 and value else None

    def remote_name(self) -> str | None:
        """The remote that is pushed to: origin, else the only one; None when that is not clear."""
        names = [remote.name for remote in self._repo.remotes]
        return "origin" if "origin" in names else names[0] if len(names) == 1 else None

    def is_shallow(self) -> bool:
        """Whether the history was cut off when it was fetched."""
        return bool(self._repo.git.rev_parse("--is-shallow-repository") == "true")

    def changed_files(self, paths: Sequence[str]) -> list[str]:
        """Files below ``paths`` (relative to the root) that differ from HEAD or that git does not know, sorted, ignored ones included."""
        options = ["--porcelain=v1", "-z", "--untracked-files=all", "--ignored=traditional", "--no-renames"]
        out: str = self._repo.git.status(*options, "--", *paths, strip_newline_in_stdout=False)
        return sorted(entry[3:] for entry in out.split("\0") if entry)

    def is_ancestor(self, commit: str, of: str = "HEAD") -> bool:
        """Whether ``of`` contains a commit."""
        return bool(self._repo.is_ancestor(self._found(commit), self._found(of)))

    def remote_tags(self, remote: str, prefix: str) -> dict[str, str]:
        """Name and object id of a remote's tags that begin with ``prefix``. Raises `UserError` when it can't be reached."""
        try:
            out = str(self._repo.git.ls_remote("--tags", "--refs", "--", remote, f"refs/tags/{prefix}*"))
        except GitCommandError as error:
            raise UserError(f"the remote '{remote}' can't be read: {_last_line(error)}", "git remote -v lists what is known") from error
        pairs = [line.split("\t", 1) for line in out.splitlines()]
        return {name.removeprefix("refs/tags/"): object_id for object_id, name in pairs}

    def push_tag(self, remote: str, name: str) -> None:
        """Push one tag. Raises `UserError` when the remote refuses."""
        try:
            self._repo.git.push("--", remote, f"refs/tags/{name}:refs/tags/{name}")
        except GitCommandError as error:
            hint = f"the tag stands here; push it again: git push {remote} {name}"
            raise UserError(f"'{remote}' did not take the tag: {_last_line(error)}", hint) from error

    def _tag(self, name: str, object_id: str) -> Tag:
        data: bytes = self._repo.odb.stream(bytes.fromhex(object_id)).read()
        head, _, body = data.partition(b"\n\n")
        fields = dict(line.partition(" ")[::2] for line in head.decode("utf-8", "replace").splitlines())
        tagger, _, date = fields.get("tagger", "").rpartition("> ")
        seconds = date.split(" ")[0]
        message, signature = _signed_part(body)
        whole = signature.count(_SIGNATURE) == 1 and signature.rstrip(b"\n").endswith(_END)
        return Tag(
            name, object_id, True, inner=fields.get("tag", ""), target=fields.get("object", ""), kind=fields.get("type", ""),
            tagger=tagger + ">" if tagger else "", time=int(seconds) if seconds.isdigit() else 0,
            message=message.decode("utf-8", "replace"), signature=signature.decode("ascii", "replace") if signature else None,
            trailing=bool(signature) and not whole,
        )

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


def _signed_part(body: bytes) -> tuple[bytes, bytes]:
    """The message of a tag, and the signature from where one begins; empty without one."""
    if body.startswith(_SIGNATURE):
        return b"", body
    message, newline, _ = body.partition(b"\n" + _SIGNATURE)
    return (body, b"") if not newline else (message + b"\n", body[len(message) + 1:])


def _tag_error(name: str, error: GitCommandError) -> UserError:
    text = str(error.stderr)
    if "already exists" in text:
        return UserError(f"the tag '{name}' exists already", "releases are never moved; git fetch --tags, then look at `packgate status`")
    if "sign" in text:
        hint = "git config user.signingkey names the key; --no-sign leaves it out"
        return UserError(f"the tag could not be signed: {_last_line(error)}", hint)
    return UserError(f"git could not make the tag '{name}': {_last_line(error)}")


def _last_line(error: GitCommandError) -> str:
    lines = [line.strip() for line in str(error.stderr).strip().strip("'").splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal:", "error:", "! ["))]
    return (told or lines or [f"git ended with {error.status}"])[-1]
