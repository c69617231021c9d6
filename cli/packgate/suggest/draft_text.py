"""The file of a draft."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packgate.guard.detectors import mask
from packgate.source.append import flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.suggest.risky import Kind

_HEADER = "# yaml-language-server: $schema=https://packgate.dev/schema/policies.schema.json\n"
_SPECIAL = re.compile(r"[*?\[\]{}\\]")


def draft_text(
    kind: Kind, families: Sequence[str], name: str, threat: str, because: str, near: bool, fires: Sequence[dict[str, Any]],
    silent: Sequence[dict[str, Any]],
) -> str:
    """A policies file with the draft. ``because``: the numbers; ``near``: whether the layer is one that is about such actions; ``fires``
    and ``silent``: its cases."""
    fields = ("server", "tool") if kind.call else ("program", "operation")
    values = (_SPECIAL.sub(lambda found: f"[{found.group()}]", value) for value in (kind.actor, kind.verb))
    layer = "" if near else " No policy of the pack is about these families: the layer is a guess."
    lines = [
        f"# A draft by `packgate suggest`, from {because}.{layer}",
        "# It only records. Decide what it is for: its layer, impact, mode, message, and cases of your own; or delete this file.",
        "policies:",
        f"  - id: {name}",
        f"    title: {flow(f'Draft of a policy for {kind.title}')}",
        f"    threat: {threat}",
        "    impact: routine",
        f"    rationale: {flow(f'A draft, not yet judged by anybody. No policy covered {kind.title}, of which there were {because}.')}",
        f"    when: {flow(list(families))}",
        f"    if: {flow(dict(zip(fields, values, strict=True)))}",
        "    then: audit",
        "    risk: 30",
        f"    message: {flow(f'{kind.title} is recorded, by a policy that is a draft.')}",
        "    tests:",
    ]
    for polarity, cases in (("must_fire", fires), ("must_not_fire", silent)):
        lines.append(f"      {polarity}:")
        for case in cases:
            lines += [f"        {'  ' if number else '- '}{key}: {flow(value)}" for number, (key, value) in enumerate(case.items())]
    return _HEADER + mask("\n".join(lines)) + "\n"
