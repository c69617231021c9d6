"""Reports a pattern that a condition, or a list of the pack, names twice.

The second one does nothing, and who removes one of them wonders why nothing changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.engine.matcher import NOCASE_TYPES
from packgate.lint.edits import remove_item
from packgate.lint.rule import Finding, Place, Rule
from packgate.source.pointer import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext


def check(context: LintContext) -> Iterator[Finding]:
    """Repeated patterns."""
    for condition in context.conditions:
        fold = condition.type in NOCASE_TYPES
        seen = set()
        for view in condition.views():
            text = view.pattern.text.lower() if fold and view.pattern.kind == "glob" else view.pattern.text
            if (view.pattern.kind, text) in seen:
                yield _finding(view.place, condition.about, view.pattern.text)
            seen.add((view.pattern.kind, text))
    for pack in context.packs:
        for name, entries in (pack.data.get("lists") or {}).items():
            for index, entry in enumerate(entries):
                if entry in entries[:index] and pack.header is not None:
                    yield _finding(Place(pack.header, pointer("lists", name, index)), f"list '{name}'", entry)


def _finding(place: Place, about: str, text: str) -> Finding:
    return Finding(place, f"{about}: '{text}' stands here twice", fix=remove_item(place, "remove the repeated pattern"))


RULE = Rule(
    "PG228", "duplicate-pattern", "A pattern is named twice", Severity.WARNING, __doc__, check, fix="Removes the later pattern.",
)
