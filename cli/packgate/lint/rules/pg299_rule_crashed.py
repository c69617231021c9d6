"""Reports that a rule of packgate failed on these files; the other rules went on.

It is a defect of packgate, not of the files. The rule's findings are missing, so the result must not read as clean.
"""

from __future__ import annotations

from packgate.diagnostics import Severity
from packgate.lint.rule import Rule, nothing

RULE = Rule("PG299", "rule-crashed", "A rule of packgate failed", Severity.ERROR, __doc__, nothing)
