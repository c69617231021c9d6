"""Roll back: the earlier content again, as a new release with a higher revision. Nothing is deleted or moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate import __version__
from packgate.errors import UserError
from packgate.impact.summary import headline
from packgate.release.content import open_content
from packgate.release.cut import Refused, change_of, check_history_here, compare_contents, draft_of
from packgate.release.evidence import evidence_lines, gather
from packgate.release.history import fetch_hint, read_history
from packgate.release.record import Record
from packgate.release.tagging import check_trusted, seconds_of
from packgate.times import from_epoch

if TYPE_CHECKING:
    from packgate.gitio import Repository
    from packgate.impact.compare import Comparison
    from packgate.release.history import History
    from packgate.release.tagging import Draft
    from packgate.release.tags import Release
    from packgate.source.cache import ValidationCache


@dataclass(frozen=True, slots=True)
class Rollback:
    """A rollback, planned. ``of`` is what holds now, ``to`` what comes back; ``comparison`` says what that changes, None when the content
    of ``of`` does not load with this packgate."""

    of: Release
    to: Release
    draft: Draft
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class WantedRollback:
    """What is asked for. ``to``: a tag, None for the release before; ``time`` (RFC 3339) dates the tag; ``sign``: whether it will be
    signed."""

    pack: str
    time: str
    to: str | None = None
    reason: str | None = None
    sign: bool = False


def plan_rollback(repository: Repository, wanted: WantedRollback, cache: ValidationCache | None = None) -> Rollback:
    """The rollback of a pack, checked. Raises `UserError` when there is nothing to go back to, `Refused` when the earlier content does not
    load with this packgate. Failing tests don't keep anybody from going back; they are recorded."""
    history = read_history(repository, wanted.pack)
    check_trusted(history, wanted.pack, wanted.sign)
    newest = history.newest(wanted.pack)
    if newest is None:
        raise UserError(f"'{wanted.pack}' was never released", fetch_hint(history.shallow))
    target = _named(history, newest, wanted.to) if wanted.to is not None else earlier(history, newest)
    check_history_here(repository, target)
    now = from_epoch(seconds_of(wanted.time))
    with open_content(repository, target.commit, wanted.pack, cache) as content:
        evidence = gather(content, now[:10], cache)
        if not content.loads:
            raise Refused(evidence.findings)
        comparison = None
        if repository.knows(newest.commit):
            with open_content(repository, newest.commit, wanted.pack, cache) as before:
                comparison = compare_contents(before, content, (newest.tag, target.tag), now, cache)
        record = Record(
            pack=wanted.pack, version=target.name.version, stage=target.name.stage, revision=history.next_revision(wanted.pack),
            commit=target.commit, digest=content.digest, time=now, packgate=__version__, previous=newest.tag, evidence=evidence.figures,
            change=change_of(comparison), rollback_of=newest.tag, restores=target.tag, reason=wanted.reason,
            assignment=target.record.assignment,
        )
    told = [f"Rolls back {newest.tag} to {target.tag}, as a release of its own.", *([f"Reason: {wanted.reason}"] if wanted.reason else [])]
    told += stage_lines(newest, target) + ([headline(comparison)] if comparison is not None else [])
    if content_differs(target, record):
        told.append(f"The content is not what {target.tag} recorded: a base pack that packgate carries has changed since.")
    return Rollback(newest, target, draft_of(repository, record, (*told, *evidence_lines(evidence.figures))), comparison)


def content_differs(target: Release, record: Record) -> bool:
    """Whether a commit's content has another digest than its release recorded."""
    return target.record.digest != record.digest


def stage_lines(newest: Release, target: Release) -> list[str]:
    """What becomes of the stage."""
    before, after = newest.name.stage, target.name.stage
    return [] if before == after else [f"The stage {before} of the release becomes {after}."]


def earlier(history: History, newest: Release) -> Release:
    """The release to go back to: the last one before what holds now that has other content or another stage. What a rollback took out
    of force is passed over, so that a second rollback goes further back, not forth. Raises `UserError` when there is none."""
    own = history.of(newest.name.pack)
    by_tag = {each.tag: each for each in own}
    taken_out = {each.record.rollback_of for each in own}
    here = newest
    while here.record.restores is not None and here.record.restores in by_tag:
        here = by_tag[here.record.restores]
    for each in reversed(own):
        differs = (each.record.digest, each.name.stage) != (newest.record.digest, newest.name.stage)
        if each.revision < here.revision and each.tag not in taken_out and differs:
            return each
    hint = fetch_hint(True) if history.shallow else "name one with --to; packgate status lists what is there"
    raise UserError(f"there is no release of '{newest.name.pack}' before {here.tag} to go back to", hint)


def _named(history: History, newest: Release, tag: str) -> Release:
    target = history.find(tag)
    if target.name.pack != newest.name.pack:
        raise UserError(f"{tag} is not a release of '{newest.name.pack}'")
    if (target.record.digest, target.name.stage) == (newest.record.digest, newest.name.stage):
        raise UserError(f"{tag} is what holds now, as {newest.tag}" if target != newest else f"{tag} is what holds now")
    return target
