"""What an import came to, for people and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.events.importing.event import FULL, NONE, PARTIAL
from packgate.events.importing.found import PARTS, REASONS

if TYPE_CHECKING:
    from packgate.events.importing.run import Counts

_WORDS = {FULL: "can be decided again in full", PARTIAL: "in part", NONE: "not replayable"}
# A reason of one format.
_OTHER = {"other-shell": "commands of fish are read as those of bash"}


def as_text(counts: Counts) -> str:
    """Lines for people; what can't be decided again is counted by reason."""
    lines = [f"{name}: read as {format}" for name, format in sorted(counts.guessed.items())]
    files = ", ".join(f"{number} {name}" for name, number in sorted(counts.files.items()))
    surfaces = ", ".join(f"{number} {name}" for name, number in sorted(counts.surfaces.items()))
    number = sum(counts.files.values())
    said = f"{number} file{'s' * (number != 1)} ({files or 'none'}): {counts.events} event{'s' * (counts.events != 1)}"
    lines.append(f"{said} ({surfaces or 'none'})")
    for replay, word in _WORDS.items():
        if counts.replay[replay]:
            lines.append(f"{counts.replay[replay]:>8}  {word}")
        lines += [
            f"{number:>12}  {reason}: {REASONS.get(reason) or PARTS.get(reason) or _OTHER.get(reason, '')}".rstrip(": ")
            for (kind, reason), number in sorted(counts.reasons.items()) if kind == replay
        ]
    for number, word in (
        (counts.assumed["repo.root"], "for the root of the repository, the folder that the session began in is taken"),
        (counts.inner, "calls that touch nothing outside their agent: no event"),
        (counts.repeated, "events that were known: not written again"),
        (len(counts.passed_over), "files of no format that is known: passed over"),
    ):
        lines += [f"{number:>8}  {word}"] if number else []
    lines += [f"{number:>8}  records of a kind that is not known: {kind}" for kind, number in sorted(counts.unknown.items())]
    if counts.damaged:
        lines.append(f"{counts.damaged:>8}  lines that can't be read:")
        lines += [f"  {file}:{line}: {why}" for file, line, why in counts.damages]
        if counts.damaged > len(counts.damages):
            lines.append(f"  and {counts.damaged - len(counts.damages)} more")
    return "\n".join(lines) + "\n"


def as_json(counts: Counts) -> dict[str, Any]:
    """The same, with every key always there."""
    return {
        "files": dict(sorted(counts.files.items())), "guessed": dict(sorted(counts.guessed.items())), "events": counts.events,
        "surfaces": dict(sorted(counts.surfaces.items())), "replay": {name: counts.replay[name] for name in _WORDS},
        "reasons": {
            name: {reason: number for (kind, reason), number in sorted(counts.reasons.items()) if kind == name} for name in (PARTIAL, NONE)
        },
        "assumed": dict(sorted(counts.assumed.items())),
        "inner": counts.inner, "repeated": counts.repeated, "passed_over": sorted(counts.passed_over),
        "unknown": dict(sorted(counts.unknown.items())), "damaged": counts.damaged,
        "damages": [{"file": file, "line": line, "why": why} for file, line, why in counts.damages],
    }
