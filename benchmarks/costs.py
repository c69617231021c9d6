"""The part of docs/simulating-at-scale.md that says what ten billion events cost, from recorded results.

    python benchmarks/costs.py            write it
    python benchmarks/costs.py --check    exit 1 when it is not what the recorded results come to

It takes the speed of one processor from benchmarks/results/simulate.json, and how reading and deciding share it and how many bytes an event has
from benchmarks/results/simulate_ray.json. Prices are parameters below: put in your own.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "simulating-at-scale.md"
BEGIN, END = "<!-- costs: written by benchmarks/costs.py -->", "<!-- costs: end -->"

EVENTS = 10_000_000_000
# US dollars for an hour of one processor, and for a gigabyte of an object store in a month: round figures, no offer of anybody.
CORE_HOUR, STORED = 0.05, 0.025
DISTINCT = (0.05, 0.2, 0.5, 1.0)
CORES = (4, 64, 512)
# How often an interval of 95 % is wider than one standard error, and the half-width that is wanted.
_Z, _HALF = 1.96, 0.001


def figures(results: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was recorded of both benchmarks."""
    one, other = (json.loads((results / f"{name}.json").read_text(encoding="utf-8"))["figures"] for name in ("simulate", "simulate_ray"))
    return one, other


def core_hours(one: dict[str, Any], other: dict[str, Any], distinct: float, events: int = EVENTS) -> float:
    """Hours of one processor for so many events, of which a share is distinct: reading is paid by each event, deciding by each distinct one."""
    speed = one["many"]["events_per_second_and_core"]
    reading = other["processor"]["reading_share"]
    measured = one["many"]["distinct"] / one["events"]
    return float(events / speed / 3600 * (reading + (1 - reading) * distinct / measured))


def sample(rate: float) -> int:
    """How many events of a sample put a rate within `_HALF` (the normal approximation)."""
    return round(_Z * _Z * rate * (1 - rate) / (_HALF * _HALF))


def part(results: Path = RESULTS) -> str:
    """The part of the page, without its markers."""
    one, other = figures(results)
    size, speed = other["bytes_of_an_event"], one["many"]["events_per_second_and_core"]
    process = one["many"]["memory_mb"] / (one["many"]["workers"] + 1)
    lines = [
        f"Measured: {speed:,} events a second and core with {one['policies']:,} policies, {one['many']['distinct'] / one['events']:.0%} of the actions distinct; "
        f"{other['processor']['reading_share']:.0%} of that time is reading, which every event pays, the rest deciding, which every distinct action pays.",
        "",
        "| distinct | core-hours | " + " | ".join(f"on {cores} cores" for cores in CORES) + f" | at {CORE_HOUR:.2f} a core-hour |",
        "|---|---|" + "---|" * (len(CORES) + 1),
    ]
    for share in DISTINCT:
        hours = core_hours(one, other, share)
        lines.append(f"| {share:.0%} | {hours:,.0f} | " + " | ".join(_time(hours / cores) for cores in CORES) + f" | {hours * CORE_HOUR:,.0f} |")
    lines += [
        "",
        "| what | an event | ten billion |",
        "|---|---|---|",
        f"| lines of the log | {size['line']:,} bytes | {_bytes(size['line'])} |",
        f"| Parquet (zstd) | {size['parquet']:,} bytes | {_bytes(size['parquet'])}, {EVENTS * size['parquet'] / 1e9 * STORED:,.0f} a month at {STORED:.3f} a gigabyte |",
        f"| shuffle: from readers to deciders | {size['shuffled']:,} bytes | {_bytes(size['shuffled'])} |",
        f"| from deciders to the driver | {size['decided']:,} bytes, and fewer the more there are | at most {_bytes(size['decided'])} |",
        f"| memory of a process | | {process:,.0f} MB with these shares |",
        "",
        f"A sample that puts a rate within ±{_HALF:.1%} with 95 % certainty has {sample(0.5):,} events at worst, {sample(0.01):,} where the rate is about 1 %; "
        f"a million events take one core {_time(core_hours(one, other, 0.5, 1_000_000))} and cost {core_hours(one, other, 0.5, 1_000_000) * CORE_HOUR:.3f}.",
    ]
    return "\n".join(lines)


def _time(hours: float) -> str:
    if hours >= 48:
        return f"{hours / 24:,.1f} days"
    return f"{hours:,.1f} h" if hours >= 1 else f"{hours * 60:,.1f} min"


def _bytes(each: float) -> str:
    return f"{EVENTS * each / 1e12:,.1f} TB"


def written(page: str, results: Path = RESULTS) -> str:
    """The page with its part as results come to. Raises `ValueError` for a page without the markers."""
    before, rest = page.split(f"{BEGIN}\n", 1)
    _, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{part(results)}\n{END}{after}"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the recorded results are")
    options = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8")
    text = written(page, options.results)
    if options.check:
        return 0 if text == page else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
