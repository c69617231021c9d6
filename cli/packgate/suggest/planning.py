"""All suggestions for the commit of a policy repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packgate.release.reviewed import committed_reviews
from packgate.review.trying import gate_of
from packgate.suggest.bars import LONG, quiet
from packgate.suggest.carrying import checked
from packgate.suggest.drafts import drafts
from packgate.suggest.exceptions import Exceptions
from packgate.suggest.promotions import promotions
from packgate.suggest.seen import Looking, look
from packgate.suggest.suggestion import DRAFT, NARROWING, PROMOTION, WAIVER
from packgate.suggest.trial import Trial
from packgate.suggest.unused import dead_policies, uncovered_families

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from typing import Any

    from packgate.diagnostics import Diagnostic
    from packgate.gitio import Repository
    from packgate.impact.sides import Side
    from packgate.source.cache import ValidationCache
    from packgate.suggest.bars import Bars
    from packgate.suggest.seen import Seen
    from packgate.suggest.suggestion import Suggestion


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for. ``least``: how often something has to occur; ``days``: how long a policy may match nothing; ``now``: RFC 3339;
    ``approvers``: who approved promotions; ``approver`` and ``expires``: of waivers; ``kinds``: which suggestions, empty for all."""

    now: str
    least: int = 3
    days: int = 30
    approvers: tuple[str, ...] = ()
    approver: str | None = None
    expires: str | None = None
    kinds: Collection[str] = ()

    def wants(self, *kinds: str) -> bool:
        """Whether one of the kinds is asked for."""
        return not self.kinds or not set(kinds).isdisjoint(self.kinds)


@dataclass(frozen=True, slots=True)
class Planned:
    """What was found. ``texts``: the files that suggestions which are ready change, by path in the policy repository."""

    suggestions: list[Suggestion]
    seen: Seen
    texts: dict[str, str]
    findings: list[Diagnostic]


def plan(
    repository: Repository, side: Side, root: Path, prefix: str, files: Sequence[Path], events: Iterable[Mapping[str, Any]],
    wishes: Wishes, lines: int = 0, cache: ValidationCache | None = None, bars: Bars = quiet,
) -> Planned:
    """Look at events and reviews. ``side``: the commit, unpacked in ``root``; ``prefix``: the policy repository's folder in git's;
    ``files``: the events for gates, ``events`` the same as a stream, ``lines`` how many they are; ``bars``: show how far it has come.

    Raises `UserError` for files and reviews that can't be read.
    """
    gate = gate_of(side.space)
    owners = {policy.id: name for name, each in side.packs.items() for policy in each.pack.policies}
    # What packgate carries is changed by extending it, not here.
    own = sorted(name for name, each in side.packs.items() if _inside(each.result.path, root))
    packs = [each.pack for _, each in sorted(side.packs.items())]
    found: list[Suggestion] = []
    findings: list[Diagnostic] = []
    with bars(lines * (1 + wishes.wants(PROMOTION)), "reading events", LONG) as tick:
        seen = look(events, Looking(gate, owners, wishes.now), tick)
        if wishes.wants(PROMOTION):
            found, findings = promotions(repository, side, prefix, own, files, seen, wishes.now, wishes.approvers, tick)
    if wishes.wants(NARROWING, WAIVER):
        exceptions = Exceptions(root, side.space, gate, own, seen, wishes.now, wishes.approver, wishes.expires, cache)
        found += exceptions.found(committed_reviews(repository, prefix or "."), bars)
    if wishes.wants(DRAFT):
        found += drafts(seen, [side.packs[name] for name in own], gate, wishes.least)
    found += [*dead_policies(seen, packs, wishes.days), *uncovered_families(seen, packs, side.space.vocabulary, wishes.least)]
    found = sorted((each for each in found if wishes.wants(each.kind)), key=lambda each: each.order)
    return Planned(found, seen, checked(root, found, Trial(root, side.space, wishes.now[:10], cache)), findings)


def _inside(path: str, root: Path) -> bool:
    return Path(path).resolve().is_relative_to(root.resolve())
