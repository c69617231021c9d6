"""The content of a pack at a commit: taken out of git, not out of the working tree, so that what is checked is what gets released."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packgate.errors import UserError
from packgate.impact.sides import Side, side_of
from packgate.source.files import YAML, join
from packgate.source.workspace import find_root, load_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.diagnostics import Diagnostic
    from packgate.gitio import Repository
    from packgate.source.cache import ValidationCache
    from packgate.source.result import LoadResult
    from packgate.source.workspace import Workspace

# What decides beside the pack itself: the bases in packs/, the lists of context/, the corpora, the settings.
_AROUND = ("packgate.yaml", "context", "testcases")


@dataclass(slots=True)
class Content:
    """A pack of a commit, loaded. ``folder``: where the policy repository was unpacked to; ``shown``: what stands for it in what people
    read."""

    pack: str
    commit: str
    folder: Path
    shown: str
    space: Workspace

    @property
    def result(self) -> LoadResult:
        """The pack as loaded."""
        return self.space.results[0]

    @property
    def loads(self) -> bool:
        """Whether the pack and what it needs are without errors."""
        return self.space.ok and self.result.pack is not None

    @property
    def digest(self) -> str:
        """``sha256:…`` of what the pack is made of."""
        return content_digest(self.result, self.space.lists)

    def side(self, label: str, cache: ValidationCache | None = None) -> Side:
        """The pack as one side of a comparison."""
        return side_of(label, self.space, self.folder, [self.pack], self.shown, cache)

    def findings(self, found: list[Diagnostic]) -> list[Diagnostic]:
        """Findings with paths as the reader knows them."""
        return [self._finding(each) for each in found]

    def _finding(self, found: Diagnostic) -> Diagnostic:
        path = os.path.relpath(found.position.file, self.folder)
        inside = not path.startswith(os.pardir)
        position = replace(found.position, file=join(self.shown, path)) if inside else found.position
        hint = None if found.hint is None else self._text(found.hint)
        return replace(found, position=position, message=self._text(found.message), hint=hint, fix=None)

    def _text(self, text: str) -> str:
        return text.replace(f"{self.folder}{os.sep}", "" if self.shown == "." else f"{self.shown}{os.sep}")


def policy_root(repository: Repository) -> str:
    """The folder of the policy repository, which can lie below git's. Raises `UserError` when there is none."""
    root = find_root(repository.start)
    if root is None:
        raise UserError("there is no policy repository here", "packgate.yaml or packs/ marks one: packgate init")
    return root


def paths_of(repository: Repository, packs: list[str]) -> list[str]:
    """Where packs and what they need lie, relative to git's root."""
    prefix = prefix_of(repository)
    return [join(prefix, name) for name in (*(os.path.join("packs", pack) for pack in packs), *_AROUND)]


@contextmanager
def open_content(repository: Repository, commit: str, pack: str, cache: ValidationCache | None = None) -> Iterator[Content]:
    """The pack at a commit, while the context lasts. Raises `UserError` when the commit has no such pack."""
    root = policy_root(repository)
    with TemporaryDirectory(prefix="packgate-release-") as name:
        folder = Path(os.path.realpath(name))
        left_out = repository.export(commit, repository.prefix(root), folder, YAML)
        if not (folder / "packs" / pack / "pack.yaml").is_file():
            raise UserError(f"commit {commit[:7]} has no pack '{pack}'", _known_packs(folder))
        links = [path for path in left_out if Path(path).is_relative_to(join(prefix_of(repository), "packs", pack))]
        if links:
            raise UserError(f"symbolic links can't be released: {', '.join(links)}", "put the file itself there")
        space = load_workspace(str(folder), [str(folder / "packs" / pack)], cache=cache)
        yield Content(pack, commit, folder, os.path.relpath(root), space)


def content_digest(result: LoadResult, lists: dict[str, tuple[str, ...]]) -> str:
    """The digest of a pack's files, those of its bases, and the lists of the context that they can name."""
    entries: list[tuple[str, str]] = []
    level: LoadResult | None = result
    depth = 0
    while level is not None:
        folder = os.path.abspath(level.path)
        entries += [(f"{depth}/{os.path.relpath(os.path.abspath(file.path), folder)}", file.digest) for file in level.files]
        level, depth = level.base, depth + 1
    named = {name: sorted(values) for name, values in lists.items()}
    text = json.dumps([sorted(entries), named], sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def base_packs(result: LoadResult) -> list[str]:
    """The names of the packs that a pack extends, nearest first."""
    found, level = [], result.base
    while level is not None:
        found.append(os.path.basename(os.path.abspath(level.path)))
        level = level.base
    return found


def prefix_of(repository: Repository) -> str:
    """The policy repository's folder relative to git's root; `.` where they are one."""
    return repository.prefix(policy_root(repository)) or os.curdir


def _known_packs(folder: Path) -> str | None:
    names = sorted(path.parent.name for path in folder.glob("packs/*/pack.yaml"))
    return f"it has: {', '.join(names)}" if names else "a pack has to be in packs/ of this repository, and committed"
