"""What changed in a pack's waivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.engine.waivers import parse_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packgate.model.policy import Waiver


def waiver_changes(base: Sequence[Waiver], head: Sequence[Waiver]) -> Iterator[tuple[str, bool, str]]:
    """Every change as a sentence, whether it lets more through, and the policy that is waived."""
    old, new = {each.id: each for each in base}, {each.id: each for each in head}
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if before is None and after is not None:
            yield f"a new waiver {name} for {after.policy}, until {after.expires}: {after.reason}", True, after.policy
        elif after is None and before is not None:
            yield f"the waiver {name} for {before.policy} is gone", False, before.policy
        elif before is not None and after is not None:
            yield from _changed(before, after)


def _changed(before: Waiver, after: Waiver) -> Iterator[tuple[str, bool, str]]:
    if before.policy != after.policy:
        yield f"the waiver {after.id} is for {after.policy}, was for {before.policy}", True, after.policy
    if before.expires != after.expires:
        # A date that can't be read counts as expired.
        longer = (parse_day(after.expires) or ()) > (parse_day(before.expires) or ())
        yield f"the waiver {after.id} ends on {after.expires}, was {before.expires}", longer, after.policy
    if repr((before.conditions, before.where)) != repr((after.conditions, after.where)):
        yield f"the waiver {after.id} holds for other operations", True, after.policy
