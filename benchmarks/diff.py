"""How long comparisons take: whole runs of `packgate diff`, and the search over conditions alone.

    python benchmarks/diff.py [--runs 3] [--json FILE]

The whole run compares the recommended pack, with the corpora of this repository, to a copy in which modes, patterns and an exception were
changed. The search compares conditions with 50 patterns each: sets that differ in a few, and adversarial ones whose machines are as large
as they come; there the budget ends it, and the answer may be "unknown".
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from timing import FLOOR, process_ms

from packgate.impact.formal import compare_conditions
from packgate.impact.sides import PackSide, open_side
from packgate.model.policy import Condition, Outcome, Pack, Pattern, Policy

ROOT = Path(__file__).resolve().parent.parent
ADVERSARIAL = "adversarial"
MOST_WHOLE_MS, MOST_FORMAL_MS = 3000, 200
CHANGES = (("then: block", "then: warn"), ("operation: force-push", "operation: force-pus*"))


def whole(runs: int) -> dict[str, Any]:
    """Milliseconds of a run of the verb from start to end, and its ratio to starting Python."""
    with tempfile.TemporaryDirectory() as folder:
        sides = [Path(folder) / name for name in ("before", "after")]
        for side in sides:
            shutil.copytree(ROOT / "packs" / "recommended", side / "packs" / "recommended")
            shutil.copytree(ROOT / "testcases", side / "testcases", ignore=shutil.ignore_patterns("lint"))
        for path in (sides[1] / "packs").rglob("policies/*.yaml"):
            text = path.read_text(encoding="utf-8")
            for old, new in CHANGES:
                text = text.replace(old, new, 1)
            path.write_text(text, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "cli"), "XDG_CACHE_HOME": str(Path(folder) / "cache")}
        command = (sys.executable, "-m", "packgate", "diff", *map(str, sides))
        taken = process_ms(command, runs, cwd=ROOT, env=environment)
    return {"ms": round(taken), "ratio": round(taken / process_ms(FLOOR, runs * 2), 1)}


def sets() -> dict[str, tuple[str, list[str], list[str]]]:
    """By name: the type of a field, and two sets of 50 patterns."""
    hosts = [f"*.region-{number}.example.com" for number in range(50)]
    paths = [f"**/service{number}/secrets/**" for number in range(50)]
    words = [f"*key{number}*" for number in range(50)]
    doubled = [f"*a{'?' * number}" for number in range(50)]
    return {
        "hosts, one less": ("host", hosts, hosts[1:]),
        "paths, one other": ("path", paths, [*paths[1:], "**/service0/secret/**"]),
        "words anywhere, one wider": ("word", words, [*words[1:], "*ke*0*"]),
        "the same in another order": ("path", paths, paths[::-1]),
        "adversarial: a letter so many from the end": ("word", doubled, [f"*b{'?' * number}" for number in range(50)]),
        "adversarial: stars within": ("word", [f"*a*b{number}*c*" for number in range(50)], [f"*c*b{number}*a*" for number in range(50)]),
    }


def formal(runs: int) -> dict[str, Any]:
    """By set: milliseconds of processor time, and the answer."""
    host = open_side("", ROOT / "packs" / "recommended", []).packs["recommended"]
    return {name: _formal(host, *each, runs) for name, each in sets().items()}


def _formal(host: PackSide, type: str, old: list[str], new: list[str], runs: int) -> dict[str, Any]:
    best, kind = float("inf"), ""
    for _ in range(runs):
        base, head = _side(host, type, old), _side(host, type, new)
        start = time.process_time()
        kind = compare_conditions(base, head, ["p"])[0].kind
        best = min(best, time.process_time() - start)
    return {"ms": round(best * 1000, 1), "answer": kind}


def _side(host: PackSide, type: str, patterns: list[str]) -> PackSide:
    condition = Condition("x", tuple(Pattern("glob", text) for text in patterns))
    policy = Policy("p", "k", ("command",), Outcome("audit"), ((condition,),))
    return PackSide(Pack("k", "1", (policy,)), host.result, {"x": type}, {}, host.gate, ".", ".", {"p": policy})


def main() -> int:
    """Run from the command line; 1 when a bar is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write the figures as JSON")
    options = parser.parse_args()
    figures = {"packgate diff": whole(options.runs), "conditions": formal(options.runs)}
    print(f"packgate diff, recommended pack: {figures['packgate diff']['ms']} ms, {figures['packgate diff']['ratio']} times the floor")
    for name, found in figures["conditions"].items():
        print(f"  50 patterns, {name:<45}{found['ms']:>8} ms  {found['answer']}")
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    slow = [name for name, found in figures["conditions"].items() if found["ms"] > MOST_FORMAL_MS and not name.startswith(ADVERSARIAL)]
    return 1 if slow or figures["packgate diff"]["ms"] > MOST_WHOLE_MS else 0


if __name__ == "__main__":
    raise SystemExit(main())
