"""Opens the states of packs that arguments name: a folder, a bundle, a commit, or the working tree."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packgate.commands.shared import open_cache
from packgate.errors import UserError

if TYPE_CHECKING:
    from contextlib import ExitStack

    from packgate.bundle.verify import Bundle
    from packgate.gitio import Repository
    from packgate.impact.sides import Side

WORKING_TREE = "working tree"


def _is_bundle(name: str) -> bool:
    from packgate.bundle.names import SUFFIX

    return name.endswith(SUFFIX) and os.path.isfile(name)


class Opener:
    """Opens what the arguments name."""

    def __init__(self, stack: ExitStack, packs: tuple[str, ...]) -> None:
        self.stack = stack
        self.packs = packs
        self._repository: Repository | None = None
        self._bundles: dict[str, Bundle] = {}

    def both(self, base: str | None, head: str | None) -> tuple[Side, Side]:
        """The two sides. Raises `UserError` for what is neither a folder, a bundle nor a commit."""
        bundles = [self._bundle(name) for name in (base, head) if name is not None and _is_bundle(name)]
        # A bundle is one pack: beside it, others of a repository would all count as removed or added.
        self.packs = self.packs or tuple(dict.fromkeys(bundle.manifest.pack for bundle in bundles))
        if base is None:
            repository = self.repository()
            default = repository.default_branch()
            opened = self.commit(repository.merge_base(default), f"{default} (where this branch left it)")
        else:
            opened = self.named(base)
        sides = opened, self.named(head) if head is not None else self.working_tree()
        known = {pack.name for side in sides for pack in side.space.packs}
        for name in self.packs:
            if name not in known and not any(side.findings for side in sides):
                raise UserError(f"neither side has a pack '{name}'")
        return sides

    def repository(self) -> Repository:
        """The repository of the working folder."""
        if self._repository is None:
            from packgate.gitio import Repository

            self._repository = Repository()
        return self._repository

    def named(self, name: str) -> Side:
        """What a name stands for: a folder, a bundle, or a commit. Raises `UserError` for none of them."""
        if os.path.isdir(name) and (os.sep in name or name in (".", "..") or not self._is_ref(name)):
            return self.folder(name, Path(name), name)
        if _is_bundle(name):
            return self._unpacked(self._bundle(name), name)
        return self.commit(self.repository().commit(name), name)

    def _bundle(self, name: str) -> Bundle:
        """A bundle whose sources are what it decides with. Raises `UserError` for one that is refused."""
        from packgate.commands.bundle_files import read_with_sources

        if name not in self._bundles:
            self._bundles[name] = read_with_sources(Path(name))
        return self._bundles[name]

    def _unpacked(self, bundle: Bundle, name: str) -> Side:
        from packgate.bundle.sources import unpack

        folder = Path(self.stack.enter_context(TemporaryDirectory(prefix="packgate-diff-")))
        unpack(bundle, folder)
        return self.folder(name, folder, name)

    def _is_ref(self, name: str) -> bool:
        try:
            return self.repository().knows(name)
        except UserError:
            return False

    def working_tree(self) -> Side:
        """The policy repository around the working folder as it is on disk."""
        from packgate.source.workspace import find_root

        root = find_root(".")
        if root is None:
            raise UserError("there is no policy repository here", "packgate.yaml or packs/ marks one; or name two folders")
        folder = Path(os.path.relpath(root))
        return self.folder(WORKING_TREE, folder, str(folder))

    def commit(self, commit: str, name: str) -> Side:
        """A commit, unpacked; ``name``: what the reader called it."""
        from packgate.source.files import YAML
        from packgate.source.workspace import find_root

        root = find_root(".") or self.repository().root
        folder = Path(self.stack.enter_context(TemporaryDirectory(prefix="packgate-diff-")))
        self.repository().export(commit, self.repository().prefix(root), folder, YAML)
        label = name if commit.startswith(name) else f"{name} ({commit[:7]})"
        return self.folder(label, folder, os.path.relpath(root))

    def folder(self, label: str, folder: Path, shown: str) -> Side:
        """A folder; ``shown`` stands for it in findings."""
        from packgate.impact.sides import open_side

        return open_side(label, folder, self.packs, shown, open_cache())
