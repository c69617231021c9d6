"""The protection matrix as a page, from recorded results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.conform.faults import FAULTS, LIMITS, MODES, holds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.conform.faults import Fault

_HEAD = """\
# Protection matrix

What agents really stop, measured on the real programs by `packgate conform`, with the pack `recommended` at stage block. Cases of the pack
were made tool calls of the agent, which a scripted model asks for: once with the rendered native rules alone, once with the hook beside
them.
*Extent* says which: `quick` is one case of either polarity of every policy and some spellings; `cases` every case and some
spellings; `all` every case and every way of writing. The agents ran without network, without a user's files, and with shells that run
nothing.
[Measuring agents](conform.md) says how.

This page is written by `python benchmarks/conform.py --page` from `benchmarks/results/conform-*.json`, which hold all figures; a test
fails when they were measured with other packs, templates or dialects than there are now.

## By agent

Each pair is: rules alone, with the hook. Counted are actions that the pack stops or warns about: how many were stopped, or warned about
so that the agent was told by which policy. *Spellings*: ways of writing of [evasion-ways.md](evasion-ways.md), each with a command of some
policy. *Wrongly stopped*: the pack lets it run. *Unseen*: the agent has no tool for it, or stops it by itself, also when nothing of
packgate is installed and everything is allowed.

| agent | version | measured | extent | cases | spellings | wrongly stopped | unseen |
|---|---|---|---|---|---|---|---|
"""
_POLICIES = """
## By policy

Cases and spellings together: rules alone, then with the hook. A dash: the policy only records, or the agent has no tool for it.

"""
_FAULTS = """
## When the hook fails

A harmless command, with one thing wrong at a time: what became of it where the installation says closed, then where it says open. *No
session*: the agent was stopped before it came to act. An outcome that is not the configured one is **bold**, with *its limit* where the
agent does that whatever is configured. Settings that are missing can't say that failures are open. A dash: it can't happen to the agent.
What agents do by themselves when a hook fails, and what answers in its place, is on
[another page](enforcement-points/README.md#when-the-hook-itself-fails).

"""


def page(results: Mapping[str, Any]) -> str:
    """Markdown of recorded results, by target: ``{"measured": …, "figures": {"lane": …, "faults": …}}``."""
    if not results:
        return f"{_HEAD.partition('## By agent')[0]}Nothing is recorded yet.\n"
    lanes = {name: result["figures"]["lane"] for name, result in results.items()}
    rows = [_row(lanes[name], result["measured"], result["figures"]["extent"]) for name, result in results.items()]
    parts = [_HEAD, *rows, _problems(lanes), _POLICIES, _by_policy(lanes), _FAULTS, _by_fault(results)]
    return "".join(parts)


def _row(lane: Mapping[str, Any], measured: str, extent: str) -> str:
    cells = [lane["title"], lane["version"], measured, f"`{extent}`"]
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


def _by_fault(results: Mapping[str, Any]) -> str:
    tried = {name: result["figures"] for name, result in results.items() if result["figures"].get("faults")}
    titles = [f"{each['lane']['title']} {each['lane']['version']}" for each in tried.values()]
    lines = ["| what is wrong |" + "".join(f" {title} |" for title in titles), "|---|" + "---|" * len(titles)]
    for fault in FAULTS:
        cells = [_outcomes(name, fault, figures["faults"].get(fault.name)) for name, figures in tried.items()]
        lines.append(f"| {fault.title} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _outcomes(agent: str, fault: Fault, seen: Mapping[str, str] | None) -> str:
    """What became of the command, closed and open; a dash where nothing was tried."""
    if not seen:
        return "-"
    limit = " (its limit)" if (agent, fault.name) in LIMITS else ""
    return ", ".join(seen[mode] if _as_configured(agent, fault, mode, seen[mode]) else f"**{seen[mode]}**{limit}" for mode in MODES)


def _as_configured(agent: str, fault: Fault, mode: str, outcome: str) -> bool:
    limited = LIMITS.get((agent, fault.name))
    return holds(agent, fault, mode, outcome) and limited in (None, fault.expected[mode])


def _problems(lanes: Mapping[str, Any]) -> str:
    found = []
    for lane in lanes.values():
        for title, names in (("not caught with the hook", lane["missed"]), ("wrongly stopped with the hook", lane["wrong"]["hook"]),
                             ("wrongly stopped by rules alone", lane["wrong"]["native"]),
                             ("stopped by the agent itself", lane.get("refused", ()))):
            if names:
                found.append(f"- {lane['title']}, {title}: " + ", ".join(f"`{name}`" for name in names))
    return "\n" + "\n".join(found) + "\n" if found else ""
