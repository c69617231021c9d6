"""The releases of a repository, read from its tags; what looks like a release and is none is told, never believed."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.errors import UserError
from packgate.release.record import HIGHEST_REVISION, DamagedRecord, read_message
from packgate.release.signing import allowed_signers
from packgate.release.tags import Release, parse_tag
from packgate.source.workspace import find_root
from packgate.times import from_epoch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packgate.gitio import Repository, Tag


@dataclass(frozen=True, slots=True)
class InvalidTag:
    """A tag with the name of a release that is none; ``reason`` is a clause about it: "its record is cut off"."""

    name: str
    pack: str
    reason: str


@dataclass(frozen=True, slots=True)
class History:
    """What the tags say. ``releases`` by pack, then revision, lowest first; ``claimed``: the highest revision by pack that any tag
    claims, invalid ones included, so that a new one is above all of them; ``shallow``: the clone may lack tags and commits."""

    releases: tuple[Release, ...]
    invalid: tuple[InvalidTag, ...]
    claimed: dict[str, int]
    shallow: bool = False

    def of(self, pack: str) -> list[Release]:
        """The releases of a pack, lowest revision first."""
        return [each for each in self.releases if each.name.pack == pack]

    def newest(self, pack: str) -> Release | None:
        """The release of a pack with the highest revision."""
        return max(self.of(pack), key=lambda each: each.revision, default=None)

    def next_revision(self, pack: str) -> int:
        """A revision above all that were ever claimed."""
        return self.claimed.get(pack, 0) + 1

    def find(self, tag: str) -> Release:
        """A release by its tag. Raises `UserError` when there is none, or when the tag is not valid."""
        for release in self.releases:
            if release.tag == tag:
                return release
        for each in self.invalid:
            if each.name == tag:
                raise UserError(f"the tag '{tag}' is not a release that can be trusted: {each.reason}", "packgate status lists such tags")
        names = [each.tag for each in self.releases]
        near = difflib.get_close_matches(tag, names, 1)
        hint = f"did you mean '{near[0]}'?" if near else fetch_hint(self.shallow)
        raise UserError(f"there is no release '{tag}'", hint)

    def missing(self) -> list[tuple[Release, str]]:
        """Releases whose predecessor, by its tag, is not here."""
        known = {each.tag for each in self.releases} | {each.name for each in self.invalid}
        pairs = [(each, each.record.previous) for each in self.releases]
        return [(each, before) for each, before in pairs if before is not None and before not in known]


def fetch_hint(shallow: bool) -> str:
    """How to get the tags that a clone lacks."""
    if shallow:
        return "this clone is shallow: git fetch --tags --unshallow (actions/checkout: fetch-depth: 0)"
    return "git fetch --tags, then packgate status"


def read_history(repository: Repository, pack: str | None = None) -> History:
    """The history of all packs, or of one. Signatures are held against the settings' allowed signers, where they name any."""
    signers = allowed_signers(find_root(repository.start) or repository.root)
    good: list[Release] = []
    invalid: list[InvalidTag] = []
    claimed: dict[str, int] = {}
    for tag in repository.tags("" if pack is None else f"{pack}/"):
        name = parse_tag(tag.name)
        if name is None:
            continue
        try:
            release = _read(repository, tag, signers)
        except DamagedRecord as error:
            invalid.append(InvalidTag(tag.name, name.pack, str(error)))
            revision = _claim(tag)
        else:
            good.append(release)
            revision = release.revision
        claimed[name.pack] = max(claimed.get(name.pack, 0), revision)
    valid, clashing = _apart(good)
    order = sorted(valid, key=lambda each: (each.name.pack, each.revision))
    return History(tuple(order), tuple(sorted([*invalid, *clashing], key=lambda each: each.name)), claimed, repository.is_shallow())


def releases(repository: Repository, pack: str | None = None) -> list[Release]:
    """The valid releases, by pack, then by revision, lowest first."""
    return list(read_history(repository, pack).releases)


def newest(repository: Repository, pack: str) -> Release | None:
    """The valid release of a pack with the highest revision; None when there is none."""
    return read_history(repository, pack).newest(pack)


