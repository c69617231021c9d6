"""Pull: bring a folder of bundles up to date with a repository. All of the new snapshot becomes active in one step, or nothing changes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from packgate.bundle import activation
from packgate.bundle.canonical import digest
from packgate.bundle.distrust import AnotherPull, DiskFailed, IndexMalformed, PackUnknown, Unloadable
from packgate.bundle.durable import Busy, locked
from packgate.bundle.index import ASSIGNMENTS, INDEX, Index, entry_of, from_bytes
from packgate.bundle.installed import Installed, joined, read_active
from packgate.bundle.refusals import Refused
from packgate.bundle.trust import Client, anchor
from packgate.bundle.verify import open_bundle
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.bundle.fetch import Network
    from packgate.bundle.index import Entry
    from packgate.bundle.installed import Active
    from packgate.bundle.verify import Bundle


@dataclass(frozen=True, slots=True)
class Pulled:
    """How a pull ended well. ``entries``: what is active now. ``changed``: the packs whose bundle is another than before."""

    entries: tuple[Entry, ...]
    changed: tuple[str, ...]
    activated: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where to pull from and into. ``root``: the root that the user trusts, needed the first time. ``packs``: empty for all."""

    address: str
    into: str
    network: Network
    root: bytes | None = None
    packs: Sequence[str] = field(default_factory=tuple)


def pull(source: Source, now: str) -> Pulled:
    """Refresh metadata, fetch, verify and load the snapshot, then activate it. ``now``: RFC 3339.

    Raises `Refused` (what was active stays active), `UserError` for a wrong call.
    """
    try:
        # Whoever can write it decides what an enforcement point allows, whatever the mask of the process lets through.
        os.makedirs(source.into, mode=0o755, exist_ok=True)
        with locked(source.into):
            activation.sweep(source.into, read_active(source.into))
            return _pull(source, now)
    except Busy:
        raise AnotherPull(f"another pull into {source.into} is running") from None
    except OSError as error:
        raise DiskFailed(f"{error.filename or source.into}: {error.strerror or error}") from error


def _pull(source: Source, now: str) -> Pulled:
    active = read_active(source.into)
    trust = os.path.join(source.into, "trust")
    os.makedirs(trust, exist_ok=True)
    if source.root is not None:
        anchor(trust, source.root)
    metadata, targets = addresses(source.address)
    client = Client(trust, metadata, targets, source.network)
    client.refresh()
    stage = activation.stage(source.into)
    index_data = _fetch(client, INDEX, stage)
    wanted = _wanted(from_bytes(index_data), source.packs)
    name = activation.snapshot_name(index_data, [one.pack for one in wanted.entries])
    changed = tuple(one.pack for one in wanted.entries if active is None or active.files.get(one.pack) != one.file)
    if active is not None and active.snapshot == name and _whole(os.path.join(source.into, "snapshots", name), wanted, active, now):
        activation.discard(stage)
        return Pulled(wanted.entries, (), False)
    for entry in wanted.entries:
        _fetch(client, entry.file, stage)
    if wanted.assignments is not None:
        _fetch(client, ASSIGNMENTS, stage)
    loaded = _loaded(stage, wanted, active, now)
    files = {one.pack: one.file for one in wanted.entries}
    activation.activate(source.into, stage, name, loaded.bundles, files, loaded.assignments is not None, now)
    return Pulled(wanted.entries, changed, True)


def addresses(address: str) -> tuple[str, str]:
    """The addresses of metadata and of targets of a repository, given by its address or by a local folder. Raises `UserError`."""
    if "://" not in address:
        if not os.path.isdir(address):
            raise UserError(f"{address}: no such folder", "give the folder that packgate bundle publish wrote, or its http address")
        address = "file://" + quote(os.path.abspath(address))
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https", "file"} or (parts.scheme != "file" and not parts.hostname):
        raise UserError("the address of a repository begins with https://, http:// or file://", "or is a local folder")
    if parts.username is not None or parts.query or parts.fragment:
        raise UserError("the address of a repository has no login, query or fragment: files are fetched below it")
    base = address.rstrip("/")
    return base, f"{base}/targets"


def _wanted(index: Index, packs: Sequence[str]) -> Index:
    unknown = sorted(set(packs) - {one.pack for one in index.entries})
    if unknown:
        raise PackUnknown(f"not published: {', '.join(unknown)}")
    return Index(tuple(one for one in index.entries if not packs or one.pack in packs), index.assignments)


def _fetch(client: Client, name: str, stage: str) -> bytes:
    with open(client.target(name, os.path.join(stage, name)), "rb") as file:
        return file.read()


def _whole(folder: str, index: Index, active: Active, now: str) -> bool:
    """Whether what is in use is still what was activated; files that were altered or lost on the disk are fetched again."""
    try:
        _loaded(folder, index, active, now)
    except (Refused, OSError):
        return False
    return True


def _loaded(folder: str, index: Index, active: Active | None, now: str) -> Installed:
    """The staged snapshot, verified against the index, against the clock and what was held before, and loaded to a gate."""
    bundles: list[Bundle] = []
    for entry in index.entries:
        with open(os.path.join(folder, entry.file), "rb") as file:
            data = file.read()
        bundle = open_bundle(data, now=now, floor=None if active is None else active.held.get(entry.pack), pack=entry.pack, name=entry.file)
        if entry_of(bundle, entry.ungated) != entry:
            raise IndexMalformed(f"the index says other things about {entry.pack} than its bundle does")
        bundles.append(bundle)
    assignments = None
    if index.assignments is not None:
        with open(os.path.join(folder, ASSIGNMENTS), "rb") as file:
            assignments = file.read()
        if f"sha256:{digest(assignments)}" != index.assignments:
            raise IndexMalformed("the assignments are not those that the index names")
    loaded = joined(bundles, assignments)
    try:
        loaded.gate()
    except Exception as error:  # whatever compiling raises: with such a snapshot nothing could be decided
        raise Unloadable(f"no gate can be built: {type(error).__name__}: {error}") from error
    return loaded
