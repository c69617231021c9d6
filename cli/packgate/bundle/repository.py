"""A TUF repository in a folder for any static host: what it holds, and the next snapshot, written so that no reader sees half of it.

    DIR/<version>.root.json, <version>.targets.json, <version>.snapshot.json, timestamp.json
    DIR/targets/<sha256>.<name>

Metadata and targets are written under names that nobody reads before `timestamp.json`, which is replaced last and in one step.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, T, TargetFile, Targets, Timestamp

from packgate.bundle.durable import write_whole
from packgate.bundle.roles import expiry, utc
from packgate.errors import UserError

if TYPE_CHECKING:
    from datetime import datetime

    from packgate.bundle.keys import KeyFolder


@dataclass(slots=True)
class Published:
    """What a folder holds: the newest metadata that `timestamp.json` leads to; None where there is none yet."""

    path: str
    root: Root | None = None
    targets: Metadata[Targets] | None = None
    snapshot: Metadata[Snapshot] | None = None
    timestamp: Metadata[Timestamp] | None = None

    def target(self, name: str) -> bytes | None:
        """The content of a target, checked against its digest; None when there is none of that name. Raises `UserError`."""
        info = None if self.targets is None else self.targets.signed.targets.get(name)
        if info is None:
            return None
        path = target_file(self.path, name, info.hashes["sha256"])
        data = _read(path)
        try:
            info.verify_length_and_hashes(data)
        except RepositoryError:
            raise UserError(f"{path} is not what the repository's metadata says", "the folder was changed by something else") from None
        return data


def read_published(path: str) -> Published:
    """Read a repository's folder, following `timestamp.json` as a reader would. Raises `UserError`."""
    found = Published(path)
    version = 1
    while os.path.exists(name := os.path.join(path, f"{version}.root.json")):
        found.root = _load(name, Root).signed
        version += 1
    stamp = os.path.join(path, "timestamp.json")
    if not os.path.exists(stamp):
        return found
    found.timestamp = _load(stamp, Timestamp)
    found.snapshot = _load(os.path.join(path, f"{found.timestamp.signed.snapshot_meta.version}.snapshot.json"), Snapshot)
    found.targets = _load(os.path.join(path, f"{found.snapshot.signed.meta['targets.json'].version}.targets.json"), Targets)
    return found


