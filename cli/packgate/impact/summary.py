"""The sentences of a comparison that every format shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.impact.behaviour import DIRECTIONS
from packgate.impact.formal import LESS, MORE, OTHER, SAME, UNKNOWN
from packgate.impact.simulation.replay import CUT, IN_PART, MASKED
from packgate.impact.structural import LOOSENED, NEUTRAL, TIGHTENED
from packgate.testing.cases import show_action

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.impact.behaviour import Difference
    from packgate.impact.compare import Comparison
    from packgate.impact.formal import Relation
    from packgate.impact.structural import Change

_HEADLINES = {
    LOOSENED: "This change lets more through.",
    TIGHTENED: "This change stops or records more, and lets nothing new through.",
    NEUTRAL: "This change decides nothing differently.",
    "unchanged": "Nothing changed.",
}
_LONGEST = 110
_UNREPLAYABLE = "recorded, and not replayable: neither changed nor unchanged"
_IN_PART = "recorded, and decided from a part of what was done"
_PLURALS = {
    "case": "cases of policies", "benign": "harmless ones of the corpora", "attack": "attacks of the corpora", "event": "recorded events",
    "imported": "imported ones",
}


def headline(comparison: Comparison) -> str:
    """The one sentence to read."""
    return _HEADLINES[comparison.direction]


def counts(comparison: Comparison) -> str:
    """How many actions were decided, and how many came out differently."""
    behaviour = comparison.behaviour
    decided = ", ".join(f"{count:,} {_PLURALS.get(source, source)}" for source, count in sorted(behaviour.decided.items()))
    changed = [f"{comparison.count(each)} {each}" for each in DIRECTIONS if comparison.count(each)]
    total = sum(behaviour.decided.values())
    lost = sum(behaviour.unreplayable.values())
    told = f"; {lost:,} recorded ones can't be replayed" if lost else ""
    partly = sum(count for reason, count in behaviour.in_part.items() if reason in (MASKED, CUT))
    told += f"; of {partly:,} the record lacks a part at which no policy looks" if partly else ""
    return f"{total:,} actions decided on both sides ({decided or 'none'}): {', '.join(changed) or 'all verdicts the same'}{told}"


def unreplayable_lines(comparison: Comparison) -> list[str]:
    """What was recorded and can't be decided again: not counted as decided, and not as unchanged. Nothing where all could be."""
    reasons = comparison.behaviour.unreplayable
    listed = [f"  {count:,} {reason}" for reason, count in reasons.items()]
    return [f"{_UNREPLAYABLE} ({sum(reasons.values()):,})", *listed] if reasons else []


def in_part_lines(comparison: Comparison) -> list[str]:
    """What was recorded and was decided from less than was done, by what the records lack. Nothing where there is none."""
    reasons = comparison.behaviour.in_part
    return [] if not reasons else [_IN_PART, *(f"  {count:,} {reason}: {IN_PART[reason]}" for reason, count in reasons.items())]


def change_line(change: Change) -> str:
    """One change without its pack."""
    return f"{change.subject}: {change.sentence}" if change.subject else change.sentence


def relation_line(relation: Relation, example: str | None = None) -> str:
    """What became of the conditions of a policy for one family."""
    subject = f"{relation.policy}, {relation.family}"
    if relation.kind == SAME:
        return f"{subject}: the conditions are written differently and hold of the same operations"
    parts = []
    if relation.gained is not None:
        parts.append(f"fires now on {relation.gained}")
    if relation.lost is not None:
        parts.append(f"no longer fires on {relation.lost}")
    if relation.kind == UNKNOWN:
        parts.append("what else changed is not known" if parts else "how the conditions differ is not known")
    kind = {MORE: "more", LESS: "less", OTHER: "other operations"}.get(relation.kind)
    line = f"{subject}: " + (f"{kind}: " if kind else "") + "; ".join(parts)
    return line + (f", such as {example}" if example else "")


def examples(comparison: Comparison, mask: Callable[[str], str]) -> dict[tuple[str, str], str]:
    """For policies whose conditions changed, an action of the cases or corpora that shows it."""
    found: dict[tuple[str, str], str] = {}
    for each in comparison.behaviour.differences:
        for policy in each.because:
            found.setdefault((each.pack, policy), action_line(each, mask))
    return found


def step(difference: Difference) -> str:
    """From which mode to which: under the stages that hold, or, where these hide the difference, at stage block."""
    before, after = difference.before, difference.after
    if (before.mode or "allow") != (after.mode or "allow"):
        return f"{before.mode or 'allow'} → {after.mode or 'allow'}"
    if before.would != after.would:
        return f"{before.would or 'allow'} → {after.would or 'allow'} at stage block"
    return before.mode or "allow"


def action_line(difference: Difference, mask: Callable[[str], str]) -> str:
    """The action on one line, cut, secrets masked."""
    text = " ".join(mask(show_action(difference.tried.action)).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def origin(difference: Difference) -> str:
    """Where the action comes from and which policies changed their mind."""
    because = ", ".join(difference.because) if difference.because else "what packgate reads in it"
    return f"{difference.tried.source} {difference.tried.name}; by {because}"
