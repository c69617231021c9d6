"""Hostile input: what a whole decision costs, and whether it says what it did not read.

    python benchmarks/hostile.py [--only TEXT] [--record]

Lines of 100 KB, each of one shape (`hostile_shapes.py`), are decided by the strict pack, each in a process of its own. A shape
fails when the decision takes 0.5 s or more, when the process comes to hold more than 200 MB, when anything is raised, or when
the line can't be analysed whole and the coverage is full all the same. Nothing is run. Exits 1 when a shape fails.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time

from hostile_shapes import Shape, shapes
from results import record

SECONDS, MEGABYTES = 0.5, 200
PACK = "strict"
GIVE_UP = 60


def measure(name: str) -> int:
    """Decide one shape in this process and print the measurement as JSON."""
    from packgate.commands.shared import open_gate
    from packgate.model.action import parse_action

    shape = next(shape for shape in shapes() if shape.name == name)
    gate = open_gate((PACK,))
    data = {"surface": "shell", "shell": shape.shell, "command": shape.text, "cwd": "/home/dev/proj", "home": "/home/dev"}
    start, processor = time.perf_counter(), time.process_time()
    decision = gate.decide_json(parse_action(data), on_error=_raise)
    seconds = min(time.perf_counter() - start, time.process_time() - processor)
    print(json.dumps({
        "seconds": round(seconds, 3),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "coverage": decision["analysis"]["coverage"],
        "mode": decision["mode"],
        "notes": len(decision["analysis"]["notes"]),
    }))  # fmt: skip
    return 0


def _raise(error: Exception) -> None:
    raise error


def decide(shape: Shape) -> dict[str, object]:
    """The measurement of a shape, or what went wrong as ``error``."""
    command = [sys.executable, __file__, "--measure", shape.name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=GIVE_UP, check=False)
    except subprocess.TimeoutExpired:
        return {"error": f"not decided after {GIVE_UP} s"}
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1][:200]}
    return dict(json.loads(done.stdout))


def faults(shape: Shape, found: dict[str, object]) -> list[str]:
    """What is wrong with a measurement."""
    if "error" in found:
        return [str(found["error"])]
    wrong = []
    if float(str(found["seconds"])) >= SECONDS:
        wrong.append("slow")
    if int(str(found["megabytes"])) > MEGABYTES:
        wrong.append("large")
    if shape.beyond and found["coverage"] == "full":
        wrong.append("coverage full, though it can't be read whole")
    return wrong


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only shapes whose name contains this")
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure is not None:
        return measure(options.measure)
    chosen = [shape for shape in shapes() if options.only in shape.name]
    rows: dict[str, dict[str, object]] = {}
    failed = 0
    print(f"{'shape':44}{'KB':>5}{'seconds':>9}{'MB':>5}  coverage  mode")
    for shape in chosen:
        found = decide(shape)
        if faults(shape, found) == ["slow"]:
            # A busy machine gets a second try.
            found = decide(shape)
        wrong = faults(shape, found)
        failed += bool(wrong)
        rows[shape.name] = found
        values = (found.get("seconds", "-"), found.get("megabytes", "-"), found.get("coverage", "-"), found.get("mode") or "allow")
        print(f"{shape.name:44}{len(shape.text) // 1000:>5}{values[0]!s:>9}{values[1]!s:>5}  {values[2]:9} {values[3]!s:17} {'; '.join(wrong)}",
              flush=True)  # fmt: skip
    slowest = max((float(str(row["seconds"])) for row in rows.values() if "seconds" in row), default=0.0)
    largest = max((int(str(row["megabytes"])) for row in rows.values() if "megabytes" in row), default=0)
    print(f"{len(chosen)} shapes, {failed} fail; slowest {slowest} s, largest {largest} MB")
    if options.record:
        record("hostile", {"shapes": len(chosen), "failed": failed, "slowest_seconds": slowest, "largest_megabytes": largest, "by_shape": rows})
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
