"""What came of the passes, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.conform.measure import CAUGHT, MISSED, NOT_SEEN, QUIET, RECORDED, WRONG
from packgate.conform.payloads.tally import CASES, REWRITES, RUN, STOP, WARN
from packgate.conform.payloads.trying import FAILED, UNSAID

if TYPE_CHECKING:
    from collections.abc import Mapping

_HELD = {STOP: (CAUGHT,), WARN: (CAUGHT,), RUN: (RECORDED, QUIET)}
_TITLES = {STOP: "stopped", WARN: "warned", RUN: "let run"}
_PROBLEMS = ((MISSED, "not caught"), (WRONG, "wrongly stopped"), (FAILED, "not decided"))


def text(data: Mapping[str, Any]) -> str:
    """A block for each agent."""
    lines: list[str] = []
    for name, each in data["payloads"].items():
        lines.append(f"{name} (payloads: {', '.join(each['clients'])}), pack {data['pack']}")
        for group in (CASES, REWRITES):
            shares = [f"{title} {share(each, group, demand):>15}" for demand, title in _TITLES.items()]
            lines.append(f"  {group:8} {'   '.join(shares)}")
        for verdict, title in _PROBLEMS:
            lines += [f"  {title}: {problem}" for problem in each[verdict]["named"]]
            lines += [f"  {title}: {more(each[verdict])} more"] if more(each[verdict]) else []
        unsaid = sum(each[group][WARN][UNSAID] for group in (CASES, REWRITES))
        if unsaid:
            lines.append(f"  {unsaid} warnings can't be given: {each['cannot_warn']}")
        lines += [f"  unseen: {count}: {reason}" for reason, count in each["unseen"].items()]
    return "\n".join(lines) + "\n"


def share(figures: Mapping[str, Any], group: str, demand: str) -> str:
    """``held/tried`` of what an agent has a tool for and can be told; a dash for nothing."""
    counts = figures[group][demand]
    tried = counts["tried"] - counts[NOT_SEEN] - counts[UNSAID]
    return f"{sum(counts[verdict] for verdict in _HELD[demand])}/{tried}" if tried else "-"


def more(problems: Mapping[str, Any]) -> int:
    """How many are not named."""
    return int(problems["count"]) - len(problems["named"])


def has_problems(figures: Mapping[str, Any]) -> bool:
    """Whether something that must be stopped or warned about was not, was stopped wrongly, or could not be decided."""
    return any(figures[verdict]["count"] for verdict, _ in _PROBLEMS)