def find(repository: Repository, tag: str) -> Release:
    """A valid release by its tag's name. Raises `UserError` with a hint."""
    name = parse_tag(tag)
    if name is None:
        raise UserError(f"'{tag}' is not the name of a release", "a release is named PACK/vX.Y.Z-STAGE, such as recommended/v1.4.0-warn")
    return read_history(repository, name.pack).find(tag)


def read_release(repository: Repository, tag: Tag, signers: str | None) -> Release:
    """One tag by itself, without its neighbours. Raises `DamagedRecord` with the reason."""
    return _read(repository, tag, signers)


def _read(repository: Repository, tag: Tag, signers: str | None) -> Release:
    name = parse_tag(tag.name)
    if name is None:
        raise DamagedRecord("its name is not that of a release")
    if not tag.annotated:
        raise DamagedRecord("it is a lightweight tag, made by hand: it records nothing")
    if tag.inner != tag.name:
        raise DamagedRecord(f"it was made under another name, '{tag.inner}'")
    if tag.kind != "commit":
        raise DamagedRecord(f"it points at a {tag.kind}, not at a commit")
    if tag.trailing:
        raise DamagedRecord("text follows its signature")
    record = read_message(tag.message)
    wrong = [
        what for what, said, is_so in (
            ("pack", record.pack, name.pack), ("version", record.version, name.version), ("stage", record.stage, name.stage),
            ("commit", record.commit, tag.target), ("time", record.time, from_epoch(tag.time)),
            ("revision", record.revision, name.again or record.revision),
        ) if said != is_so
    ]
    if wrong:
        raise DamagedRecord(f"its record and the tag disagree about its {' and '.join(wrong)}")
    signed = _principal(repository, tag, signers)
    return Release(name, record.revision, tag.target, from_epoch(tag.time), tag.tagger, record, signed, tag.object)


def _principal(repository: Repository, tag: Tag, signers: str | None) -> str | None:
    """Who signed, None for an unsigned tag or where no signers are named. Raises `DamagedRecord` for a signature that is not good."""
    if tag.signature is None or signers is None:
        return None
    found = repository.verify_tag(tag, signers)
    if found.principal is None:
        raise DamagedRecord(f"its signature is not good: {found.reason}")
    return found.principal


def _claim(tag: Tag) -> int:
    """The revision that a tag claims which is not valid, 0 for none."""
    name = parse_tag(tag.name)
    spelt = 0 if name is None or name.again is None or name.again > HIGHEST_REVISION else name.again
    try:
        return max(spelt, read_message(tag.message).revision)
    except DamagedRecord:
        return spelt


def _apart(found: Iterable[Release]) -> tuple[list[Release], list[InvalidTag]]:
    """Releases that can stand beside each other, and those that can't."""
    everything = list(found)
    by_tag = {each.tag: each for each in everything}
    kept: list[Release] = []
    wrong: list[InvalidTag] = []
    for release in everything:
        reason = _clash(release, everything) or _order(release, by_tag) or _stripped(release, everything)
        if reason is None:
            kept.append(release)
        else:
            wrong.append(InvalidTag(release.tag, release.name.pack, reason))
    return kept, wrong


def _clash(release: Release, everything: list[Release]) -> str | None:
    """Two tags with one revision: neither is believed, unless one alone is signed by an allowed signer."""
    rivals = [
        each for each in everything
        if each.name.pack == release.name.pack and each.revision == release.revision and each.tag != release.tag
    ]
    if not rivals or (release.signed and not any(each.signed for each in rivals)):
        return None
    return f"its revision {release.revision} is claimed by {', '.join(each.tag for each in rivals)} too"


def _order(release: Release, by_tag: dict[str, Release]) -> str | None:
    before = by_tag.get(release.record.previous or "")
    if before is None:
        return None
    if before.name.pack != release.name.pack:
        return f"its predecessor {before.tag} is of another pack"
    if before.revision >= release.revision:
        return f"its revision {release.revision} is not above {before.revision}, that of its predecessor {before.tag}"
    return None


def _stripped(release: Release, everything: list[Release]) -> str | None:
    """Once a pack's releases are signed, later ones have to be."""
    signed = [each for each in everything if each.name.pack == release.name.pack and each.signed and each.revision < release.revision]
    if release.signed or not signed:
        return None
    return f"it is not signed, and releases of the pack are since {min(signed, key=lambda each: each.revision).tag}"
