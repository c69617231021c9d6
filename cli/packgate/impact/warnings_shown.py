"""What became of warnings, for people and for programs, and what it says against a policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.impact.clusters import OUTCOMES
from packgate.impact.interval import wilson
from packgate.impact.warnings import AGAIN, CHANGED, WENT_ON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.impact.warnings import Row

UNHEEDED, ACCEPTED = "unheeded", "always-accepted"
# A rate as good as none, and as good as all, where the whole 95 % interval lies beyond: 0 of 8 does not suffice, 0 of 9 does.
AS_GOOD_AS_NONE, AS_GOOD_AS_ALL = 0.3, 0.7


@dataclass(frozen=True, slots=True)
class Finding:
    """A warning that does not work as one."""

    code: str
    policy: str
    message: str

    def as_json(self) -> dict[str, str]:
        """Every key, always."""
        return {"code": self.code, "policy": self.policy, "message": self.message}


def findings(rows: Sequence[Row]) -> list[Finding]:
    """The warnings that as good as nobody heeds, or that everybody who is asked accepts."""
    found = []
    for row in rows:
        name = f"{row.pack}/{row.policy}"
        if wilson(row.heeded, row.known)[1] < AS_GOOD_AS_NONE:
            heeded = share(row.heeded, row.known)
            advice = "narrow it, let it ask (confirm), take it back to audit, or block what it is about"
            text = f"as good as nobody heeds it: {heeded}; {advice}"
            found.append(Finding(UNHEEDED, name, text))
        if wilson(row.accepted, row.asked)[0] > AS_GOOD_AS_ALL:
            accepted = share(row.accepted, row.asked)
            text = f"as good as everybody who is asked accepts it: {accepted}; it asks for nothing that anybody weighs"
            found.append(Finding(ACCEPTED, name, text))
    return found


def share(count: int, total: int) -> str:
    """A share in words, with its 95 % interval."""
    if not total:
        return "nothing is known"
    low, high = wilson(count, total)
    return f"{count / total:.1%} ({count} of {total}; 95 % interval {low:.1%} to {high:.1%})"


def as_json(rows: Sequence[Row]) -> dict[str, Any]:
    """Every key, always."""
    return {"v": 1, "policies": [_row(row) for row in rows], "findings": [each.as_json() for each in findings(rows)]}


def as_text(rows: Sequence[Row]) -> str:
    """A paragraph for every policy, then what speaks against one."""
    if not rows:
        return "no warning was given\n"
    lines = []
    for row in rows:
        lines.append(f"{row.pack}/{row.policy}: {row.given} warnings, {len(row.users)} users, {len(row.sessions)} sessions")
        lines.append(f"  shown {row.shown}, could not be shown {row.silent}, not known {row.given - row.shown - row.silent}")
        if row.asked:
            lines.append(f"  acknowledged by a person: {share(row.accepted, row.asked)}")
        courses = ", ".join(f"{each} {row.courses[each]}" for each in (CHANGED, AGAIN, WENT_ON))
        lines.append(f"  {courses}, unknown {row.unknown}")
        lines.append(f"  heeded: {share(row.heeded, row.known)}")
        after = ", ".join(f"{row.after[each]} {each}" for each in OUTCOMES)
        lines.append(f"  next action: {after}; {row.repeated} the same again")
    lines += [f"{each.code}: {each.policy}: {each.message}" for each in findings(rows)]
    return "\n".join(lines) + "\n"


def _row(row: Row) -> dict[str, Any]:
    return {
        "pack": row.pack, "policy": row.policy, "given": row.given, "shown": row.shown, "not_shown": row.silent,
        "not_known": row.given - row.shown - row.silent, "acknowledged": _rate(row.accepted, row.asked), "declined": row.declined,
        "heeded": _rate(row.heeded, row.known), "changed_course": row.heeded, "tried_again": row.courses[AGAIN],
        "went_on": row.courses[WENT_ON], "unknown": row.unknown, "repeated": row.repeated,
        "after": {each: row.after[each] for each in OUTCOMES}, "users": len(row.users), "sessions": len(row.sessions),
    }


def _rate(count: int, total: int) -> dict[str, Any]:
    low, high = wilson(count, total)
    return {"count": count, "of": total, "share": round(count / total, 6) if total else None, "interval": [round(low, 6), round(high, 6)]}
