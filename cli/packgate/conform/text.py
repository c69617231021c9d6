"""The protection matrix for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.conform.page import caught

if TYPE_CHECKING:
    from collections.abc import Mapping

_GROUPS = (("cases that must fire", ("must_fire",)), ("spellings", ("spellings",)))


def text(data: Mapping[str, Any]) -> str:
    """A block for each agent, then those that were passed over."""
    lines: list[str] = []
    for name, lane in data["lanes"].items():
        lines.append(f"{name} ({lane['title']} {lane['version']}), pack {data['pack']}")
        for title, groups in _GROUPS:
            native, hook = caught(lane["native"], groups), caught(lane["hook"], groups)
            lines.append(f"  {title:24} rules alone {native:>10}   with the hook {hook:>10}")
        for kind, how in (("native", "rules alone"), ("hook", "with the hook")):
            lines += [f"  wrongly stopped ({how}): {each}" for each in lane["wrong"][kind]]
        lines += [f"  not caught: {each}" for each in lane["missed"]]
        lines += [f"  stopped by the agent itself: {each}" for each in lane["refused"]]
        unseen = sum(group["unseen"] for group in lane["hook"].values()) if lane["hook"] else 0
        if unseen:
            lines.append(f"  {unseen} actions never came to a decision: the agent has no such tool here, or refuses by itself")
    lines += [f"{name}: not tried: {reason}" for name, reason in sorted(data["skipped"].items())]
    return "\n".join(lines) + "\n"
