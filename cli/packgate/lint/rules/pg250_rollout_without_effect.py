"""Reports an entry of rollout.yaml for a policy of mode `audit` or `allow`.

A stage caps a mode; there is nothing to cap here. The entry reads as if the policy were promoted, and it does what it did before.
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
    """Stages of policies that no stage changes."""
    for pack in context.packs:
        rollout = pack.result.rollout
        if rollout is None or rollout.unfit:
            continue
        for name, stage in (rollout.data.get("policies") or {}).items():
            policy = pack.by_id(name)
            if policy is not None and policy.outcome.mode in ("allow", "audit"):
                yield Finding(
                    Place(rollout, pointer("policies", name), on_key=True),
                    f"the stage {stage} changes nothing: '{name}' has mode {policy.outcome.mode}",
                    "remove the entry, or change the mode of the policy",
                )


RULE = Rule("PG250", "rollout-without-effect", "A stage that changes nothing", Severity.WARNING, __doc__, check)
