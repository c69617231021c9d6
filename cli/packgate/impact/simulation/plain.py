"""What was read and what was decided as plain data, and back: tuples, lists, dictionaries, texts and numbers, as `marshal` writes them.

A range becomes a block for every share of the distinct actions, and one more for what stands in it beside actions.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from packgate.impact.clusters import Cluster
from packgate.impact.simulation.deciding import Decided, Group
from packgate.impact.simulation.reading import Read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.impact.simulation.reading import Share


def range_to(read: Read, shares: Sequence[Share]) -> list[Any]:
    """A range as blocks: one for each share, then what was found beside actions."""
    return [*map(share_to, shares), read_to(read)]


def share_to(share: Share) -> Any:
    """What one range holds for one share: (texts, occurrences)."""
    return list(share.texts), share.occurrences


def is_empty(block: Any) -> bool:
    """Whether a range holds nothing for a share."""
    return not block[1]


def read_to(read: Read) -> Any:
    """What was found in a range beside actions."""
    return read.lines, dict(read.events), read.damages, read.damaged, dict(read.gaps), read.who, read.where, sorted(read.sessions)


def read_from(block: Any) -> Read:
    """The inverse of `read_to`."""
    lines, events, damages, damaged, gaps, who, where, sessions = block
    return Read(lines, Counter(events), damages, damaged, Counter(gaps), who, where, set(sessions))


def decided_to(found: Decided) -> Any:
    """What a share came to."""
    groups = [
        ((each.change, each.because, each.surface, each.program, each.family, each.operation),
         (group.count, group.first, group.text, group.who, group.where, group.sessions, group.actions))
        for each, group in found.groups.items()
    ]
    who, where = ({pair: dict(counts) for pair, counts in each.items()} for each in (found.who, found.where))
    return who, where, groups, dict(found.policies), dict(found.coverage), found.lost, found.partly, found.repeated, found.distinct


def decided_from(block: Any) -> Decided:
    """The inverse of `decided_to`."""
    who, where, groups, policies, coverage, lost, partly, repeated, distinct = block
    return Decided(
        {pair: Counter(counts) for pair, counts in who.items()}, {pair: Counter(counts) for pair, counts in where.items()},
        {Cluster(*cluster): Group(*group) for cluster, group in groups},
        Counter(policies), Counter(coverage), lost, partly, repeated, distinct,
    )
