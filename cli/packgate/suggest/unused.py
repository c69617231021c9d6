"""By data: policies that never match, and families that no policy is about."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from packgate.suggest.suggestion import DEAD, FAMILY, Suggestion
from packgate.times import parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packgate.model.policy import Pack
    from packgate.model.vocabulary import Vocabulary
    from packgate.suggest.seen import Seen


def dead_policies(seen: Seen, packs: Iterable[Pack], days: int) -> list[Suggestion]:
    """Policies that matched nothing in the last ``days`` days before the newest event; none where the events do not reach back so far."""
    newest, oldest = (None if each is None else parse(each) for each in (seen.total.last, seen.total.first))
    if newest is None or oldest is None or newest - oldest < timedelta(days=days):
        return []
    found = []
    for pack in packs:
        for policy in pack.policies:
            tally = seen.policies.get(f"{pack.name}/{policy.id}")
            last = parse(tally.last) if tally is not None and tally.last is not None else None
            if last is not None and newest - last < timedelta(days=days):
                continue
            when = "never matched" if last is None or tally is None else f"matched last on {tally.last}"
            reason = f"{when}, in {seen.total.events} events from {seen.total.first} to {seen.total.last}"
            what = "a one-way door may stay closed unseen; else it may be broken, or not needed" if policy.impact == "one-way" else \
                "it may be broken, or not needed"
            found.append(Suggestion(
                DEAD, f"{pack.name}/{policy.id}", f"look at {policy.id}: nothing matches it", f"{reason}; {what}",
                {"days": days, "events": seen.total.events, "matched": 0 if tally is None else tally.events,
                 "last": None if tally is None else tally.last, "impact": policy.impact},
                f"packgate test --evade {pack.name}" if policy.impact == "one-way" else None,
            ))
    return found


def uncovered_families(seen: Seen, packs: Iterable[Pack], vocabulary: Vocabulary, least: int) -> list[Suggestion]:
    """Families of recorded operations that no policy names; generic ones are of every action and say nothing."""
    named = {family for pack in packs for policy in pack.policies for family in policy.when}
    found = []
    for family, tally in sorted(seen.families.items()):
        entry = vocabulary.families.get(family)
        if family in named or tally.events < least or (entry is not None and entry.generic):
            continue
        reason = f"there are {tally.words}, and no policy is about it"
        found.append(Suggestion(FAMILY, family, f"no policy is about {family}", reason, tally.numbers()))
    return found
