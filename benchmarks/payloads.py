"""Put every case of the shipped packs, in every way of writing, into recorded payloads of all agents, and count what the hook's answers do.

    python benchmarks/payloads.py [--pack NAME] [--target NAME] [--extent quick|cases|all] [--jobs N] [--json FILE]

No agent runs; `packgate conform --payloads` is the same for packs of your own. Progress is told on standard error.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from packgate.commands.conform import asked_by_payloads
from packgate.conform.measurement import EXTENTS, SPELLINGS
from packgate.conform.payloads.templates import NAMES
from packgate.conform.payloads.text import text

PACKS = ("recommended", "strict")


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", action="append", help=f"default: {', '.join(PACKS)}")
    parser.add_argument("--target", action="append", choices=NAMES, help="default: all")
    parser.add_argument("--extent", choices=EXTENTS, default=SPELLINGS)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    start = time.monotonic()
    packs = {}
    for pack in options.pack or PACKS:
        def tick(done: int, total: int, pack: str = pack) -> None:
            print(f"  {pack}: {done}/{total} cases after {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)

        packs[pack], _ = asked_by_payloads((pack,), options.target or (), options.extent, options.jobs, tick)
        print(text({"pack": pack, "payloads": packs[pack]}), flush=True)
    seconds = round(time.monotonic() - start)
    print(f"{seconds} s on {options.jobs} processes")
    if options.json is not None:
        options.json.write_text(json.dumps({"packs": packs, "extent": options.extent, "seconds": seconds}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
