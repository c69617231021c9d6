"""Publish bundles and assignments as one consistent, signed snapshot in a folder for any static host."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.bundle.assigned import read_assignments
from packgate.bundle.canonical import digest
from packgate.bundle.durable import locked
from packgate.bundle.index import ASSIGNMENTS, INDEX, Entry, Index, entry_of, from_bytes, to_bytes
from packgate.bundle.installed import joined
from packgate.bundle.repository import Published, Writer, read_published
from packgate.bundle.verify import Held, open_bundle
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from packgate.bundle.keys import KeyFolder
    from packgate.bundle.verify import Bundle


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was published: the index, the packs that changed with it, and the version of every role's metadata."""

    index: Index
    changed: tuple[str, ...]
    versions: Mapping[str, int]


def publish(
    folder: str, files: Mapping[str, bytes], keys: KeyFolder, now: str, *, assignments: bytes | None = None,
    days: Mapping[str, int] | None = None, check: Callable[[Bundle, Entry | None], None] | None = None, ungated: str | None = None,
) -> Snapshot:
    """Add bundles to what a folder publishes, and sign the snapshot; without bundles, sign again what is there.

    ``files``: bundle files by the name that messages call them. ``now``: RFC 3339. ``assignments`` replaces those that are published; None
    keeps them. ``days``: how long a role's signature is good, where it isn't as the keys say. ``check`` is asked about every new bundle,
    with the entry of the pack that is published (do the gates allow what its tag claims?), and raises `Refused` or `UserError`.
    ``ungated``: why there is no check, which the index tells of the new bundles.

    Raises `Refused` for a bundle that a client would refuse (a lower revision than the published one, the same with other content),
    `UserError` for keys, folders and files that can't be used. Nothing is written before everything was checked.
    """
    _apart(folder, keys.path)
    keys.root()
    os.makedirs(folder, exist_ok=True)
    with locked(folder):
        published = read_published(folder)
        old = _old_index(published)
        bundles = {name: _opened(data, old, now, check) for name, data in files.items()}
        targets, index = _next(published, old, bundles, files, assignments, ungated)
        _loads_together(targets, index, now)
        versions = Writer(published, keys, now, dict(days or {})).write({**targets, INDEX: to_bytes(index)})
    changed = tuple(one.pack for one in index.entries if old.of(one.pack) != one)
    return Snapshot(index, changed, versions)


def _opened(data: bytes, old: Index, now: str, check: Callable[[Bundle, Entry | None], None] | None) -> Bundle:
    bundle = open_bundle(data, now=now)
    entry = old.of(bundle.manifest.pack)
    if entry is not None:
        open_bundle(data, now=now, floor=Held(entry.pack, entry.revision, entry.digest))
    if check is not None and not _is_published(entry, bundle):
        check(bundle, entry)
    return bundle


def _next(
    published: Published, old: Index, bundles: Mapping[str, Bundle], files: Mapping[str, bytes], assignments: bytes | None,
    ungated: str | None,
) -> tuple[dict[str, bytes], Index]:
    """The targets of the next snapshot, the index aside, and the index."""
    entries: dict[str, Entry] = {}
    targets: dict[str, bytes] = {}
    for name, bundle in bundles.items():
        known = old.of(bundle.manifest.pack)
        entry = known if known is not None and _is_published(known, bundle) else entry_of(bundle, ungated)
        if entry.pack in entries:
            raise UserError(f"{name}: a snapshot has one bundle of a pack, and {entry.pack} was given twice")
        entries[entry.pack] = entry
        targets[entry.file] = files[name]
    for entry in old.entries:
        if entry.pack not in entries:
            entries[entry.pack] = entry
            targets[entry.file] = _kept(published, entry.file)
    if not entries:
        raise UserError("there is nothing to publish yet", "--from BUNDLE names a bundle that packgate bundle build made")
    if assignments is None and old.assignments is not None:
        assignments = _kept(published, ASSIGNMENTS)
    if assignments is not None:
        read_assignments(assignments, ASSIGNMENTS)
        targets[ASSIGNMENTS] = assignments
    named = None if assignments is None else f"sha256:{digest(assignments)}"
    return targets, Index(tuple(entries[pack] for pack in sorted(entries)), named)


def _is_published(entry: Entry | None, bundle: Bundle) -> bool:
    return entry is not None and entry.digest == bundle.manifest.digest


def _loads_together(targets: Mapping[str, bytes], index: Index, now: str) -> None:
    """What no client could activate is not published. A bundle that has expired since can only be replaced by a newer one."""
    bundles: Sequence[Bundle] = [open_bundle(targets[one.file], now=now, pack=one.pack, name=one.file) for one in index.entries]
    joined(bundles, targets.get(ASSIGNMENTS)).gate()


def _old_index(published: Published) -> Index:
    data = published.target(INDEX)
    return Index(()) if data is None else from_bytes(data)


def _kept(published: Published, name: str) -> bytes:
    data = published.target(name)
    if data is None:
        raise UserError(f"{published.path}: the published index names {name}, which the repository lacks")
    return data


def _apart(folder: str, keys: str) -> None:
    """Whoever serves the folder must not serve the keys."""
    one, other = os.path.realpath(folder), os.path.realpath(keys)
    if os.path.commonpath([one, other]) in {one, other}:
        raise UserError(f"{keys} and {folder} lie in one another: the private keys would be served", "keep keys in a folder of their own")
