"""Reports a waiver whose approver does not own the pack.

An exception is granted by those who answer for the rule: the owners in pack.yaml, or a member of an owner that is a group of the
context. Anybody else's word lets through what the owners meant to stop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Finding
    from packgate.lint.views import PackView


def check(context: LintContext) -> Iterator[Finding]:
    """Waivers that somebody else approved."""
    groups = [file.data.get("groups") or {} for file in context.groups_from if isinstance(file.data, dict)]
    for waiver in context.waivers:
        approver = waiver.data.get("approver", "").strip()
        if not approver or waiver.pack is None or waiver.pack.header is None:
            continue
        owners = _owners(waiver.pack)
        names = {_plain(owner) for owner in owners} | {_plain(owner).rpartition("/")[2] for owner in owners}
        members = {_plain(user) for group in groups for name, users in group.items() if _plain(name) in names for user in users}
        if _plain(approver) not in names | members:
            yield waiver.finding(
                f"{approver} approved it, who does not own the pack", "approver", hint=f"owners are {', '.join(owners) or 'not named'}"
            )


def _owners(pack: PackView) -> list[str]:
    """The owners in pack.yaml, and those of the packs that it extends."""
    found = list(pack.data.get("owners") or ())
    base = pack.result.base
    while base is not None:
        found += (base.header.data.get("owners") or ()) if base.header is not None else ()
        base = base.base
    return list(dict.fromkeys(found))


def _plain(name: str) -> str:
    return name.strip().casefold().removeprefix("@")


RULE = Rule("PG245", "foreign-approver", "A waiver was approved by somebody who does not own the pack", Severity.ERROR, __doc__, check)
