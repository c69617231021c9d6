"""Measure what one agent stops, on the real program, and what it does when the hook fails; write the page of all recorded results.

    python benchmarks/conform.py --target NAME [--extent quick|cases|all] [--engine PATH] [--json FILE]
    python benchmarks/conform.py --target opa       a policy engine (opa, cerbos), or an agent's rule checker (codex-rules, gemini-rules)
    python benchmarks/conform.py --page        write docs/protection-matrix.md from benchmarks/results/conform-*.json and payloads.json

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

from freshness import LANE, RESULTS, ROOT, RULES

from packgate.commands.conform import make_measurement, subject_of
from packgate.commands.shared import open_sound
from packgate.conform.faults import try_faults
from packgate.conform.lane import Absent
from packgate.conform.lanes import NAMES, find_lane
from packgate.conform.measurement import probes_of
from packgate.conform.oracles.page import oracle_page
from packgate.conform.oracles.registry import CHECKERS, ENGINES
from packgate.conform.oracles.run import ask
from packgate.conform.oracles.text import oracle_text
from packgate.conform.page import page
from packgate.conform.payloads.table import section
from packgate.conform.text import text

ORACLES = (*ENGINES, *(f"{name}{RULES}" for name in CHECKERS))
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


def measure_oracle(target: str, engine: str | None, extent: str) -> dict[str, Any]:
    """The figures of a policy engine or a rule checker (of `ORACLES`) with the pack `recommended`."""
    start = time.monotonic()
    space = open_sound(("recommended",))
    subject = subject_of(space)
    name = target.removesuffix(RULES)
    asked = ask((name,), engine, os.environ, subject, probes_of(subject, extent))
    if asked.skipped:
        print(f"{target}: {asked.skipped[name]}", file=sys.stderr)
        raise SystemExit(3)
    pack = ", ".join(pack.name for pack in space.packs)
    print(oracle_text({"pack": pack, "engines": asked.engines, "rules": asked.rules}))
    figures = {"engine": asked.engines[name]} if name in ENGINES else {"rules": asked.rules[name]}
    return {"pack": pack, "extent": extent, **figures, "seconds": round(time.monotonic() - start)}


def written() -> str:
    """The page of all recorded results."""
    return page(recorded(NAMES)) + section(recorded_payloads()) + oracle_page(recorded(ORACLES))


def recorded(names: tuple[str, ...]) -> dict[str, Any]:
    """The recorded results of some lanes, in their order."""
    lanes = {}
    for name in names:
        path = RESULTS / f"{LANE}{name}.json"
        if path.is_file():
            lanes[name] = json.loads(path.read_text(encoding="utf-8"))
    return lanes


def recorded_payloads() -> dict[str, Any] | None:
    """The recorded passes over payloads (`benchmarks/payloads.py`)."""
    path = RESULTS / "payloads.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", choices=(*NAMES, *ORACLES))
    parser.add_argument("--engine")
    parser.add_argument("--extent", default="all")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--page", action="store_true")
    options = parser.parse_args()
    if options.page:
        PAGE.write_text(written(), encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")
        return 0
    if options.target is None:
        parser.error("name an agent with --target")
    if options.target in ORACLES:
        figures = measure_oracle(options.target, options.engine, options.extent)
    else:
        figures = measure(options.target, options.engine, options.extent)
        print(text({"pack": figures["pack"], "lanes": {options.target: figures["lane"]}, "skipped": {}}))
        print(json.dumps(figures["faults"], indent=1))
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
