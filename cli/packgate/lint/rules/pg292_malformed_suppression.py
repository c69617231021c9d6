"""Reports a comment that starts with `packgate:` and is no directive, or names a code that is not that of a lint rule.

It looks as if it suppressed something, and it does not. The forms are `# packgate: ignore[PG212] reason` and, in the comment at the head
of a file, `# packgate: ignore-file[PG212] reason`; several codes are separated by commas. What the loader reports can't be suppressed:
nothing can be built from such a file.
"""

from __future__ import annotations

from packgate.diagnostics import Severity
from packgate.lint.rule import Rule, nothing

RULE = Rule("PG292", "malformed-suppression", "A suppression that is not understood", Severity.ERROR, __doc__, nothing)
