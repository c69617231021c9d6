"""Cut a release: everything that has to hold before a pack's commit gets a tag, and what the tag then says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate import __version__
from packgate.engine.stages import STAGE_RANK
from packgate.errors import UserError
from packgate.impact.behaviour import DIRECTIONS
from packgate.impact.compare import actions, compare
from packgate.impact.summary import counts, headline
from packgate.release.content import base_packs, open_content, paths_of
from packgate.release.evidence import evidence_lines, gather
from packgate.release.history import fetch_hint, read_history
from packgate.release.record import Record
from packgate.release.tagging import Draft, check_trusted, name_for, seconds_of
from packgate.release.versions import MAJOR, Needed, needed, parse
from packgate.source.files import YAML
from packgate.times import from_epoch

if TYPE_CHECKING:
    from packgate.diagnostics import Diagnostic
    from packgate.gitio import Repository
    from packgate.impact.compare import Comparison
    from packgate.release.content import Content
    from packgate.release.history import History
    from packgate.release.tags import Release
    from packgate.source.cache import ValidationCache

FIRST_STAGE = "audit"


class Refused(Exception):
    """Lint or tests of the pack fail, so there is no release; ``findings`` say where."""

    def __init__(self, findings: tuple[Diagnostic, ...]) -> None:
        super().__init__("the pack's lint or tests fail")
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. ``stage``: None for that of the newest release; ``version``: None for what pack.yaml says; ``time`` (RFC 3339)
    dates the tag; ``sign``: whether the tag will be signed."""

    pack: str
    time: str
    stage: str | None = None
    version: str | None = None
    sign: bool = False


def plan_release(repository: Repository, wanted: Wanted, cache: ValidationCache | None = None) -> Draft:
    """The release of a pack at HEAD, checked. Raises `UserError` for what the caller has to change, `Refused` with the findings of the
    pack."""
    commit = repository.commit("HEAD")
    now = from_epoch(seconds_of(wanted.time))
    check_clean(repository, [wanted.pack])
    history = read_history(repository, wanted.pack)
    check_trusted(history, wanted.pack, wanted.sign)
    last = history.newest(wanted.pack)
    stage = _stage(wanted, last)
    with open_content(repository, commit, wanted.pack, cache) as content:
        evidence = gather(content, now[:10], cache)
        if not evidence.sound:
            raise Refused(evidence.findings)
        check_clean(repository, [wanted.pack, *base_packs(content.result)])
        version = _version(wanted, content)
        change, told = (None, ["The first release of the pack."])
        if last is not None:
            change, told = _change(repository, content, last, history, now, cache)
        record = Record(
            pack=wanted.pack, version=version, stage=stage, revision=history.next_revision(wanted.pack), commit=commit,
            digest=content.digest, time=now, packgate=__version__, previous=None if last is None else last.tag,
            evidence=evidence.figures, change=change,
        )
    return draft_of(repository, record, (*told, *evidence_lines(evidence.figures)))


def draft_of(repository: Repository, record: Record, lines: tuple[str, ...]) -> Draft:
    """A release with the name that its record asks for."""
    name = name_for(repository, record.pack, record.version, record.stage, record.revision)
    return Draft(name, f"{record.pack} {record.version} at stage {record.stage}, revision {record.revision}", lines, record)


def check_clean(repository: Repository, packs: list[str]) -> None:
    """That what packs are made of is committed as it stands. Raises `UserError` that names the files."""
    changed = [path for path in repository.changed_files(paths_of(repository, packs)) if path.endswith(YAML)]
    if changed:
        shown = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
        raise UserError(f"not committed as it stands: {shown}", "a release is of a commit: commit these files, or take them away")


def compare_contents(
    old: Content, new: Content, labels: tuple[str, str], time: str, cache: ValidationCache | None = None
) -> Comparison | None:
    """What differs between two contents of a pack; None when one of them does not load with this packgate."""
    if not old.loads or not new.loads:
        return None
    base, head = old.side(labels[0], cache), new.side(labels[1], cache)
    return compare(base, head, actions(base, head), now=time)


