"""Reports a pack in packs/ whose folder has another name than the pack.

Packs are found by the name of their folder: by `extends`, by packgate.yaml and on the command line. Decisions name the pack by what
pack.yaml says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Place, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext


def check(context: LintContext) -> Iterator[Finding]:
    """Packs that are found under one name and speak under another."""
    import os

    for pack in context.packs:
        above, folder = os.path.split(os.path.abspath(pack.result.path))
        if pack.header is not None and os.path.basename(above) == "packs" and folder != pack.name:
            yield Finding(
                Place(pack.header, "/name"), f"the pack '{pack.name}' lies in the folder '{folder}', and is found under that name",
                "give both the same name",
            )


RULE = Rule("PG255", "pack-folder", "A pack's folder has another name than the pack", Severity.WARNING, __doc__, check)
