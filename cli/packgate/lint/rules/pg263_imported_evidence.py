"""Reports gates that imported events could meet although they show nothing of what the gates are for.

Imported events (`gates: {imported: count}`) say what policies would have said of months of work; nobody was warned or stopped then. Where
no approval is asked before block, a policy could go there without anybody, or any enforcement point, having seen it act. And a heed rate
that is asked for has to come from warnings that were recorded: imported events have none.
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
    """A finding at `imported` for a step to block without approvals, and one at every heed rate."""
    file = context.settings
    gates = file.data.get("gates") if file is not None and not file.unfit and isinstance(file.data, dict) else None
    if file is None or not gates or gates.get("imported") != "count":
        return
    # Without the key one approval is asked for.
    if gates.get("block", {}).get("min_approvals") == 0:
        told = "imported events count, and nobody has to approve before block: a policy could go there without having been seen to act"
        yield Finding(Place(file, pointer("gates", "imported"), on_key=True), told, "ask for `min_approvals: 1` before block")
    for stage in ("warn", "block"):
        if gates.get(stage, {}).get("min_heed_rate", 0) > 0:
            told = "imported events have no warnings, so they add nothing to the heed rate"
            hint = "it has to come from warnings that hooks recorded (`packgate events warnings`)"
            yield Finding(Place(file, pointer("gates", stage, "min_heed_rate"), on_key=True), told, hint, severity=Severity.INFO)


RULE = Rule(
    "PG263", "imported-evidence", "Gates that imported events can't be evidence for", Severity.WARNING, __doc__, check,
)
