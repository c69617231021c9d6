"""What came of the passes, for the protection matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.conform.measure import MISSED, WRONG
from packgate.conform.payloads.tally import CASES, REWRITES, RUN, STOP, WARN
from packgate.conform.payloads.text import more, share
from packgate.conform.payloads.trying import FAILED

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD = """
## Through the hook, all cases and rewrites

Every case of a pack, and its commands in every way of writing as `packgate test --evade` tries them, put into payloads that were recorded
from the real clients and answered by the hook's own code, from an installed image; what the client would make of the answer's bytes is held
against what the pack says. No agent runs, so nothing is left out: `packgate conform --payloads --extent all` does the same.

*Stopped* and *warned*: of what the pack stops, and warns about. *Let run*: of what it lets run. A warning counts when the agent is told by
which policy. *Unseen*: no payload says it, as listed below.

"""
_COLUMNS = ((CASES, STOP), (CASES, WARN), (CASES, RUN), (REWRITES, STOP), (REWRITES, WARN), (REWRITES, RUN))
_TITLES = ("cases stopped", "warned", "let run", "rewrites stopped", "warned", "let run", "wrongly stopped", "unseen")
_PROBLEMS = ((MISSED, "not caught"), (WRONG, "wrongly stopped"), (FAILED, "not decided"))


def section(result: Mapping[str, Any] | None) -> str:
    """Markdown of a recorded result, ``{"measured": …, "figures": {"packs": {…}}}``; nothing for none."""
    if result is None:
        return ""
    parts = [_HEAD]
    for pack, agents in result["figures"]["packs"].items():
        columns = ("agent", "payloads", *_TITLES)
        parts.append(f"Pack `{pack}`, {result['measured']}:\n\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n")
        parts += [_row(figures) for figures in agents.values()]
        parts += ["\n", *[note for figures in agents.values() for note in _notes(figures)], "\n"]
    return "".join(parts).rstrip("\n") + "\n"


def _row(figures: Mapping[str, Any]) -> str:
    cells = [figures["title"], "; ".join(figures["clients"])]
    cells += [share(figures, group, demand) for group, demand in _COLUMNS]
    cells += [str(figures[WRONG]["count"]), str(sum(figures["unseen"].values()))]
    return f"| {' | '.join(cells)} |\n"


def _notes(figures: Mapping[str, Any]) -> list[str]:
    found = []
    for verdict, title in _PROBLEMS:
        problems = figures[verdict]
        if problems["count"]:
            rest = f" and {more(problems)} more" if more(problems) else ""
            found.append(f"- {figures['title']}, {title}: " + ", ".join(f"`{name}`" for name in problems["named"]) + f"{rest}\n")
    if figures["cannot_warn"]:
        found.append(f"- {figures['title']} is never warned: {figures['cannot_warn']}.\n")
    found += [f"- {figures['title']}, unseen: {reason} ({count})\n" for reason, count in figures["unseen"].items()]
    return found
