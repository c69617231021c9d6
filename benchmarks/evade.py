"""Score every policy of the shipped packs against rewrites of its own commands.

    python benchmarks/evade.py [--pack NAME] [--misses] [--by-rewrite] [--chained] [--commands N] [--json FILE]

Every way of writing (`packgate.testing.evasions`) is tried with 4 must_fire commands of each policy to which it applies, or with N. What
comes out is decided, not run:

    rewrites    the rewritten command still fires the policy; of the others, how many the decision calls unsure
    data        the command as mere data does not fire it (not with --chained)
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from packgate.commands.shared import open_workspace
from packgate.engine.gate import build_gate
from packgate.testing.cases import collect
from packgate.testing.evasion import COMMANDS, EvasionRun, Tally, evade, total


def measure(pack: str, chained: bool, commands: int | None) -> EvasionRun:
    """The run over a pack's own policies."""
    space = open_workspace((pack,))
    result = space.results[0]
    if result.pack is None:
        raise SystemExit("\n".join(str(item) for item in space.diagnostics))
    return evade(collect([result]), build_gate([result.pack], result.vocabulary, lists=space.lists), chained=chained, commands=commands)


def line(name: str, fires: Tally, data: Tally) -> str:
    """A row of the table."""
    return f"{name:36} {share(fires):>22} {fires.flagged:>8} {share(data):>20}"


def share(tally: Tally) -> str:
    """``held/tried percent``."""
    return "-" if tally.score is None else f"{tally.held}/{tally.tried} {tally.score:6.2f} %"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", action="append", help="default: recommended and strict")
    parser.add_argument("--misses", action="store_true", help="list every rewrite that does not hold")
    parser.add_argument("--by-rewrite", action="store_true", help="also the scores of the rewrites")
    parser.add_argument("--chained", action="store_true", help="rewrite every rewritten command once more")
    parser.add_argument("--json", type=Path, help="also write all counts as JSON")
    parser.add_argument("--commands", type=int, default=COMMANDS, metavar="N", help="try each way with N commands of a policy; 0: with all")
    options = parser.parse_args()
    counts = {}
    for pack in options.pack or ["recommended", "strict"]:
        start = time.perf_counter()
        run = measure(pack, options.chained, options.commands or None)
        seconds = time.perf_counter() - start
        print(f"{pack:36} {'rewrites':>22} {'unsure':>8} {'data':>20}")
        for policy, tally in run.fires.items():
            print(line(policy, tally, run.data[policy]))
        for policy, why in run.passed_over.items():
            print(f"{policy:36} {why}")
        fires, data = total(run.fires.values()), total(run.data.values())
        print(line("all", fires, data))
        print(f"{fires.tried + data.tried} decisions in {seconds:.1f} s; in {run.effects} the data is the effect\n")
        if options.by_rewrite:
            for name, tally in {**run.by_rewrite, **{f"data: {name}": tally for name, tally in run.by_wrap.items()}}.items():
                print(f"{name:36} {share(tally):>22} {tally.flagged:>8}")
            print()
        if options.misses:
            print("\n".join(f"{item.severity.value} {item.message}\n    {item.hint}" for item in run.diagnostics))
        counts[pack] = run.to_json()
    if options.json is not None:
        options.json.write_text(json.dumps(counts, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
