"""What is released: for every pack its newest release, for whom, what was changed since, and what stands before the next stage."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from packgate.engine.sentence import condition_text
from packgate.errors import UserError
from packgate.impact.compare import actions, compare
from packgate.release.casework import case_evidence
from packgate.release.content import open_content, paths_of, policy_root
from packgate.release.gates import Evidence, compute
from packgate.release.history import fetch_hint, read_history
from packgate.release.limits import NEXT, limits_of
from packgate.release.subject import PACK, Subject
from packgate.release.tagging import seconds_of
from packgate.source.files import YAML
from packgate.source.workspace import load_workspace, pack_names

if TYPE_CHECKING:
    from packgate.gitio import Repository
    from packgate.impact.compare import Comparison
    from packgate.release.content import Content
    from packgate.release.history import History
    from packgate.release.tags import Release
    from packgate.source.cache import ValidationCache
    from packgate.source.workspace import Workspace

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Unreleased:
    """What HEAD has that the release lacks. ``direction`` as `packgate diff` says it; ``none`` when the content is the same, ``unknown``
    when one of them does not load or is not here; ``changes`` in the policies and settings of the pack, ``actions`` of its cases that
    are decided differently; ``files`` of the working tree that are not committed."""

    direction: str
    changes: int = 0
    actions: int = 0
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackStatus:
    """One pack. ``release`` is None before the first; ``days`` since then; ``holds_for`` in words; ``next`` the stage after this one, None
    at the last; ``blocked_by`` the gates before it that are not met, as ``name: sentence``; ``notes`` are what else should be known."""

    pack: str
    release: Release | None
    days: int | None
    releases: int
    holds_for: tuple[str, ...]
    unreleased: Unreleased
    next: str | None
    blocked_by: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Every key, always."""
        found = self.release
        return {
            "pack": self.pack, "released": found is not None, "tag": None if found is None else found.tag,
            "version": None if found is None else found.name.version, "stage": None if found is None else found.name.stage,
            "revision": None if found is None else found.revision, "commit": None if found is None else found.commit,
            "since": None if found is None else found.time, "days": self.days, "tagger": None if found is None else found.tagger,
            "signed_by": None if found is None else found.signed, "rollback_of": None if found is None else found.record.rollback_of,
            "releases": self.releases, "holds_for": list(self.holds_for), "unreleased": asdict(self.unreleased), "next_stage": self.next,
            "blocked_by": list(self.blocked_by), "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Status:
    """All packs, by name, and the tags that are no valid releases, as (tag, reason)."""

    packs: tuple[PackStatus, ...]
    invalid: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """Every key, always."""
        invalid = [{"tag": tag, "reason": why} for tag, why in self.invalid]
        return {"packs": [each.as_json() for each in self.packs], "invalid_tags": invalid}


def read_status(repository: Repository, pack: str | None, now: str, cache: ValidationCache | None = None) -> Status:
    """The status of one pack, or of all that are in packs/ or were ever released. Raises `UserError` for a pack that is neither."""
    root = policy_root(repository)
    history = read_history(repository, pack)
    here = pack_names(os.path.join(root, "packs"))
    known = {*here, *(each.name.pack for each in history.releases), *(each.pack for each in history.invalid)}
    if pack is not None and pack not in known:
        raise UserError(f"there is no pack '{pack}', and it was never released", f"packs here: {', '.join(here) or 'none'}")
    names = sorted(known) if pack is None else [pack]
    invalid = tuple((each.name, each.reason) for each in history.invalid)
    space = load_workspace(os.path.relpath(root), [], cache=cache)
    return Status(tuple(_Reader(repository, history, space, now, cache).read(name) for name in names), invalid)


class _Reader:
    """Reads packs one by one."""

    def __init__(self, repository: Repository, history: History, space: Workspace, now: str, cache: ValidationCache | None) -> None:
        self.repository = repository
        self.history = history
        self.space = space
        self.now = now
        self.cache = cache

    def read(self, pack: str) -> PackStatus:
        """The status of one pack."""
        release = self.history.newest(pack)
        count = len(self.history.of(pack))
        holds_for = tuple(_assignments(self.space, pack))
        changed = self.repository.changed_files(paths_of(self.repository, [pack]))
        files = tuple(path for path in changed if path.endswith(YAML))
        gaps = [(each.tag, before) for each, before in self.history.missing() if each.name.pack == pack]
        notes = [f"{tag} follows {before}, which is not here: {fetch_hint(self.history.shallow)}" for tag, before in gaps]
        if release is None:
            first = f"packgate release {pack} makes the first, at stage audit"
            return PackStatus(pack, None, None, count, holds_for, Unreleased("new", files=files), "audit", (), (*notes, first))
        days = max(0, (seconds_of(self.now) - seconds_of(release.time)) // _DAY)
        following = NEXT.get(release.name.stage)
        if not self.repository.knows(release.commit):
            notes.append(f"the commit of {release.tag} is not here: {fetch_hint(self.history.shallow)}")
            return PackStatus(pack, release, days, count, holds_for, Unreleased("unknown", files=files), following, (), tuple(notes))
        with open_content(self.repository, release.commit, pack, self.cache) as content:
            blocked = () if following is None or not content.loads else tuple(self._gates(content, following))
            if not content.loads:
                notes.append(f"the content of {release.tag} does not load with this packgate")
            unreleased = self._unreleased(content, release, files)
        return PackStatus(pack, release, days, count, holds_for, unreleased, following, blocked, tuple(notes))

    def _unreleased(self, released: Content, release: Release, files: tuple[str, ...]) -> Unreleased:
        try:
            head = self.repository.commit("HEAD")
            with open_content(self.repository, head, released.pack, self.cache) as content:
                if content.digest == released.digest:
                    return Unreleased("none", files=files)
                if not content.loads or not released.loads:
                    return Unreleased("unknown", files=files)
                return _counted(_quick(released, content, release, self.now, self.cache), files)
        except UserError:
            # HEAD has no such pack any more.
            return Unreleased("removed", files=files)

    def _gates(self, content: Content, stage: str) -> list[str]:
        """The gates that are not met as far as the repository can tell: events are not looked at here."""
        side = content.side(content.commit[:7], self.cache)
        pack = side.packs[content.pack]
        settings = content.space.settings
        data = settings.data if settings is not None and not settings.unfit and isinstance(settings.data, dict) else None
        cases = case_evidence(pack.result, pack.gate, frozenset(pack.policies))
        subject = Subject(PACK, pack.name, pack.name, pack.pack.version, frozenset(pack.policies), "", pack.pack.rollout.pack, None)
        limits = limits_of(data, stage, subject, pack.result)
        return [
            f"{gate.name}: {gate.sentence} (required: {gate.required})" for gate in compute(limits, Evidence(cases, None)) if not gate.met
        ]


def _quick(released: Content, head: Content, release: Release, now: str, cache: ValidationCache | None) -> Comparison:
    """The comparison over the pack's own cases; the corpora are for `packgate diff`."""
    base, side = released.side(release.tag, cache), head.side("HEAD", cache)
    return compare(base, side, [each for each in actions(base, side) if each.source == "case"], now=now)


def _counted(comparison: Comparison, files: tuple[str, ...]) -> Unreleased:
    changes = sum(each.kind != "version" for each in comparison.changes)
    return Unreleased(comparison.direction, changes, len(comparison.behaviour.differences), files)


def _assignments(space: Workspace, pack: str) -> list[str]:
    """For whom a pack holds, in the order in which assignments are tried; without any, for everyone."""
    found = []
    for each in space.assigned:
        if each.pack == pack:
            conditions = " and ".join(f"{item.field} is {condition_text(item)}" for item in each.conditions) or "everyone"
            found.append(f"{f'{each.name}: ' if each.name else ''}{conditions}, up to {each.stage}")
    return found or [f"everyone{f', up to {space.stage}' if space.stage else ''}"]
