"""Reports an assignment that an earlier one for the same pack covers.

Assignments are one ordered list, and the first match of a pack wins: the later entry never decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.covering import clause_covers
from packgate.lint.rule import Finding, Place, Rule
from packgate.source.build import build_clause
from packgate.source.pointer import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext


def check(context: LintContext) -> Iterator[Finding]:
    """Entries that are never reached."""
    file = context.assignments
    earlier: list[tuple[int, str, tuple[object, ...]]] = []
    for index, data in file.items("assignments") if file is not None else ():
        assert file is not None
        clause = build_clause(data.get("for") or {})
        for number, pack, wide in earlier:
            if pack == data["pack"] and clause_covers(wide, clause):  # type: ignore[arg-type]
                line = file.position(pointer("assignments", number)).line
                yield Finding(
                    Place(file, pointer("assignments", index)),
                    f"the assignment of '{pack}' on line {line} covers this one: it never decides",
                    "put the narrower assignment first, or remove it",
                )
                break
        earlier.append((index, data["pack"], clause))


RULE = Rule("PG257", "shadowed-assignment", "An assignment that an earlier one covers", Severity.WARNING, __doc__, check)
