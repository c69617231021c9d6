"""Bars by day as plain numbers, which the template draws: no library, nothing that a reader has to load."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Days that a chart shows, and its size in units of its own.
MOST_DAYS = 90
WIDTH, HEIGHT = 720.0, 170.0
_LEFT, _BOTTOM, _TOP = 44.0, 20.0, 14.0


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar; that of a time before the year 1000 may not be."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def axis(days: Sequence[str]) -> list[str]:
    """Every day from the first to the last, quiet ones too; of a longer time the newest `MOST_DAYS`."""
    if not days:
        return []
    last = date.fromisoformat(max(days))
    first = max(date.fromisoformat(min(days)), date.min + timedelta(days=MOST_DAYS))
    count = min((last - first).days + 1, MOST_DAYS)
    return [(last - timedelta(days=back)).isoformat() for back in range(max(count, 1) - 1, -1, -1)]


def stacked(days: Sequence[str], counts: Mapping[str, Mapping[str, int]], series: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A chart of stacked bars. ``counts``: by day and series; ``series``: key and name, from the bottom upward."""
    most = max((sum(counts.get(day, {}).get(key, 0) for key, _ in series) for day in days), default=0)
    top = _nice(most)
    step = (WIDTH - _LEFT) / max(len(days), 1)
    bars = []
    for number, day in enumerate(days):
        values = [(key, name, counts.get(day, {}).get(key, 0)) for key, name in series]
        level, parts = HEIGHT - _BOTTOM, []
        for key, _, value in values:
            height = value / top * (HEIGHT - _BOTTOM - _TOP) if top else 0.0
            level -= height
            if value:
                # What happened at all can be seen.
                parts.append({"kind": key, "y": _round(min(level, HEIGHT - _BOTTOM - 1)), "height": _round(max(height, 1))})
        said = ", ".join(f"{value:,} {name}" for _, name, value in values if value) or "nothing"
        bars.append({
            "day": day, "x": _round(_LEFT + number * step + step * 0.1), "width": _round(min(step * 0.8, 28)), "parts": parts, "said": said,
        })
    return {
        "bars": bars, "top": top, "most": most, "width": _round(WIDTH), "height": _round(HEIGHT), "left": _round(_LEFT),
        "base": _round(HEIGHT - _BOTTOM), "ceiling": _round(_TOP), "middle": _round((HEIGHT - _BOTTOM + _TOP) / 2),
        "series": [{"kind": key, "name": name, "total": sum(counts.get(day, {}).get(key, 0) for day in days)} for key, name in series],
        "marks": _marks(bars),
    }


def _marks(bars: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The days that are written below the bars: the first, the last, and some between."""
    if not bars:
        return []
    every = max(-(-len(bars) // 6), 1)
    places = [*range(0, max(len(bars) - every // 2 - 1, 0), every), len(bars) - 1]
    return [{"x": bars[place]["x"], "text": bars[place]["day"][5:]} for place in sorted(set(places))]


def _nice(most: int) -> int:
    """A round number not below ``most``."""
    size = 1
    while size * 10 < most:
        size *= 10
    steps = (10, 15, 20, 25, 30, 40, 50, 60, 80, 100) if size > 1 else (10, 20, 40, 60, 80, 100)
    return next((size * step // 10 for step in steps if size * step >= most * 10), most) if most else 0


def _round(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
