"""How many decisions a second one process makes, and how long single ones take.

    python benchmarks/decisions.py [--corpus FILE] [--pack recommended] [--rounds 5] [--library] [--json FILE]

The workload is fixed: every shell command of the repository's own corpora, benign and attack, or those of a file of JSON lines
with `command` (`--corpus`). Each corpus is decided once before it is measured, so that packs and programs are loaded; what that
first time took is told apart. The library makes decision objects; `decide --jsonl` is a whole process that reads JSON, masks secrets and writes JSON.
All times are processor time. Ratios are to a fixed pure-Python loop in the same run, and say more than figures of one machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from timing import each_us, loop_ns, per_second, percentiles

from packgate.commands.shared import open_gate
from packgate.model.action import parse_action
from packgate.testing.cases import in_context
from packgate.testing.corpus import load_corpora

ROOT = Path(__file__).resolve().parent.parent


def workloads(corpus: Path | None) -> dict[str, list[dict[str, Any]]]:
    """Actions by name of the workload. Raises `SystemExit` when a corpus has mistakes."""
    if corpus is not None:
        rows = (json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines() if line.strip())
        return {corpus.stem: [in_context({"surface": "shell", "command": row["command"]}, {}) for row in rows]}
    cases, problems = load_corpora(ROOT / "testcases")
    if problems:
        raise SystemExit("the corpora have mistakes; `packgate test` lists them")
    found: dict[str, list[dict[str, Any]]] = {}
    for case in cases:
        if case.action["surface"] == "shell":
            found.setdefault(case.polarity, []).append(case.action)
    return found


def measure_library(actions: list[dict[str, Any]], pack: str, rounds: int) -> dict[str, Any]:
    """Decisions through the library: `parse_action` and `Gate.decide`."""
    gate = open_gate((pack,))

    def work(data: dict[str, Any]) -> object:
        return gate.decide(parse_action(data))

    first = per_second(work, actions, 1)
    # Before and after, since the clock of a processor changes.
    before = loop_ns()
    speed = per_second(work, actions, rounds)
    loop = min(before, loop_ns())
    return {
        "actions": len(actions), "first_per_second": round(first), "per_second": round(speed), "ratio_to_loop": round(1e9 / speed / loop),
        "loop_ns": round(loop, 1),
        "microseconds": percentiles(each_us(work, actions, rounds)),
    }


def measure_stream(actions: list[dict[str, Any]], pack: str, rounds: int) -> dict[str, Any]:
    """Decisions of one `decide --jsonl` process, without the time that it takes to start."""
    lines = "".join(json.dumps(action) + "\n" for action in actions).encode()
    first = (json.dumps(actions[0]) + "\n").encode()
    command = [sys.executable, "-m", "packgate", "decide", "--jsonl", "--pack", pack]
    loop = loop_ns()
    with tempfile.TemporaryDirectory() as compiled:
        # An installed package has its modules compiled; here the first process does that.
        _process(command, lines, compiled)
        best = min(_process(command, lines, compiled) - _process(command, first, compiled) for _ in range(rounds))
    loop = min(loop, loop_ns())
    speed = (len(actions) - 1) / best
    return {"per_second": round(speed), "ratio_to_loop": round(1e9 / speed / loop)}


def _process(command: list[str], given: bytes, compiled: str) -> float:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "cli"), "PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""}
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, input=given, stdout=subprocess.DEVNULL, check=True, cwd=ROOT, env=environment)
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    return end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime


def measure(corpus: Path | None, pack: str, rounds: int, stream: bool = True) -> dict[str, Any]:
    """All figures of all workloads; without ``stream`` those of the library alone."""
    figures: dict[str, Any] = {}
    for name, actions in workloads(corpus).items():
        figures[name] = {"library": measure_library(actions, pack, rounds)}
        if stream:
            figures[name]["decide --jsonl"] = measure_stream(actions, pack, min(rounds, 3))
    return figures


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="JSON lines with `command`")
    parser.add_argument("--pack", default="recommended")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--library", action="store_true", help="without `decide --jsonl`")
    parser.add_argument("--json", type=Path, help="also write the figures as JSON")
    options = parser.parse_args()
    figures = measure(options.corpus, options.pack, options.rounds, not options.library)
    for name, found in figures.items():
        library = found["library"]
        times = ", ".join(f"{key} {value}" for key, value in library["microseconds"].items())
        print(f"{name}: {library['actions']} actions; a turn of the loop is {library['loop_ns']} ns")
        print(f"  library         {library['per_second']:>7,} decisions/s   {library['ratio_to_loop']:>7,} turns of a loop each   µs: {times}")
        print(f"  the first time  {library['first_per_second']:>7,} decisions/s")
        if "decide --jsonl" in found:
            stream = found["decide --jsonl"]
            print(f"  decide --jsonl  {stream['per_second']:>7,} decisions/s   {stream['ratio_to_loop']:>7,} turns of a loop each")
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
