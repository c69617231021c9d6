"""Reports a suppression comment that suppresses nothing.

What it was for was mended, or the comment stands in the wrong line. It would hide the next finding of its code that comes up there.
A code whose rule does not run (`--select`, `--ignore`) is not reported.
"""

from __future__ import annotations

from packgate.diagnostics import Severity
from packgate.lint.rule import Rule, nothing

RULE = Rule(
    "PG290", "unused-suppression", "A suppression that suppresses nothing", Severity.WARNING, __doc__, nothing,
    fix="Removes the comment, or those of its codes that are not reported.",
)
