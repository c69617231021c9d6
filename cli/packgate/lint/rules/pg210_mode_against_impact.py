"""Holds a policy's mode against its impact: what is one-way blocks (`block`, `terminate`, `require-approval`), what is risky but real
work warns (`warn`, `require-approval`), what is routine is recorded (`audit`).

A mode that is looser than the impact lets the one-way door stand open; a stricter one stops everyday work, and people switch off what
stops them. Either the impact or the mode is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Rule
from packgate.lint.views import PolicyView
from packgate.model.policy import FITTING_MODES as FITTING
from packgate.model.policy import MODE_RANK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding


def check(context: LintContext) -> Iterator[Finding]:
    """Policies and overrides whose mode does not fit their impact."""
    for view in context.policies_and_overrides:
        policy = view.policy
        fitting, mode = FITTING[policy.impact], policy.outcome.mode
        if mode == "allow" or mode in fitting or (policy.outcome.redact and policy.impact != "routine"):
            continue
        if not isinstance(view, PolicyView) and "then" not in view.data and "impact" not in view.data:
            continue
        looser = all(MODE_RANK[mode] < MODE_RANK[other] for other in fitting)
        fits = [impact for impact, modes in FITTING.items() if mode in modes]
        yield view.finding(
            f"{mode} is {'looser' if looser else 'stricter'} than {policy.impact} asks for ({' or '.join(fitting)})",
            "then" if "then" in view.data else "impact", on_key=True,
            hint=f"then: {fitting[0]}, or impact: {fits[0]} if that is what it is",
        )


RULE = Rule("PG210", "mode-against-impact", "A mode is looser or stricter than the impact", Severity.WARNING, __doc__, check)
