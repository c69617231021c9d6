"""Run benchmarks and record their results, with the day, the machine and what was measured.

    python benchmarks/record.py [NAME]...       run and write benchmarks/results/NAME.json
    python benchmarks/record.py --check         run nothing; exit 1 when a recorded result no longer holds

Without names all are run but those of agents and engines (`conform-codex`, `conform-opa`), which take long and need the program; those whose corpus is not on this
machine are passed over and said so.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from freshness import LANE, RESULTS, ROOT, inputs, stale

# Agent or engine -> how much is tried; the last two agents take seconds for a call.
LANES = {"claude-code": "cases", "codex": "quick", "gemini": "quick", "copilot": "quick", "opencode": "quick", "amp": "quick",
         "opa": "all", "cerbos": "all", "codex-rules": "all", "gemini-rules": "all"}

SHARED = ROOT.parent / "shared" / "corpora"
# Benchmark -> its arguments, and the corpus outside the repository that it reads.
BENCHMARKS: dict[str, tuple[tuple[str, ...], Path | None]] = {
    "decisions": ((), None),
    "differential": (("--resume", str(Path(tempfile.gettempdir()) / "packgate-differential.jsonl")), None),
    "verbs": ((), None),
    "engine_scale": ((), None),
    "diff": ((), None),
    "simulate": ((), None),
    "simulate_ray": ((), None),
    "serve": (("--soak", "60"), None),
    "effects": ((), SHARED / "effects-dev.yaml"),
    "peers": ((), SHARED / "peers-dev.jsonl"),
    "evade": ((), None),
    "hostile": ((), None),
    "guardrails": ((), None),
    "fuzz": ((), None),
    "compiled": ((), None),
    "hook": ((), None),
    "eventlog": ((), None),
    "mutate": ((), None),
    "payloads": (("--pack", "recommended"), None),
    **{f"{LANE}{agent}": (("--target", agent, "--extent", extent), None) for agent, extent in LANES.items()},
}


def run(name: str) -> Any:
    """Run a benchmark, showing what it prints; returns its figures. Raises `CalledProcessError` when it fails."""
    arguments, corpus = BENCHMARKS[name]
    given = ("--corpus", str(corpus)) if corpus is not None else ()
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "figures.json"
        script = "conform" if name.startswith(LANE) else name
        command = [sys.executable, str(ROOT / "benchmarks" / f"{script}.py"), *arguments, *given, "--json", str(target)]
        subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT / "cli")})
        return json.loads(target.read_text(encoding="utf-8"))


def record(name: str) -> Path:
    """Run a benchmark and write its result."""
    result = {
        "measured": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "inputs": inputs(name),
        "figures": run(name),
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return path


def check() -> int:
    """Say which results no longer hold."""
    found = stale()
    for name, changed in found.items():
        print(f"benchmarks/results/{name}.json is stale ({', '.join(changed)} changed): python benchmarks/record.py {name}")
    return 1 if found else 0


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}")
    if options.check:
        return check()
    for name in options.names or [name for name in BENCHMARKS if not name.startswith(LANE)]:
        corpus = BENCHMARKS[name][1]
        if corpus is not None and not corpus.is_file():
            print(f"{name}: no corpus at {corpus}; not measured")
            continue
        print(f"\n== {name}", flush=True)
        print(f"wrote {record(name).relative_to(ROOT)}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
