"""Reports a target of packgate.yaml that can't express what policies ask for: an agent that can't ask a person, tell the agent, or end a
session.

The hook then does what stands in for it, a denial for a question, and nothing is told where nothing can be told. Whoever reads the pack
believes something else. `packgate render` lists it for every policy.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.hook.exchange import ACT
from packgate.hook.expressible import lost
from packgate.lint.rule import Finding, Place, Rule
from packgate.source.pointer import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext

_SHOWN = 3


def check(context: LintContext) -> Iterator[Finding]:
    """A finding for every target and outcome that it loses, at the target's name. Modes are those of the packs at stage block."""
    file = context.settings
    targets = file.data.get("targets") if file is not None and not file.unfit and isinstance(file.data, dict) else None
    for index, name in enumerate(targets or ()):
        assert file is not None
        missing: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for pack in (result.pack for result in context.results if result.pack is not None):
            for policy in pack.policies:
                for each in lost(name, policy, policy.outcome.mode):
                    where = "" if each.event == ACT else f" ({each.event})"
                    missing[each.wanted, each.carried, where].append(policy.id)
        place = Place(file, pointer("targets", name if isinstance(targets, dict) else index), on_key=isinstance(targets, dict))
        for (wanted, carried, where), policies in sorted(missing.items()):
            more = f" and {len(policies) - _SHOWN} more" if len(policies) > _SHOWN else ""
            yield Finding(
                place, f"{name} can't {wanted}{where}, so it is {carried}: {', '.join(policies[:_SHOWN])}{more}",
                "accept it here with a reason, or give these policies a mode that the target has",
            )


RULE = Rule("PG261", "mode-beyond-target", "A mode that a target of the settings can't express", Severity.WARNING, __doc__, check)
