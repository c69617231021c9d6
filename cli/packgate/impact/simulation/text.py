"""A simulation, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from packgate.impact.clusters import FREED, OUTCOMES, STOPPED, WARNED
from packgate.impact.interval import wilson
from packgate.impact.simulation.replay import IN_PART, REASONS
from packgate.impact.simulation.shown import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from packgate.impact.simulation.friction import Spread
    from packgate.impact.simulation.result import Item, Result

TITLES = {
    STOPPED: "would be stopped, and run at present", WARNED: "would be warned about, and pass without a word at present",
    FREED: "would run, or pass without a word, and do not at present",
}
_SHOWN = ("users", "groups", "repositories", "agents", "surfaces")
_WIDE = 160


def render_text(found: Result, limit: int, mask: Callable[[str], str], colour: bool = False, width: int = _WIDE) -> str:
    """The simulation: of clusters, policies and names ``limit`` each. ``mask`` hides secrets; ``width`` in characters."""
    from io import StringIO

    from rich.console import Console

    stream = StringIO()
    system: Literal["standard"] | None = "standard" if colour else None
    console = Console(file=stream, width=width, force_terminal=colour, color_system=system, highlight=False, legacy_windows=False)
    page = _Page(console, mask, limit)
    page.head(found)
    page.outcomes(found)
    page.friction(found)
    for change in (STOPPED, WARNED, FREED):
        page.clusters(change, [each for each in found.items if each.cluster.change == change])
    page.policies(found)
    page.names(found)
    page.partly(found)
    page.lost(found)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


class _Page:
    """Prints parts of a simulation."""

    def __init__(self, console: object, mask: Callable[[str], str], limit: int) -> None:
        from rich.console import Console

        assert isinstance(console, Console)
        self.console = console
        self.mask = mask
        self.limit = limit

    def head(self, found: Result) -> None:
        """What was compared on how much."""
        self._line(f"{found.before} → {found.after}", bold=True)
        self._line(
            f"  {_count(found.replayed, 'action')} replayed, {found.distinct:,} distinct, of {_count(len(found.files), 'file')}"
            + (f"; {_count(found.repeated, 'line')} repeated" if found.repeated else "")
            + (f"; {_count(found.damaged, 'line')} damaged" if found.damaged else "")
        )
        if found.unreplayed:
            self._line(f"  {_count(found.unreplayed, 'event')} can't be replayed, and say nothing of either side (below)")
        if found.partly:
            listed = ", ".join(f"{each.events:,} {each.reason}" for each in found.partly)
            self._line(f"  replayed from a part of what was done (below): {listed}")

    def outcomes(self, found: Result) -> None:
        """Outcomes before and after."""
        rows = []
        for outcome in OUTCOMES:
            before, after = found.total(0, outcome), found.total(1, outcome)
            shares = _share(before, found.replayed), _share(after, found.replayed)
            rows.append([outcome, f"{before:,}", shares[0], f"{after:,}", shares[1], f"{after - before:+,}"])
        self._table(["outcome", "now", "share", "would be", "share (95 % interval)", "change"], rows)

    def friction(self, found: Result) -> None:
        """Interruptions in human terms."""
        friction = found.friction
        if not friction.developer_days:
            self._line("  friction: no event names both a user and a time, so nothing is known per developer and day")
            return
        self._line(
            f"  {_count(friction.developers, 'developer')} on {_count(friction.developer_days, 'developer-day')}"
            + (f"; {_count(friction.outside, 'event')} without a user or a time are left out" if friction.outside else "")
        )
        for name, before, after in (
            ("interruptions per developer and day:", friction.interruptions_before, friction.interruptions_after),
            ("warnings per developer and day:     ", friction.warnings_before, friction.warnings_after),
        ):
            self._line(f"  {name} {_spread(before)} → {_spread(after)}")
        self._line(f"  sessions touched: {found.sessions[1]:,} of {found.sessions[0]:,}")

    def clusters(self, change: str, items: Sequence[Item]) -> None:
        """The clusters of one change, largest first."""
        if not items:
            return
        self._line("")
        self._line(f"{TITLES[change]}: {_count(sum(each.events for each in items), 'event')} in {_count(len(items), 'cluster')}", bold=True)
        for each in items[: self.limit]:
            because = ", ".join(f"{pack}/{policy}" for pack, policy in each.cluster.because)
            figures = f"{_count(each.events, 'event')}, {each.actions:,} distinct"
            self._line(f"  {each.cluster.id}  {each.cluster.title}: {figures}; by {because}")
            touched = [_count(len(names), kind) for names, kind in (
                (each.users, "user"), (each.groups, "group"), (each.repositories, "repository"), (each.agents, "agent")) if names]
            self._line(f"      {', '.join([*touched, _count(each.sessions, 'session')])}")
            self._line(f"      for example {one_line(each.example)}  ({each.place})")
            reason = each.before if change == FREED else each.after
            self._line(f"      {reason.reason}")
            for line in reason.message.splitlines():
                self._line(f"      {line}")
        self._more(items)

    def policies(self, found: Result) -> None:
        """The noisiest policies."""
        rows = [
            [f"{each.pack}/{each.policy}", *(f"{n:,}" for n in (
                each.stopped, each.warned, sum(each.after.values()), each.clusters, each.users,
            ))]
            for each in found.policies
        ]
        if rows:
            self._line("")
            self._table(["noisiest policies", "newly stopped", "newly warned", "all matches", "clusters", "users"], rows[: self.limit])
            self._more(rows)

    def names(self, found: Result) -> None:
        """Who and what is touched."""
        for kind in _SHOWN:
            rows = [each for each in found.tables[kind] if each.touched]
            if rows:
                self._line("")
                head = [f"{kind} touched ({len(rows):,} of {len(found.tables[kind]):,})", "events", "stopped", "warned", "freed"]
                self._table(head, [
                    [each.name or "(not recorded)", *(f"{n:,}" for n in (each.events, each.stopped, each.warned, each.freed))]
                    for each in rows[: self.limit]
                ])
                self._more(rows)

    def partly(self, found: Result) -> None:
        """What was decided from less than was done."""
        if not found.partly:
            return
        self._line("")
        self._line("replayed from a part of what was done, so that the real one may have been decided otherwise:", bold=True)
        for each in found.partly:
            self._line(f"  {each.events:>9,}  {each.reason}: {IN_PART[each.reason]} (first {each.place})")

    def lost(self, found: Result) -> None:
        """What can't be replayed."""
        if not found.lost:
            return
        self._line("")
        self._line("can't be replayed, and is no evidence either way:", bold=True)
        for reason, (count, first) in found.lost.items():
            self._line(f"  {count:>9,}  {reason}: {REASONS[reason]}" + (f" (first {first})" if first else ""))
        for cause, count in found.gaps.items():
            self._line(f"             {count:,} because of: {cause}")

    def _line(self, text: str, bold: bool = False) -> None:
        self.console.print(self.mask(text), style="bold" if bold else None, markup=False, soft_wrap=True)

    def _more(self, items: Sequence[object]) -> None:
        if len(items) > self.limit:
            self._line(f"  and {len(items) - self.limit:,} more; --limit shows more")

    def _table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for place, name in enumerate(head):
            table.add_column(name if place else f"  {name}", justify="right" if place else "left", no_wrap=True, overflow="ellipsis")
        for row in rows:
            table.add_row(*(Text(self.mask(cell) if place else f"  {self.mask(cell)}") for place, cell in enumerate(row)))
        self.console.print(table)


def _count(number: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") and noun != "developer-day" else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"


def _share(count: int, total: int) -> str:
    if not total:
        return "unknown"
    low, high = wilson(count, total)
    return f"{count / total:.2%} ({low:.2%} to {high:.2%})"


def _spread(spread: Spread) -> str:
    return f"{spread.mean:.2f} on average, 95th percentile {spread.p95}, at most {spread.most}"
