"""Hostile input: what a whole decision costs, and whether it says what it did not read.

    python benchmarks/hostile.py [--only TEXT] [--jobs 1] [--json FILE]

Lines of 100 KB, each of one shape (`hostile_shapes.py`), are decided by the strict pack as `decide --jsonl` decides them, each in
a process of its own. A shape fails when its decision takes 0.5 s or more, when the process comes to hold more than 200 MB, when
anything is raised, or when the line can't be analysed whole and the coverage is full all the same. Nothing is run. Exits 1 when a
shape fails.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from hostile_shapes import shapes
from hostile_text import Shape

ROOT = Path(__file__).resolve().parent.parent
SECONDS, MEGABYTES = 0.5, 200
PACK = "strict"
GIVE_UP = 60
TRIES = 6
AT = "2026-01-01T00:00:00Z"


def measure(line: bytes) -> int:
    """Decide one line in this process and print the measurement as JSON."""
    from packgate.commands.decide import Decider
    from packgate.commands.shared import open_gate

    decider = Decider(open_gate((PACK,)), "block", AT)
    answers = io.StringIO()
    start, processor = time.perf_counter(), time.process_time()
    decider.stream(io.BytesIO(line), answers)
    seconds = min(time.perf_counter() - start, time.process_time() - processor)
    if decider.failed:
        raise SystemExit("packgate failed on it")
    decision = json.loads(answers.getvalue())
    print(json.dumps({
        "seconds": round(seconds, 3),
        "megabytes": peak_megabytes(),
        "coverage": decision["analysis"]["coverage"],
        "mode": decision["mode"],
        "notes": len(decision["analysis"]["notes"]),
    }))  # fmt: skip
    return 0


def peak_megabytes() -> int:
    """The most memory that this process held."""
    try:
        # Not `ru_maxrss` where there is something better: it counts what the parent held when it started this process.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) // 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def decide(shape: Shape) -> dict[str, Any]:
    """The measurement of a shape, or what went wrong as ``error``."""
    command = [sys.executable, __file__, "--measure"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "cli"), "PACKGATE_DEBUG": "1"}
    try:
        done = subprocess.run(command, input=shape.line, capture_output=True, timeout=GIVE_UP, check=False, env=environment)
    except subprocess.TimeoutExpired:
        return {"error": f"not decided after {GIVE_UP} s"}
    if done.returncode:
        return {"error": " ".join(done.stderr.decode(errors="replace").split("\n")[-4:])[:300] or f"exit {done.returncode}"}
    return dict(json.loads(done.stdout))


def faults(shape: Shape, found: dict[str, Any]) -> list[str]:
    """What is wrong with a measurement."""
    if "error" in found:
        return [str(found["error"])]
    wrong = []
    if found["seconds"] >= SECONDS:
        wrong.append("slow")
    if found["megabytes"] > MEGABYTES:
        wrong.append("large")
    if shape.beyond and found["coverage"] == "full":
        wrong.append("coverage full, though it can't be read whole")
    return wrong


def survey(chosen: list[Shape], jobs: int) -> dict[str, Any]:
    """Decide shapes, print a line for each, and return the figures of all."""
    rows: dict[str, dict[str, Any]] = {}
    failed: dict[str, list[str]] = {}
    print(f"{'shape':48}{'KB':>6}{'seconds':>9}{'MB':>5}  coverage  mode")
    pool = ThreadPoolExecutor(jobs)
    for shape, found in zip(chosen, pool.map(decide, chosen), strict=True):
        for _ in range(TRIES - 1):
            # Other work on the machine can only make it longer.
            if faults(shape, found) == ["slow"]:
                found = decide(shape)
        wrong = faults(shape, found)
        if wrong:
            failed[shape.name] = wrong
        rows[shape.name] = found
        seconds, megabytes, coverage = (found.get(key, "-") for key in ("seconds", "megabytes", "coverage"))
        mode = found.get("mode") or "allow"
        print(f"{shape.name:48}{len(shape.line) // 1000:>6}{seconds!s:>9}{megabytes!s:>5}  {coverage:9} {mode:17} {'; '.join(wrong)}", flush=True)
    return {
        "shapes": len(chosen), "failed": failed,
        "slowest_seconds": max((row["seconds"] for row in rows.values() if "seconds" in row), default=0.0),
        "largest_megabytes": max((row["megabytes"] for row in rows.values() if "megabytes" in row), default=0),
        "by_shape": rows,
    }  # fmt: skip


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only shapes whose name contains this")
    parser.add_argument("--jobs", type=int, default=1, help="shapes to decide at a time")
    parser.add_argument("--json", type=Path, help="also write the figures as JSON")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        return measure(sys.stdin.buffer.read())
    figures = survey([shape for shape in shapes() if options.only in shape.name], options.jobs)
    print(f"{figures['shapes']} shapes, {len(figures['failed'])} fail; slowest {figures['slowest_seconds']} s, largest {figures['largest_megabytes']} MB")
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 1 if figures["failed"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
