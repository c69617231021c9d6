"""Reports an owner, team or approver that is neither a name without blanks (`platform-security`, `@acme/platform`) nor a mail address.

Owners are compared with teams and groups of the context, and turned into code owners. A person's name in free text matches nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Finding, Place, Rule
from packgate.source.pointer import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.source.file import SourceFile


def check(context: LintContext) -> Iterator[Finding]:
    """Owners that can't be compared."""
    import re

    name = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9._-]+)?|[^@\s]+@[^@\s]+\.[^@\s]+")
    for place, text in _owners(context):
        if name.fullmatch(text) is None:
            yield Finding(
                place, f"'{text}' is neither a name without blanks nor a mail address",
                "write it as platform-security, @acme/platform or dba@example.org",
            )


def _owners(context: LintContext) -> Iterator[tuple[Place, str]]:
    for pack in context.packs:
        for index, owner in enumerate(pack.data.get("owners") or ()):
            if pack.header is not None:
                yield Place(pack.header, pointer("owners", index)), owner
    for waiver in context.waivers:
        for key in ("owner", "approver"):
            if key in waiver.data:
                yield waiver.at(key), waiver.data[key]
    for file in context.context_files:
        yield from _of_context(file)


def _of_context(file: SourceFile) -> Iterator[tuple[Place, str]]:
    data = file.data if isinstance(file.data, dict) else {}
    for section in ("repositories", "paths"):
        for index, item in enumerate(data.get(section) or ()):
            for key in ("owner", "team"):
                if isinstance(item, dict) and key in item:
                    yield Place(file, pointer(section, index, key)), item[key]


RULE = Rule("PG258", "owner-format", "An owner that can't be compared", Severity.WARNING, __doc__, check)
