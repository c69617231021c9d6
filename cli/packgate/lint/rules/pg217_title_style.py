"""Reports a title that ends with a period, or is longer than 80 characters.

Titles stand in tables, headings and lists, where a sentence's period looks like a mistake and a long line is cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.edits import replace_text
from packgate.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding

LONGEST = 80


def check(context: LintContext) -> Iterator[Finding]:
    """Titles that are sentences, and long ones."""
    for view in context.policies:
        title = view.data["title"].rstrip()
        if title.endswith(".") and not title.endswith(".."):
            fix = replace_text(view.at("title"), title[:-1], "remove the period")
            yield view.finding("the title ends with a period", "title", fix=fix)
        if len(title) > LONGEST:
            yield view.finding(
                f"the title has {len(title)} characters; {LONGEST} are the most", "title", hint="details belong into the rationale"
            )


RULE = Rule(
    "PG217", "title-style", "A title ends with a period or is too long", Severity.WARNING, __doc__, check,
    fix="Removes the period.",
)