@dataclass(slots=True)
class Writer:
    """Signs and writes the next snapshot of a repository. ``now`` is RFC 3339; ``days`` overrides how long a role's signature is good."""

    published: Published
    keys: KeyFolder
    now: str
    days: dict[str, int] = field(default_factory=dict)

    def write(self, files: dict[str, bytes]) -> dict[str, int]:
        """Publish ``files`` (target name to content) as the one current set; the versions of all roles. Raises `UserError`."""
        roots = self.keys.roots()
        self._same_chain(roots)
        infos = {name: TargetFile.from_data(name, data, ["sha256"]) for name, data in sorted(files.items())}
        root = roots[-1].signed
        targets = self._targets(root, infos)
        snapshot = self._snapshot(root, targets)
        timestamp = self._timestamp(root, snapshot)
        self._write_files(files, infos)
        # A rotated key's last signature lets readers of the old root and of the new one both accept what stands between the writes.
        # Where the old key is gone, the new root goes first: readers refuse and keep what they have until the timestamp follows.
        late = self.published.root is not None and _accepts(self.published.root, timestamp)
        if not late:
            self._write_roots(roots)
        self._put(f"{targets.signed.version}.targets.json", targets)
        self._put(f"{snapshot.signed.version}.snapshot.json", snapshot)
        self._put("timestamp.json", timestamp)
        if late:
            self._write_roots(roots)
        versions = {"targets": targets.signed.version, "snapshot": snapshot.signed.version, "timestamp": timestamp.signed.version}
        return {"root": root.version, **versions}

    def _write_files(self, files: dict[str, bytes], infos: dict[str, TargetFile]) -> None:
        os.makedirs(os.path.join(self.published.path, "targets"), exist_ok=True)
        for name, info in infos.items():
            path = target_file(self.published.path, name, info.hashes["sha256"])
            if not os.path.exists(path) or _read(path) != files[name]:
                write_whole(path, files[name])

    def _targets(self, root: Root, infos: dict[str, TargetFile]) -> Metadata[Targets]:
        old = self.published.targets
        if old is not None and old.signed.targets == infos and self._stands(root, old):
            return old
        version = 1 if old is None else old.signed.version + 1
        return self._signed(root, Targets(version=version, expires=self._expires("targets"), targets=infos))

    def _snapshot(self, root: Root, targets: Metadata[Targets]) -> Metadata[Snapshot]:
        old = self.published.snapshot
        meta = {"targets.json": _meta(targets)}
        if old is not None and old.signed.meta == meta and self._stands(root, old):
            return old
        version = 1 if old is None else old.signed.version + 1
        return self._signed(root, Snapshot(version=version, expires=self._expires("snapshot"), meta=meta))

    def _timestamp(self, root: Root, snapshot: Metadata[Snapshot]) -> Metadata[Timestamp]:
        old = self.published.timestamp
        version = 1 if old is None else old.signed.version + 1
        return self._signed(root, Timestamp(version=version, expires=self._expires("timestamp"), snapshot_meta=_meta(snapshot)))

    def _expires(self, role: str) -> datetime:
        return expiry(self.now, self.days.get(role) or self.keys.lifetimes()[role])

    def _stands(self, root: Root, metadata: Metadata[T]) -> bool:
        """Whether metadata needs no new signature: its keys still hold, and more than half of its life is left."""
        days = self.days.get(metadata.signed.type) or self.keys.lifetimes()[metadata.signed.type]
        left: timedelta = metadata.signed.expires - utc(self.now)
        return _accepts(root, metadata) and left >= timedelta(days=days) / 2

    def _signed(self, root: Root, signed: T) -> Metadata[T]:
        role: str = signed.type
        before: list[str] = self.published.root.roles[role].keyids if self.published.root is not None else []
        metadata = Metadata(signed)
        for signer in self.keys.signers([*root.roles[role].keyids, *before]):
            metadata.sign(signer, append=True)
        result = root.get_verification_result(role, metadata.signed_bytes, metadata.signatures)
        if not result.verified:
            raise UserError(
                f"{result.missing} of the {result.threshold} {role} keys that must sign are missing",
                f"private keys are read from {self.keys.private}",
            )
        return metadata

    def _same_chain(self, roots: list[Metadata[Root]]) -> None:
        """Readers follow the roots one by one: those that are published must be the key folder's."""
        for version, root in enumerate(roots, 1):
            path = os.path.join(self.published.path, f"{version}.root.json")
            if os.path.exists(path) and _read(path) != root.to_bytes():
                raise UserError(
                    f"{path} is another root than version {version} of {self.keys.path}", "use the keys that this repository began with"
                )
        if self.published.root is not None and self.published.root.version > len(roots):
            newer = self.published.root.version
            raise UserError(f"{self.published.path} has root {newer}, {self.keys.path} only {len(roots)}", "the key folder is an old copy")

    def _write_roots(self, roots: list[Metadata[Root]]) -> None:
        for version, root in enumerate(roots, 1):
            if not os.path.exists(os.path.join(self.published.path, f"{version}.root.json")):
                self._put(f"{version}.root.json", root)

    def _put(self, name: str, metadata: Metadata[T]) -> None:
        path = os.path.join(self.published.path, name)
        data = metadata.to_bytes()
        if not os.path.exists(path) or _read(path) != data:
            write_whole(path, data)


def target_file(folder: str, name: str, digest: str) -> str:
    """Where the content of a target is, under the name that clients ask for."""
    above, slash, last = name.rpartition("/")
    return os.path.join(folder, "targets", f"{above}{slash}{digest}.{last}")


def _meta(metadata: Metadata[T]) -> MetaFile:
    return MetaFile.from_data(metadata.signed.version, metadata.to_bytes(), ["sha256"])


def _accepts(root: Root, metadata: Metadata[T]) -> bool:
    return root.get_verification_result(metadata.signed.type, metadata.signed_bytes, metadata.signatures).verified


def _load(path: str, kind: type[T]) -> Metadata[T]:
    try:
        found = Metadata[T].from_bytes(_read(path))
    except RepositoryError:
        raise UserError(f"{path} is not TUF metadata") from None
    if not isinstance(found.signed, kind):
        raise UserError(f"{path} is metadata of {found.signed.type}")
    return found


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
