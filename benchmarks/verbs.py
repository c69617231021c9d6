"""How long whole processes of the command line take.

    python benchmarks/verbs.py [--runs 5] [--json FILE]

Each verb is started as a user would start it, in this repository, with a warm cache of validated files; what counts is the time
from start to end, the least of several runs. The ratio is to the floor of the interpreter, `python -I -S -E -c pass`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from timing import FLOOR, process_ms

ROOT = Path(__file__).resolve().parent.parent
PACK = "packs/recommended"
VERBS: dict[str, tuple[str, ...]] = {
    "--help": ("--help",),
    "decide": ("decide", "git push origin HEAD:main"),
    "explain": ("explain", "git push origin HEAD:main"),
    "lint": ("lint", PACK),
    "test": ("test", PACK),
    "test --no-corpora": ("test", PACK, "--no-corpora"),
}
# The job of every pull request.
TOGETHER = ("lint", "test")


def measure(runs: int) -> dict[str, Any]:
    """Milliseconds and ratios by verb. Raises `RuntimeError` when a verb fails."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "cli")}
    floor = process_ms(FLOOR, runs * 2)
    figures: dict[str, Any] = {"floor": {"ms": round(floor, 1), "ratio": 1.0}}
    for name, arguments in VERBS.items():
        taken = process_ms((sys.executable, "-m", "packgate", *arguments), runs, cwd=ROOT, env=environment)
        figures[name] = {"ms": round(taken), "ratio": round(taken / floor, 1)}
    total = sum(figures[name]["ms"] for name in TOGETHER)
    figures[" && ".join(TOGETHER)] = {"ms": total, "ratio": round(total / floor, 1)}
    return figures


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path, help="also write the figures as JSON")
    options = parser.parse_args()
    figures = measure(options.runs)
    for name, found in figures.items():
        print(f"{name:<20}{found['ms']:>8} ms{found['ratio']:>9} times the floor")
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
