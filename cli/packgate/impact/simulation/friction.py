"""Friction in human terms: how often a day a developer is interrupted.

An interruption is an action that does not run, or not without somebody's consent. A developer-day is a user with a day (UTC) on which
anything of theirs was recorded, so that days off do not make the figure look better.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from packgate.impact.clusters import BLOCK, WARN
from packgate.impact.simulation.deciding import pair_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.impact.simulation.deciding import Decided
    from packgate.impact.simulation.reading import Who


@dataclass(frozen=True, slots=True)
class Spread:
    """How something is spread over developer-days: mean, median, 95th percentile and most. None without any day."""

    mean: float | None
    median: int | None
    p95: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class Friction:
    """Interruptions and warnings per developer and day, before and after. ``outside``: events without a user or a time, which no
    developer-day has."""

    developers: int
    developer_days: int
    outside: int
    interruptions_before: Spread
    interruptions_after: Spread
    warnings_before: Spread
    warnings_after: Spread


def friction(decided: Decided, who: Mapping[int, Who]) -> Friction:
    """Friction, by the events that could be replayed."""
    days: dict[tuple[str, str], list[int]] = {}
    outside = 0
    for pair, counts in decided.who.items():
        before, after = pair_names(pair)
        hits = before == BLOCK, after == BLOCK, before == WARN, after == WARN
        for name, count in counts.items():
            user, _, _, _, day = who[name]
            if user is None or day is None:
                outside += count
                continue
            row = days.setdefault((user, day), [0, 0, 0, 0])
            for place, hit in enumerate(hits):
                row[place] += count * hit
    spreads = [_spread([row[place] for row in days.values()]) for place in range(4)]
    return Friction(len({user for user, _ in days}), len(days), outside, *spreads)


def _spread(values: Sequence[int]) -> Spread:
    if not values:
        return Spread(None, None, None, None)
    ordered = sorted(values)
    return Spread(round(sum(ordered) / len(ordered), 4), _at(ordered, 0.5), _at(ordered, 0.95), ordered[-1])


def _at(ordered: Sequence[int], share: float) -> int:
    """The smallest value that so large a share of all does not exceed."""
    return ordered[max(ceil(len(ordered) * share) - 1, 0)]
