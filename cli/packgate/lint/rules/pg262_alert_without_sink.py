"""Reports a receiver of alerts that policies name and no sink of packgate.yaml receives, where sinks are declared.

Whoever reads the policy believes that somebody is told, and nobody is. Without any sink this is not reported: the alerts may be taken on
elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Place, Rule
from packgate.source.pointer import pointer
from packgate.source.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext

_SHOWN = 3
_EVERYTHING = "*"


def check(context: LintContext) -> Iterator[Finding]:
    """A finding for every such receiver, at the sinks: policies may be inherited from packs that can't be edited here."""
    file = context.settings
    data = file.data.get("alerts") if file is not None and not file.unfit and isinstance(file.data, dict) else None
    sinks = (data or {}).get("sinks")
    if file is None or not sinks:
        return
    received = {name for sink in sinks.values() for name in sink["receives"]}
    if _EVERYTHING in received:
        return
    wanted: dict[str, list[str]] = defaultdict(list)
    for pack in (result.pack for result in context.results if result.pack is not None):
        for policy in pack.policies:
            for target in policy.outcome.alert:
                wanted[target].append(policy.id)
    for target in sorted(wanted.keys() - received):
        policies = list(dict.fromkeys(wanted[target]))
        more = f" and {len(policies) - _SHOWN} more" if len(policies) > _SHOWN else ""
        told = f"no sink receives '{target}', whom {', '.join(policies[:_SHOWN])}{more} would tell"
        hint = did_you_mean(target, received) or f"add {target} to `receives` of a sink"
        yield Finding(Place(file, pointer("alerts", "sinks"), on_key=True), told, hint)


RULE = Rule("PG262", "alert-without-sink", "A receiver of alerts that no sink receives", Severity.WARNING, __doc__, check)