def change_of(comparison: Comparison | None) -> dict[str, Any]:
    """A comparison in figures, as a tag records it."""
    if comparison is None:
        return {"direction": "unknown", "actions": {}, "policies": {}}
    kinds = {"added": "added", "removed": "removed", "renamed": "renamed"}
    policies = {name: sum(each.kind == kind for each in comparison.changes) for name, kind in kinds.items()}
    other = {each.subject for each in comparison.changes if each.subject and each.kind not in kinds}
    return {
        "direction": comparison.direction, "actions": {each: comparison.count(each) for each in DIRECTIONS},
        "policies": {**policies, "changed": len(other)},
    }


def _stage(wanted: Wanted, last: Release | None) -> str:
    """The stage of the new release: a higher one than now is for `promote`, which asks for evidence."""
    current = FIRST_STAGE if last is None else last.name.stage
    stage = wanted.stage or current
    if STAGE_RANK[stage] > STAGE_RANK[current]:
        why = f"the first release of a pack is at stage {FIRST_STAGE}" if last is None else f"{last.tag} is at stage {current}"
        raise UserError(f"{why}; a higher stage needs evidence", f"release it, then: packgate promote {wanted.pack} --to {stage}")
    return stage


def _version(wanted: Wanted, content: Content) -> str:
    written = content.result.pack.version if content.result.pack is not None else ""
    if wanted.version is not None and wanted.version != written:
        raise UserError(f"pack.yaml says version {written}, not {wanted.version}", f"set it to {wanted.version} and commit")
    if not _is_plain(written):
        hint = "the version of a release has three numbers, such as 1.4.0; its stage says how far it has come"
        raise UserError(f"the version {written} can't be released", hint)
    return written


def _is_plain(version: str) -> bool:
    parts = version.split(".")
    return len(parts) == 3 and all(part.isascii() and part.isdigit() for part in parts)


def _change(
    repository: Repository, content: Content, last: Release, history: History, time: str, cache: ValidationCache | None
) -> tuple[dict[str, Any], list[str]]:
    """What changed against the newest release. Raises `UserError` when nothing did, or when the version does not fit."""
    version = content.result.pack.version if content.result.pack is not None else ""
    check_history_here(repository, last)
    with open_content(repository, last.commit, last.name.pack, cache) as before:
        if content.digest == before.digest:
            hint = f"packgate promote {last.name.pack} raises its stage; packgate rollback {last.name.pack} goes back"
            raise UserError(f"nothing changed since {last.tag}", hint)
        comparison = compare_contents(before, content, (last.tag, "HEAD"), time, cache)
        step = Needed(MAJOR, ("the content of the release does not load with this packgate",))
        if comparison is not None:
            step = needed(comparison, before.result, content.result)
    _check_version(version, step, last, history, content.digest)
    told = [f"Against {last.tag}: what changed is not known, its content does not load with this packgate."]
    if comparison is not None:
        told = [f"Against {last.tag}: {headline(comparison)}", counts(comparison)]
    return {**change_of(comparison), "step": step.step, "reasons": list(step.reasons)}, told


def check_history_here(repository: Repository, release: Release) -> None:
    """That a release's commit can be read. Raises `UserError` with what to fetch."""
    if not repository.knows(release.commit):
        raise UserError(f"the commit of {release.tag} is not here", fetch_hint(repository.is_shallow()))


def _check_version(version: str, step: Needed, last: Release, history: History, digest: str) -> None:
    lowest = step.lowest(last.name.version)
    taken = [each for each in history.of(last.name.pack) if each.name.version == version and each.record.digest != digest]
    if parse(version) < parse(lowest):
        same = version == last.name.version
        is_now = f"{version} is the version of {last.tag}" if same else f"version {version} is too low after {last.name.version}"
        why = f": {'; '.join(step.reasons)}" if step.reasons else ""
        raise UserError(f"{is_now}, and this change is at least a {step.step} one{why}", f"set version: {lowest} in pack.yaml and commit")
    if taken:
        raise UserError(f"version {version} is released with other content, as {taken[-1].tag}", "choose a higher version in pack.yaml")

