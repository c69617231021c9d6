"""What a bundle's release claims, looked up and computed again: a tag made by hand may say anything, and passes nothing.

The stage of what is published rises only by gates. So a release is followed back, from one to the release that it builds on, until one at
audit, one at a stage that is published already, or one that was published here before; every rise on that way has to pass its gates.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from packgate.bundle.lineage import agree, origin, rises, stage_of
from packgate.bundle.names import file_name_of
from packgate.bundle.refusals import Refused
from packgate.bundle.same_content import check_content
from packgate.bundle.unproven import GatesNotMet, ReleaseUnknown
from packgate.bundle.verify import read_bundle
from packgate.engine.stages import STAGE_RANK
from packgate.errors import UserError
from packgate.gitio import Repository
from packgate.release.content import open_content, prefix_of
from packgate.release.cut import FIRST_STAGE
from packgate.release.gate_text import as_text
from packgate.release.history import fetch_hint, read_history
from packgate.release.judging import verify_promotion
from packgate.release.limits import limits_of
from packgate.release.pack_promotion import at_release
from packgate.release.promotion import Promotion, find_subject, settings_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.bundle.index import Entry
    from packgate.bundle.verify import Bundle
    from packgate.release.history import History
    from packgate.release.tags import Release
    from packgate.source.cache import ValidationCache


@dataclass(slots=True)
class Claims:
    """Checks bundles against the releases of a git repository, before they are published.

    ``folder`` is what is published to, ``start`` a folder of the policy repository; ``events`` are files of recorded events, ``approvers``
    whose approval the publisher vouches for. Afterwards ``notes`` says where a record tells something else than what was computed.
    """

    folder: str
    events: Sequence[Path] = ()
    approvers: Sequence[str] = ()
    start: str = "."
    cache: ValidationCache | None = None
    notes: list[str] = field(default_factory=list)

    def __call__(self, bundle: Bundle, published: Entry | None) -> None:
        """Check a new bundle; ``published`` is the pack's entry that it replaces. Raises `Refused`."""
        said = bundle.manifest
        if said.tag is None:
            if said.stage != FIRST_STAGE:
                what = f"{said.pack} {said.version} was built from a folder, at stage {said.stage}"
                raise ReleaseUnknown(f"{what}: above {FIRST_STAGE} it takes a release")
            return
        try:
            repository = Repository(self.start)
            history = read_history(repository, said.pack)
            release = history.find(said.tag)
        except UserError as error:
            raise ReleaseUnknown(f"{said.tag} can't be looked up: {error}", error.hint) from error
        agree(said, release)
        _here(repository, release)
        with open_content(repository, release.commit, said.pack, self.cache) as content:
            check_content(bundle, content)
        self._follow(repository, history, release, FIRST_STAGE if published is None else published.stage)

    def _follow(self, repository: Repository, history: History, release: Release, reached: str) -> None:
        """From a release back to what needs no proof; ``reached``: the stage that is published."""
        current: Release | None = None if release.name.stage == FIRST_STAGE else release
        while current is not None:
            before = origin(current, history)
            if rises(current, before):
                self._gates(repository, history, current, before)
            proven = before is None or STAGE_RANK[stage_of(before)] <= STAGE_RANK[reached] or self._was_published(before)
            current = None if proven else before

    def _gates(self, repository: Repository, history: History, release: Release, before: Release | None) -> None:
        """That the gates of a promotion are met, by the commit and the events as of the tag's time. Raises `Refused`."""
        to, pack = release.name.stage, release.name.pack
        _here(repository, release)
        with open_content(repository, release.commit, pack, self.cache) as content:
            if not content.loads:
                raise GatesNotMet(f"{release.tag}: its content does not load with this packgate, so it can't be judged")
            side = content.side(release.tag, self.cache)
            subject, place = find_subject(repository, side, prefix_of(repository), pack, pack=pack)
            subject = replace(subject, stage=FIRST_STAGE) if before is None else at_release(subject, before, history)
            settings = settings_data(side)
            verdict = verify_promotion(
                repository, side, subject, replace(place, ref=release.commit), to, self.events, release.time, settings=settings,
                claimed=release.record.gates, approvers=self.approvers, promoter=release.tagger,
            )
        override = (release.record.override or "").strip() or None
        plan = Promotion(subject, to, limits_of(settings, to, subject, place.pack.result), list(verdict.gates), override)
        if not plan.allowed:
            raise GatesNotMet(f"{release.tag}: {as_text(plan, False).rstrip()}")
        self.notes += [f"{release.tag}: {each}" for each in verdict.differences]

    def _was_published(self, release: Release) -> bool:
        """Whether a bundle of the release lies in what is published: its claims were checked before it was written."""
        name = file_name_of(release.name.pack, release.name.version, release.name.stage, release.revision)
        for path in sorted(Path(self.folder, "targets").glob(f"*.{name}")):
            try:
                said = read_bundle(path.read_bytes()).manifest
            except (OSError, Refused):
                continue
            if (said.tag, said.commit) == (release.tag, release.commit):
                return True
        return False


def _here(repository: Repository, release: Release) -> None:
    if not repository.knows(release.commit):
        raise ReleaseUnknown(f"the commit of {release.tag} is not here", fetch_hint(repository.is_shallow()))
