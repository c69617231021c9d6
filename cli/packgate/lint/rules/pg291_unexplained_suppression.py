"""Reports a suppression comment without a reason behind the bracket.

Whoever meets the comment in a year has to know whether it may go.
"""

from __future__ import annotations

from packgate.diagnostics import Severity
from packgate.lint.rule import Rule, nothing

RULE = Rule(
    "PG291", "unexplained-suppression", "A suppression without a reason", Severity.ERROR, __doc__, nothing,
)
