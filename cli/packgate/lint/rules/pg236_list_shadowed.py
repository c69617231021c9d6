"""Reports a list of a pack that has the name of one of the context.

The pack's own entries hold for its policies, and those of the context don't: who adds a host to the context finds that nothing changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Place, Rule
from packgate.source.pointer import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext


def check(context: LintContext) -> Iterator[Finding]:
    """Names that both define."""
    for pack in context.packs:
        for name in pack.data.get("lists") or {}:
            if pack.header is not None and name in context.lists:
                yield Finding(
                    Place(pack.header, pointer("lists", name), on_key=True),
                    f"the context has a list '{name}', too; in this pack only these entries hold",
                    "use another name, or drop one of the two",
                )


RULE = Rule("PG236", "list-shadowed", "A list of a pack hides one of the context", Severity.WARNING, __doc__, check)
