"""A snapshot of packs as they stand in a folder, unsigned: for a first try on one machine, without a repository that publishes anything."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packgate.bundle import activation
from packgate.bundle.build import Facts, build
from packgate.bundle.canonical import digest
from packgate.bundle.durable import locked
from packgate.bundle.index import ASSIGNMENTS, INDEX, Index, entry_of, to_bytes
from packgate.bundle.installed import joined, read_active
from packgate.bundle.opening import open_pack
from packgate.bundle.verify import open_bundle
from packgate.errors import UserError
from packgate.resources import packs_folder
from packgate.source.workspace import find_root, load_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.bundle.build import Built
    from packgate.diagnostics import Diagnostic

_ROLLOUT = "rollout.yaml"
_DAYS = 365


class Unfit(Exception):
    """A pack has errors, or its cases fail: nothing is installed from it."""

    def __init__(self, findings: list[Diagnostic]) -> None:
        super().__init__("the pack is not fit to be installed")
        self.findings = findings


def install_packs(into: str, packs: Sequence[str], stage: str | None, now: str) -> list[str]:
    """Build packs from their sources and make them the snapshot in use in a folder; their names and versions.

    ``packs``: names that packgate carries, or paths. ``stage``: that of each pack as a whole, in place of its rollout; None leaves the
    rollout. ``now``: RFC 3339. Raises `UserError`, and `Unfit` for a pack with errors.
    """
    if is_pulled(into):
        raise UserError(f"{into} is filled by packgate bundle pull; unsigned packs don't go into it", "name another folder with --bundles")
    active = read_active(into)
    built = []
    for pack in packs:
        folder = _folder(pack)
        held = None if active is None else active.held.get(folder.name)
        built.append(_built(folder, stage, 1 if held is None else held.revision + 1, now))
    os.makedirs(into, mode=0o755, exist_ok=True)
    with locked(into):
        return _activate(into, built, now)


def build_repository(root: str, into: str, now: str) -> Snapshot:
    """Build every pack of a policy repository with its assignments, for the folder of bundles ``into``; nothing is written yet.

    A pack that no assignment names stands at the stage of packgate.yaml. Raises `UserError`, and `Unfit` for packs with errors.
    """
    space = load_workspace(root)
    if not space.ok:
        raise Unfit(space.diagnostics)
    active = read_active(into)
    named = {each.pack for each in space.assigned}
    built = []
    for result in space.results:
        folder = Path(result.path).resolve()
        held = None if active is None else active.held.get(folder.name)
        stage = "block" if folder.name in named else space.stage or "block"
        built.append(_build(folder, Facts(stage, 1 if held is None else held.revision + 1, now, days=_DAYS)))
    file = Path(root, ASSIGNMENTS)
    assignments = file.read_bytes() if file.is_file() else None
    joined([open_bundle(each.data, now=now) for each in built], assignments).gate()
    return Snapshot(into, tuple(built), assignments, now)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Packs that were built and load together, with the repository's assignments, for a folder of bundles."""

    into: str
    built: tuple[Built, ...]
    assignments: bytes | None
    now: str

    def activate(self) -> list[str]:
        """Make it what is in use in its folder; the names and versions of the packs."""
        os.makedirs(self.into, mode=0o755, exist_ok=True)
        with locked(self.into):
            return _activate(self.into, self.built, self.now, self.assignments)


def is_pulled(into: str) -> bool:
    """Whether a folder of bundles is filled by `packgate bundle pull`."""
    return os.path.isdir(os.path.join(into, "trust"))


def _folder(pack: str) -> Path:
    folder = Path(pack) if os.sep in pack or os.path.isfile(os.path.join(pack, "pack.yaml")) else Path(packs_folder(), pack)
    if not (folder / "pack.yaml").is_file():
        carried = ", ".join(sorted(each.name for each in Path(packs_folder()).iterdir() if (each / "pack.yaml").is_file()))
        raise UserError(f"there is no pack '{pack}'", f"give the path of one, or one that packgate carries: {carried}")
    return folder.resolve()


def _built(folder: Path, stage: str | None, revision: int, now: str) -> Built:
    """The bundle of a pack. Another stage is written into a copy of its repository: a bundle's sources say what the bundle does."""
    facts = Facts(stage or "block", revision, now, days=_DAYS)
    if stage is None:
        return _build(folder, facts)
    with TemporaryDirectory(prefix="packgate-pack-") as place:
        copy = _copied(folder, Path(place))
        (copy / _ROLLOUT).write_text(f"pack: {stage}\n", encoding="utf-8")
        return _build(copy, facts)


def _copied(folder: Path, place: Path) -> Path:
    """A pack copied with the repository around it, or with the packs beside it."""
    root = find_root(str(folder))
    if root is not None:
        for name in ("packs", "context", "testcases"):
            if os.path.isdir(os.path.join(root, name)):
                shutil.copytree(os.path.join(root, name), place / name)
        settings = os.path.join(root, "packgate.yaml")
        if os.path.isfile(settings):
            shutil.copy(settings, place)
        return place / os.path.relpath(folder, root)
    shutil.copytree(folder.parent, place / "packs")
    return place / "packs" / folder.name


def _build(folder: Path, facts: Facts) -> Built:
    opened = open_pack(folder, facts.created[:10])
    if opened.result is None or opened.result.pack is None:
        raise Unfit(opened.findings)
    return build(opened.space, opened.result, facts)


def _activate(into: str, built: Sequence[Built], now: str, assignments: bytes | None = None) -> list[str]:
    bundles = [open_bundle(each.data, now=now) for each in built]
    joined(bundles, assignments).gate()
    staged = activation.stage(into)
    named = None if assignments is None else f"sha256:{digest(assignments)}"
    index = to_bytes(Index(tuple(sorted((entry_of(bundle) for bundle in bundles), key=lambda entry: entry.pack)), named))
    for name, data in [(INDEX, index), *((each.name, each.data) for each in built)]:
        Path(staged, name).write_bytes(data)
    if assignments is not None:
        Path(staged, ASSIGNMENTS).write_bytes(assignments)
    files = {bundle.manifest.pack: each.name for bundle, each in zip(bundles, built, strict=True)}
    activation.activate(into, staged, activation.snapshot_name(index, sorted(files)), bundles, files, assignments is not None, now)
    activation.sweep(into, read_active(into))
    return [f"{bundle.manifest.pack} {bundle.manifest.version}" for bundle in bundles]
