"""What a release follows from: the one before it, or for a rollback the one that it restores. A record may name any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.bundle.unproven import ReleaseDisagrees, ReleaseUnknown
from packgate.engine.stages import STAGE_RANK
from packgate.release.cut import FIRST_STAGE
from packgate.release.history import fetch_hint

if TYPE_CHECKING:
    from packgate.bundle.manifest import Manifest
    from packgate.release.history import History
    from packgate.release.tags import Release


def agree(said: Manifest, release: Release) -> None:
    """That a bundle says of itself what its tag says. Raises `ReleaseDisagrees`."""
    pairs = {
        "pack": (said.pack, release.name.pack), "version": (said.version, release.name.version), "stage": (said.stage, release.name.stage),
        "revision": (said.revision, release.revision), "commit": (said.commit, release.commit), "time": (said.created, release.time),
    }
    wrong = [f"{name} {mine}, and the tag {theirs}" for name, (mine, theirs) in pairs.items() if mine != theirs]
    if wrong:
        raise ReleaseDisagrees(f"the bundle of {release.tag} says {'; '.join(wrong)}")


def origin(release: Release, history: History) -> Release | None:
    """What a release builds on; None for a first one. Raises `Refused`: when that is not here, is not the release before, or when a
    rollback or a promotion has other content than it."""
    if release.record.restores is not None:
        found = _named(release, release.record.restores, history)
        if STAGE_RANK[release.name.stage] > STAGE_RANK[found.name.stage]:
            raise ReleaseDisagrees(f"{release.tag} restores {found.tag}, at a higher stage than it had")
        _same_commit(release, found, "restores")
        return found
    newest = max(_earlier(release, history), key=lambda each: each.revision, default=None)
    wanted = release.record.previous
    before = None if wanted is None else _named(release, wanted, history)
    if before != newest:
        is_so = "none" if newest is None else newest.tag
        raise ReleaseDisagrees(f"{release.tag} says that it follows {wanted or 'no release'}; the release before it is {is_so}")
    if before is not None and STAGE_RANK[release.name.stage] > STAGE_RANK[before.name.stage]:
        _same_commit(release, before, "promotes")
        _same_version(release, history)
    return before


def rises(release: Release, before: Release | None) -> bool:
    """Whether a release stands at a higher stage than the one that it builds on, which gates have to allow."""
    return STAGE_RANK[release.name.stage] > STAGE_RANK[stage_of(before)]


def stage_of(release: Release | None) -> str:
    """The stage that a pack has come to: before any release, that of a first one."""
    return FIRST_STAGE if release is None else release.name.stage


def _earlier(release: Release, history: History) -> list[Release]:
    return [each for each in history.of(release.name.pack) if each.revision < release.revision]


def _named(release: Release, tag: str, history: History) -> Release:
    for each in _earlier(release, history):
        if each.tag == tag:
            return each
    raise ReleaseUnknown(f"{release.tag} builds on {tag}, which is no valid release before it", fetch_hint(history.shallow))


def _same_commit(release: Release, other: Release, does: str) -> None:
    if (release.commit, release.name.version) != (other.commit, other.name.version):
        raise ReleaseDisagrees(f"{release.tag} {does} {other.tag}, but stands on another commit or has another version")


def _same_version(release: Release, history: History) -> None:
    """Events name a version: those of one content must not speak for another one with its number."""
    for each in _earlier(release, history):
        if each.name.version == release.name.version and each.commit != release.commit:
            raise ReleaseDisagrees(f"{release.tag}: its version stands on another commit too, as {each.tag}: events can't tell them apart")
