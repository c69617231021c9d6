"""Suggestions for people and for programs; the same input gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.suggest.suggestion import KINDS, VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.suggest.seen import Seen
    from packgate.suggest.suggestion import Suggestion

_TITLES = {
    "promotion": "Promote", "narrowing": "Narrow", "waiver": "Waive", "draft": "Draft", "dead-policy": "Never matched",
    "uncovered-family": "Not covered",
}


def as_json(found: Sequence[Suggestion], seen: Seen, made: Mapping[str, str] | None) -> dict[str, Any]:
    """As its schema has it (``schema/suggestions.schema.json``): every key, always."""
    return {
        "v": VERSION, "events": seen.total.numbers(), "undecidable": seen.undecidable,
        "counts": {kind: sum(each.kind == kind for each in found) for kind in KINDS},
        "suggestions": [each.as_json() for each in found], "made": None if made is None else dict(made),
    }


def as_text(found: Sequence[Suggestion], seen: Seen, made: Mapping[str, str] | None) -> str:
    """A section for every kind, with the numbers and what to do."""
    total = seen.total
    span = f", {total.first} to {total.last}" if total.first is not None else ""
    lines = [f"{total.words}{span}"]
    if seen.undecidable:
        lines.append(f"{seen.undecidable} recorded actions can't be decided again, and are left out")
    for kind in KINDS:
        own = [each for each in found if each.kind == kind]
        lines += ["", f"{_TITLES[kind]} ({len(own)})"] if own else []
        for each in own:
            lines += [f"  {each.subject}: {each.title}", f"    {each.reason}"]
            lines += [f"    not ready: {each.refused}"] if each.refused is not None else []
            lines += [f"    by hand: {each.command}"] if each.command is not None and not (made and each.ready) else []
    if not found:
        lines.append("nothing is suggested")
    ready = sum(each.ready for each in found)
    if made is not None:
        lines += ["", f"made the branch {made['branch']} ({made['commit'][:7]}) with {ready} of {len(found)} suggestions",
                  f"  open a pull request: git push -u {made['remote']} {made['branch']}"]
    elif ready:
        lines += ["", f"{ready} of {len(found)} can be committed: --branch NAME"]
    return "\n".join(lines) + "\n"
