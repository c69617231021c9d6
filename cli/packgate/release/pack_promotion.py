"""A whole pack is promoted by a tag: the content of its newest release, at a later stage and a higher revision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packgate import __version__
from packgate.errors import UserError
from packgate.release.history import read_history
from packgate.release.record import Record
from packgate.release.tagging import Draft, check_trusted, make_release, name_for, seconds_of
from packgate.times import from_epoch

if TYPE_CHECKING:
    from packgate.gitio import Repository
    from packgate.release.history import History
    from packgate.release.promotion import Promotion
    from packgate.release.subject import Subject
    from packgate.release.tags import Release


def standing_release(repository: Repository, pack: str) -> tuple[Release, History]:
    """The newest release of a pack. Raises `UserError` when there is none, or its commit is not here."""
    history = read_history(repository, pack)
    last = history.newest(pack)
    if last is None:
        raise UserError(f"the pack '{pack}' was never released, so there is nothing to promote", f"packgate release {pack}")
    if not repository.knows(last.commit):
        raise UserError(f"the commit of {last.tag} is not here", "git fetch --tags")
    return last, history


def at_release(subject: Subject, last: Release, history: History) -> Subject:
    """The pack as it stood by a release, when that was the newest: since when this version had been at this stage."""
    since = last.time
    for release in reversed([each for each in history.of(last.name.pack) if each.revision <= last.revision]):
        if (release.name.version, release.name.stage, release.record.digest) != (last.name.version, last.name.stage, last.record.digest):
            break
        since = release.time
    return replace(subject, version=last.name.version, stage=last.name.stage, since=since)


def promoted(repository: Repository, plan: Promotion, last: Release, history: History, now: str) -> Draft:
    """The release that a plan makes: the same commit and content. Raises `UserError` for a history that can't be built on."""
    pack = last.name.pack
    record = Record(
        pack=pack, version=last.name.version, stage=plan.to, revision=history.next_revision(pack), commit=last.commit,
        digest=last.record.digest, time=from_epoch(seconds_of(now)), packgate=__version__, previous=last.tag,
        evidence=last.record.evidence, gates=[gate.as_json() for gate in plan.gates], override=plan.override,
    )
    lines = [f"Promoted from {plan.subject.stage}; the content is that of {last.tag}."]
    lines += [f"{gate.name}: {gate.state}; {gate.sentence}" for gate in plan.gates]
    lines += [f"A stage is skipped: {plan.override}"] if plan.override else []
    name = name_for(repository, pack, record.version, record.stage, record.revision)
    return Draft(name, f"{pack} {record.version} at stage {record.stage}, revision {record.revision}", tuple(lines), record)


def tag_promotion(
    repository: Repository, plan: Promotion, last: Release, history: History, now: str, *, sign: bool, signers: str | None
) -> Release:
    """Make the tag of a plan that is allowed."""
    check_trusted(history, last.name.pack, sign)
    return make_release(repository, promoted(repository, plan, last, history, now), sign=sign, signers=signers)
