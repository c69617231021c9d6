"""The one table of exit codes."""

from __future__ import annotations

CLEAN = 0
FINDINGS = 1
USAGE = 2
INTERNAL = 3

MEANINGS = {
    CLEAN: "clean: nothing was found, or the action was decided",
    FINDINGS: "findings: a check failed, a test failed, or an input line could not be decided",
    USAGE: "wrong usage: an option, argument or file name that can't be used",
    INTERNAL: "internal error: packgate itself failed; it never reads as clean or as allow",
}
