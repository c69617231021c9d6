"""Measure what one agent stops, on the real program, and what it does when the hook fails; write the page of all recorded results.

    python benchmarks/conform.py --target NAME [--extent quick|cases|all] [--engine PATH] [--json FILE]
    python benchmarks/conform.py --page        write docs/protection-matrix.md from benchmarks/results/conform-*.json

`packgate conform --help` says where agents are looked for. Exit code 3 when the agent is not here: nothing was measured then.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from freshness import LANE, RESULTS, ROOT

from packgate.commands.conform import make_measurement
from packgate.conform.faults import try_faults
from packgate.conform.lane import Absent
from packgate.conform.lanes import NAMES, find_lane
from packgate.conform.page import page
from packgate.conform.text import text

PAGE = ROOT / "docs" / "protection-matrix.md"


def measure(target: str, engine: str | None, extent: str) -> dict[str, Any]:
    """The figures of one agent with the pack `recommended`."""
    lane = find_lane(target)
    found = lane.find(engine, os.environ)
    if isinstance(found, Absent):
        print(f"{target}: {found.reason}", file=sys.stderr)
        raise SystemExit(3)
    start = time.monotonic()

    def tick(count: int) -> None:
        print(f"  {count} more after {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="packgate-conform-") as folder:
        measurement, names = make_measurement(("recommended",), extent, folder)
        measured = measurement.passes(lane, found, tick)
        faults = try_faults(lane, found, measurement.subject, os.path.join(folder, "faults"), measurement.hook.bundles, tick)
    return {"pack": ", ".join(names), "extent": extent, "lane": measured, "faults": faults, "seconds": round(time.monotonic() - start)}


def recorded() -> dict[str, Any]:
    """All recorded lanes, in the order in which lanes are listed."""
    lanes = {}
    for name in NAMES:
        path = RESULTS / f"{LANE}{name}.json"
        if path.is_file():
            lanes[name] = json.loads(path.read_text(encoding="utf-8"))
    return lanes


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", choices=NAMES)
    parser.add_argument("--engine")
    parser.add_argument("--extent", default="all")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--page", action="store_true")
    options = parser.parse_args()
    if options.page:
        PAGE.write_text(page(recorded()), encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")
        return 0
    if options.target is None:
        parser.error("name an agent with --target")
    figures = measure(options.target, options.engine, options.extent)
    print(text({"pack": figures["pack"], "lanes": {options.target: figures["lane"]}, "skipped": {}}))
    print(json.dumps(figures["faults"], indent=1))
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
