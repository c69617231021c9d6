"""The protection matrix as a page, from recorded figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD = """\
# Protection matrix

What each agent really stops, measured on the real program by `packgate conform` with the pack `{pack}` at stage block. Every case of the
pack was made a tool call of the agent: once with the rendered native rules alone, once with the hook beside them. Nothing was executed.

Measured {measured}. {lanes}

## All cases

Of the actions that must fire and that the pack stops or warns about: how many were stopped, or warned about as the policy says.
*Spellings* are the same for one command of every policy, written in every way of [evasion-ways.md](evasion-ways.md) that applies to it.
*Wrongly stopped* counts actions that were stopped though the pack lets them run. *Unseen* are actions that the agent has no way to do,
or refuses by itself.

Each pair is: rules alone, with the hook.

| agent | version | cases | spellings | wrongly stopped | unseen |
|---|---|---|---|---|---|
"""
_POLICIES = """
## By policy

Caught of those that the pack stops or warns about, cases and spellings together: rules alone, then with the hook. A dash: the policy only
records, or the agent has no such tool.

"""


def page(data: Mapping[str, Any]) -> str:
    """Markdown of recorded figures: ``{"measured": …, "pack": …, "lanes": {target: report}, "skipped": {target: reason}}``."""
    lanes: Mapping[str, Any] = data["lanes"]
    versions = "; ".join(f"{lane['title']} {lane['version']}" for lane in lanes.values())
    head = _HEAD.format(pack=data["pack"], measured=data["measured"], lanes=f"Agents: {versions}." if versions else "No agent was there.")
    rows = [_row(lane) for lane in lanes.values()]
    return head + "".join(rows) + _skipped(data) + _POLICIES + _by_policy(lanes) + _problems(lanes)


def _row(lane: Mapping[str, Any]) -> str:
    cells = [lane["title"], lane["version"]]
    cells += [", ".join(caught(lane[name], (group,)) for name in ("native", "hook")) for group in ("must_fire", "spellings")]
    cells.append(", ".join(str(_sum(lane[name], "wrong")) for name in ("native", "hook")))
    cells.append(str(_sum(lane["hook"], "unseen")))
    return f"| {' | '.join(cells)} |\n"


def caught(counts: Mapping[str, Any] | None, groups: tuple[str, ...] = ("must_fire", "spellings")) -> str:
    """``held/tried`` of the loud ones; a dash where there is none."""
    if counts is None:
        return "-"
    held = sum(counts[group]["caught"] for group in groups)
    tried = held + sum(counts[group]["missed"] for group in groups)
    return f"{held}/{tried}" if tried else "-"


def _sum(counts: Mapping[str, Any] | None, verdict: str) -> int:
    return sum(group[verdict] for group in counts.values()) if counts is not None else 0


def _skipped(data: Mapping[str, Any]) -> str:
    return "".join(f"\n{name} was not tried: {reason}.\n" for name, reason in sorted(data.get("skipped", {}).items()))


def _by_policy(lanes: Mapping[str, Any]) -> str:
    names = sorted({policy for lane in lanes.values() for policy in lane["policies"]})
    lines = ["| policy |" + "".join(f" {lane['title']} |" for lane in lanes.values()), "|---|" + "---|" * len(lanes)]
    for name in names:
        cells = []
        for lane in lanes.values():
            counts = lane["policies"].get(name, {})
            native, hook = caught(counts.get("native")), caught(counts.get("hook"))
            cells.append("-" if hook == native == "-" else f"{native}, {hook}")
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _problems(lanes: Mapping[str, Any]) -> str:
    found = []
    for lane in lanes.values():
        for title, names in (("not caught with the hook", lane["missed"]), ("wrongly stopped with the hook", lane["wrong"]["hook"]),
                             ("wrongly stopped by rules", lane["wrong"]["native"])):
            if names:
                found.append(f"- {lane['title']}, {title}: " + ", ".join(f"`{name}`" for name in names))
    return "\n## What did not go as it should\n\n" + "\n".join(found) + "\n" if found else ""
