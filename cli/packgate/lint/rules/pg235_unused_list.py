"""Reports a list of pack.yaml, or of the context, that no pattern names.

Somebody will add a host to it and believe that something changed. Reported only where every pack that could use the list is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Place, Rule
from packgate.source.pointer import pointer
from packgate.source.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext


def check(context: LintContext) -> Iterator[Finding]:
    """Lists without a use."""
    if not context.complete:
        return
    used = {view.pattern.text for condition in context.conditions for view in condition.views() if view.pattern.kind == "list"}
    headers = [pack.header for pack in context.packs if pack.header is not None]
    for file in (*headers, *context.context_files):
        names = list(file.data.get("lists") or {}) if isinstance(file.data, dict) else []
        for name in names:
            if name not in used:
                near = nearest(name, used - set(names))
                yield Finding(
                    Place(file, pointer("lists", name), on_key=True), f"no pattern uses the list '{name}'",
                    f"patterns use '{near}'" if near else "use it as {list: " + name + "}, or remove it",
                )


RULE = Rule("PG235", "unused-list", "A list that no pattern uses", Severity.WARNING, __doc__, check)
