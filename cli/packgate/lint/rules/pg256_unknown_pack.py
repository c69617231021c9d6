"""Reports a pack that packgate.yaml or assignments.yaml names and that does not exist, neither in packs/ nor among those that packgate
carries.

What it was to govern is governed by nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Place, Rule
from packgate.source.pointer import pointer
from packgate.source.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext


def check(context: LintContext) -> Iterator[Finding]:
    """Names without a pack."""
    if not context.pack_names:
        return
    places = []
    if context.settings is not None and not context.settings.unfit:
        places += [
            (Place(context.settings, pointer("packs", index)), name) for index, name in enumerate(context.settings.data.get("packs") or ())
        ]
    if context.assignments is not None:
        places += [
            (Place(context.assignments, pointer("assignments", index, "pack")), data["pack"])
            for index, data in context.assignments.items("assignments")
        ]
    for place, name in places:
        if name not in context.pack_names:
            yield Finding(place, f"there is no pack '{name}'", did_you_mean(name, context.pack_names))


RULE = Rule("PG256", "unknown-pack", "A pack that does not exist", Severity.ERROR, __doc__, check)
