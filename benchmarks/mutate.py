"""Score the cases of the shipped packs by mutation: which changes of a policy does no case of it notice?

    python benchmarks/mutate.py [--pack NAME] [--filter GLOB] [--survivors] [--json FILE]

    killed       mutants with which a case of the policy fails, of all that are not equivalent
    equivalent   mutants that provably match the same operations as the policy

exit 1 when the cases of a pack notice less than 90 % of the changes
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import time
from pathlib import Path

from packgate.commands.known_values import known_values
from packgate.commands.shared import open_workspace
from packgate.engine.gate import build_gate
from packgate.testing.cases import collect
from packgate.testing.mutation import MutationRun, PolicyScore, mutate, percent

# What the cases of a shipped pack notice at least, in percent.
BAR = 90


def measure(pack: str, chosen: str = "*") -> MutationRun:
    """The run over a pack's own policies whose id matches a glob."""
    space = open_workspace((pack,))
    result = space.results[0]
    if result.pack is None:
        raise SystemExit("\n".join(str(item) for item in space.diagnostics))
    gate = build_gate([result.pack], result.vocabulary, lists=space.lists)
    policies = fnmatch.filter([policy.id for policy in result.own_policies], chosen)
    return mutate(result, collect([result]), gate, lists=space.lists, values=known_values(result.pack), policies=policies)


def line(score: PolicyScore) -> str:
    """A row of the table."""
    killed = score.killed.total()
    share = percent(killed, score.tried)
    shown = "-" if share is None else f"{killed}/{score.tried} {share:6.2f} %"
    return f"{score.policy:36} {shown:>20} {score.equivalent:>11}"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", action="append", help="default: recommended and strict")
    parser.add_argument("--filter", metavar="GLOB", default="*", help="only policies whose id matches")
    parser.add_argument("--survivors", action="store_true", help="list the mutants that no case notices")
    parser.add_argument("--json", type=Path, help="also write all counts as JSON")
    options = parser.parse_args()
    counts, low = {}, False
    for pack in options.pack or ["recommended", "strict"]:
        start = time.perf_counter()
        run = measure(pack, options.filter)
        seconds = time.perf_counter() - start
        print(f"{pack:36} {'killed':>20} {'equivalent':>11}")
        print("\n".join(line(score) for score in run.policies))
        for kind in sorted({kind for score in run.policies for kind in (*score.killed, *score.survived)}):
            killed = sum(score.killed[kind] for score in run.policies)
            print(f"  {kind:34} {killed}/{killed + sum(score.survived[kind] for score in run.policies)}")
        print(f"all: {run.killed}/{run.tried} {percent(run.killed, run.tried)} % in {seconds:.1f} s\n")
        if options.survivors:
            for item in sorted(run.survivors, key=lambda item: item.sort_key()):
                print(f"{item.position} {item.message}\n    {item.hint}")
        counts[pack] = run.to_json()
        low |= bool(run.tried) and 100 * run.killed < BAR * run.tried
    if options.json is not None:
        options.json.write_text(json.dumps(counts, indent=2) + "\n", encoding="utf-8")
    return 1 if low else 0


if __name__ == "__main__":
    raise SystemExit(main())
