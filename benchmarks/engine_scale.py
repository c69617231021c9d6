"""What a decision costs with 30 and with 10,000 policies.

    python benchmarks/engine_scale.py [--check] [--json FILE]

Three sets of policies: spread over families and operations; all on ``git push``, each naming a branch; all on
``delete-file``, each naming a directory. The actions are analysed beforehand, so only matching is measured. ``--check``
exits 1 when 10,000 policies cost more than 1.5 times 30.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))

from packgate.engine import Engine, compile_packs, decide
from packgate.model.action import shell_action
from packgate.model.operation import Analysis, Operation
from packgate.model.policy import Condition, Outcome, Pack, Pattern, Policy

FEW, MANY, LIMIT = 30, 10_000, 1.5
FIELDS = {"operation": "word-nocase", "branch": "branch", "path": "path", "service": "word-nocase", "program": "word"}
FAMILIES = ("git-action", "delete-file", "read-file", "cloud-destroy", "cluster-change", "database-admin")
ACTION = shell_action("git push origin topic/17", cwd="/home/dev/proj", home="/home/dev")


def condition(field: str, *texts: str) -> Condition:
    """A condition of globs."""
    return Condition(field, tuple(Pattern("glob", text) for text in texts))


def spread(number: int) -> Policy:
    """Policies as they are in real packs, over everything."""
    family = FAMILIES[number % len(FAMILIES)]
    clause = (condition("operation", f"verb{number % 40}"), condition("service", f"service{number}", f"other{number}*"))
    return Policy(f"spread-{number}", "bench", (family,), Outcome("warn"), (clause,))


def push(number: int) -> Policy:
    """All on `git push`."""
    clause = (condition("operation", "push"), condition("branch", f"release-{number}", f"hotfix-{number}"))
    return Policy(f"push-{number}", "bench", ("git-action",), Outcome("block"), (clause,))


def delete(number: int) -> Policy:
    """All on the deletion of files."""
    return Policy(f"delete-{number}", "bench", ("delete-file",), Outcome("block"), ((condition("path", f"/srv/app{number}/**"),),))


def analysis(*operations: tuple[str, dict[str, tuple[str, ...]]]) -> Analysis:
    """An analysis of operations given by family and fields."""
    return Analysis([Operation((family, "command"), dict(fields), (0, 8)) for family, fields in operations], [])


ANALYSES = {
    "spread": analysis(("cloud-destroy", {"operation": ("verb3",), "service": ("service3",)})),
    "push": analysis(("git-action", {"operation": ("push",), "branch": ("release-17",)})),
    "push, no match": analysis(("git-action", {"operation": ("push",), "branch": ("topic/17",)})),
    "delete": analysis(("delete-file", {"operation": ("delete",), "path": ("/srv/app17/cache/x",)})),
}
SETS = {"spread": spread, "push": push, "push, no match": push, "delete": delete}


def compiled(name: str, count: int) -> Engine:
    """The engine of one set."""
    return compile_packs([Pack("bench", "1", tuple(SETS[name](number) for number in range(count)))], FIELDS)


def costs(engines: tuple[Engine, Engine], found: Analysis) -> list[float]:
    """Microseconds a decision with each engine: the best of many short runs in turn, which noise can only lengthen."""
    best = [float("inf"), float("inf")]
    for _ in range(40):
        for which, engine in enumerate(engines):
            start = time.perf_counter()
            for _ in range(200):
                decide(ACTION, found, engine, stage="block", decision_id="bench")
            best[which] = min(best[which], (time.perf_counter() - start) * 5e3)
    return best


def measure() -> dict[str, dict[str, float]]:
    """By set: microseconds a decision with few and with many policies, their ratio, and seconds to compile the many."""
    figures = {}
    for name, found in ANALYSES.items():
        few = compiled(name, FEW)
        start = time.perf_counter()
        many = compiled(name, MANY)
        compiling = time.perf_counter() - start
        low, high = costs((few, many), found)
        figures[name] = {
            f"{FEW} policies": round(low, 1), f"{MANY} policies": round(high, 1), "ratio": round(high / low, 2), "compile": round(compiling, 2)
        }
    return figures


def main() -> int:
    """Print a line for each set; 1 when a ratio is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help=f"exit 1 when a ratio is over {LIMIT}")
    parser.add_argument("--json", type=Path, help="also write the figures as JSON")
    options = parser.parse_args()
    figures = measure()
    print(f"{'set':<16}{FEW:>8} policies{MANY:>10} policies{'ratio':>8}   to compile")
    for name, found in figures.items():
        few, many, ratio, compiling = found.values()
        print(f"{name:<16}{few:>14.1f} µs{many:>16.1f} µs{ratio:>8.2f}   {compiling:.2f} s")
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return int(options.check and any(found["ratio"] > LIMIT for found in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
