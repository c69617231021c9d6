"""Hold what an agent did with the probes against what the packs say."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from packgate.conform.lane import OWN, RAN, RULE, UNSEEN, Seen, expressible
from packgate.conform.places import by_context

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from packgate.conform.lane import Engine, Lane, Setting
    from packgate.conform.probes import Probe

# What is counted for every policy, in the order of the columns.
CAUGHT, MISSED, WRONG, QUIET, RECORDED, NOT_SEEN = "caught", "missed", "wrong", "quiet", "recorded", "unseen"

# Probes that one sandbox takes.
_TOGETHER = 180


@dataclass(frozen=True, slots=True)
class Tried:
    """A probe and what became of it."""

    probe: Probe
    seen: Seen
    verdict: str

    def needless(self, by: str) -> bool:
        """Whether one (`RULE`, `HOOK`, `OWN`) stopped what the packs let run."""
        return self.seen.stopped and self.seen.by == by and not self.probe.stops


@dataclass(slots=True)
class Measured:
    """One pass over probes: with the native rules alone, or with the hook beside them."""

    tried: list[Tried] = field(default_factory=list)

    def counts(self, policy: str | None = None) -> Counter[str]:
        """How often each verdict came, of one policy or of all."""
        return Counter(each.verdict for each in self.tried if policy is None or each.probe.policy == policy)

    def having(self, *verdicts: str) -> list[Tried]:
        """The tries that ended so."""
        return [each for each in self.tried if each.verdict in verdicts]

    @property
    def doubtful(self) -> list[Probe]:
        """What seems to have been stopped by a rule and need not be: the agent may have done it by itself."""
        return [each.probe for each in self.tried if each.needless(RULE)]

    @property
    def refused(self) -> list[str]:
        """Names of what the agent stopped by itself though it need not be, sorted."""
        return sorted(each.probe.name for each in self.tried if each.needless(OWN))

    def without(self, refused: Collection[str], *, native: bool) -> Measured:
        """The same, where what the agent ``refused`` by itself (names of probes, from `refusals`) is not put down to a rule."""
        return Measured([
            _by_itself(each, native) if each.needless(RULE) and each.probe.name in refused else each for each in self.tried
        ])


def run(
    lane: Lane, engine: Engine, setting: Setting, probes: Sequence[Probe], *, native: bool, tick: Callable[[int], None] | None = None,
) -> Measured:
    """Have the agent do every probe that it has a tool for. ``native``: the hook is not installed, so a warning can't be given."""
    wanted = [probe for probe in probes if expressible(lane, probe.action)]
    found: dict[int, Seen] = {}
    groups = by_context(probe.action for probe in wanted).values()
    for places in [group[start : start + _TOGETHER] for group in groups for start in range(0, len(group), _TOGETHER)]:
        found.update(zip(places, lane.run(engine, setting, [wanted[place].action for place in places]), strict=True))
        if tick is not None:
            tick(len(places))
    return Measured([Tried(probe, found[place], judge(probe, found[place], native=native)) for place, probe in enumerate(wanted)])


def refusals(
    lane: Lane, engine: Engine, bare: Setting, probes: Sequence[Probe], tick: Callable[[int], None] | None = None,
) -> frozenset[str]:
    """The names of the probes that an agent stops by itself: in ``bare``, nothing of ours is installed and everything is allowed."""
    measured = run(lane, engine, bare, probes, native=True, tick=tick)
    return frozenset(each.probe.name for each in measured.tried if each.seen.stopped)


def _by_itself(tried: Tried, native: bool) -> Tried:
    seen = replace(tried.seen, by=OWN)
    return Tried(tried.probe, seen, judge(tried.probe, seen, native=native))


def judge(probe: Probe, seen: Seen, *, native: bool) -> str:
    """The verdict of one try.

    A probe whose action the packs stop is `caught` when it was stopped; one that they warn about when the agent was told by which
    policies (or, natively, when a person was asked). An action that they only record is `recorded` when it ran. Whatever is stopped and
    need not be is `wrong`, unless the agent did that by itself; where the packs are silent and the agent is too, it is `quiet`.
    """
    if seen.outcome == UNSEEN:
        return NOT_SEEN
    if probe.stops:
        return CAUGHT if seen.stopped else MISSED
    if seen.stopped and seen.by == OWN:
        return NOT_SEEN
    if seen.stopped:
        # A rule that asks is as near to a warning as rules come; the hook can do better.
        return CAUGHT if native and probe.loud and seen.outcome != "denied" else WRONG
    if probe.loud:
        return CAUGHT if not native and _warned(probe, seen) else MISSED
    return RECORDED if probe.mode is not None else QUIET


def _warned(probe: Probe, seen: Seen) -> bool:
    """Whether the agent was told of every policy that warns: another policy's warning, of this action or another, is none."""
    return seen.outcome == RAN and all(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", seen.told) for name in probe.by)
