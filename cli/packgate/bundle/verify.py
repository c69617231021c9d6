"""Open a bundle, or refuse it: bytes in, a whole bundle or the reason out. No disk, no clock, no network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate import __version__
from packgate.bundle.archive import check_form, read_archive
from packgate.bundle.canonical import digest
from packgate.bundle.compiled import COMPILED
from packgate.bundle.compressed import refuse_compressed
from packgate.bundle.limits import DEFAULT, Limits
from packgate.bundle.manifest import MANIFEST, Manifest, read_manifest
from packgate.bundle.names import file_name
from packgate.bundle.provenance import PROVENANCE
from packgate.bundle.refusals import (
    ArchiveTooLarge,
    EngineTooOld,
    Expired,
    LowerRevision,
    MemberAltered,
    MemberExtra,
    MemberMissing,
    NotCanonical,
    NotYetValid,
    SameRevisionOtherContent,
    WrongName,
    WrongPack,
)
from packgate.times import moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.bundle.loaded import Loaded
    from packgate.model.policy import Pack


@dataclass(frozen=True, slots=True)
class Held:
    """What is installed now. ``digest``: the manifest's, ``sha256:…``."""

    pack: str
    revision: int
    digest: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was verified. ``members``: every member's bytes by name, the manifest aside; ``size``: the archive's, in bytes."""

    manifest: Manifest
    members: Mapping[str, bytes]
    size: int

    @property
    def held(self) -> Held:
        """What an enforcement point notes once this bundle is active."""
        return Held(self.manifest.pack, self.manifest.revision, self.manifest.digest)

    def packs(self) -> tuple[Pack, ...]:
        """The pack, ready for a gate. Raises `Refused` (`NotLoadable`)."""
        return self.load().packs

    def load(self) -> Loaded:
        """The pack with all that decisions need; no YAML is read. Raises `Refused` (`NotLoadable`)."""
        from packgate.bundle.loaded import load

        return load(self)


def open_bundle(
    data: bytes, *, now: str, floor: Held | None = None, limits: Limits = DEFAULT, pack: str | None = None, name: str | None = None,
    engine: str = __version__,
) -> Bundle:
    """The bundle in these bytes.

    ``now``: RFC 3339; ``floor``: what is installed, below which nothing goes: an earlier content at a higher revision is taken, a
    lower revision is not; ``pack``: the pack that was asked for; ``name``: what the file is called; ``engine``: this packgate's version.
    Signatures are TUF's and are checked before. Raises `Refused`, and `ValueError` when ``now`` is no time.
    """
    time = moment(now)
    if time is None:
        raise ValueError(f"not a time: {now!r}")
    bundle = read_bundle(data, limits)
    manifest = bundle.manifest
    _check_identity(manifest, pack, name)
    _check_engine(manifest, engine)
    _check_time(manifest, time)
    if floor is not None:
        _check_floor(manifest, floor)
    return bundle


def read_bundle(data: bytes, limits: Limits = DEFAULT) -> Bundle:
    """A whole bundle, whenever and for whomever it holds: for showing and comparing. Raises `Refused`."""
    if len(data) > limits.archive:
        raise ArchiveTooLarge(f"the file has {len(data)} bytes; {limits.archive} are allowed")
    refuse_compressed(data, limits)
    members = read_archive(data, limits)
    if MANIFEST not in members:
        raise MemberMissing("the archive has no manifest.json")
    manifest = read_manifest(members[MANIFEST])
    contents = {member: content for member, content in members.items() if member != MANIFEST}
    _check_members(manifest, contents)
    if list(members) != [MANIFEST, *sorted(contents)]:
        raise NotCanonical("the members do not stand in the order of a builder: the manifest, then the others by name")
    check_form(members, data)
    return Bundle(manifest, contents, len(data))


def _check_members(manifest: Manifest, members: Mapping[str, bytes]) -> None:
    for member in (COMPILED, PROVENANCE):
        if member not in manifest.members:
            raise MemberMissing(f"the manifest does not list '{member}', which every bundle has")
    for member in sorted(set(manifest.members) - set(members)):
        raise MemberMissing(f"the manifest lists '{member}', which the archive lacks")
    for member in sorted(set(members) - set(manifest.members)):
        raise MemberExtra(f"the archive has '{member}', which the manifest does not list")
    for member, content in members.items():
        said = manifest.members[member]
        if (len(content), digest(content)) != (said.size, said.sha256):
            raise MemberAltered(f"'{member}' is not what the manifest describes")


def _check_identity(manifest: Manifest, pack: str | None, name: str | None) -> None:
    if pack is not None and manifest.pack != pack:
        raise WrongPack(f"this is a bundle of '{manifest.pack}', not of '{pack}'")
    if name is not None and name != file_name(manifest):
        raise WrongName(f"the file is called '{name}', but its manifest makes it '{file_name(manifest)}'")


def _check_engine(manifest: Manifest, engine: str) -> None:
    if _numbers(engine) < _numbers(manifest.minimum_engine):
        raise EngineTooOld(f"the bundle needs packgate {manifest.minimum_engine} or later; this is {engine}")


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version; what follows them (``rc1``, ``.dev0``) does not count."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _check_time(manifest: Manifest, now: str) -> None:
    if now < manifest.not_before:
        raise NotYetValid(f"the bundle holds from {manifest.not_before} on; it is {now}")
    if now >= manifest.expires:
        raise Expired(f"the bundle expired at {manifest.expires}; it is {now}")


def _check_floor(manifest: Manifest, floor: Held) -> None:
    if manifest.pack != floor.pack:
        raise WrongPack(f"this is a bundle of '{manifest.pack}'; installed is '{floor.pack}'")
    if manifest.revision < floor.revision:
        raise LowerRevision(f"revision {manifest.revision} is lower than the installed {floor.revision}")
    if manifest.revision == floor.revision and manifest.digest != floor.digest:
        raise SameRevisionOtherContent(f"revision {manifest.revision} is installed with other content ({floor.digest[:19]}…)")
