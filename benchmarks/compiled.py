"""The compiled layers of a decision: that they pass the same tests, and how much faster they are.

    python benchmarks/compiled.py [--rounds 5] [--no-tests] [--built FOLDER] [--json FILE]

`compiled/build.py` compiles a copy of the working tree in a temporary folder (`--built` takes one that stands already); the tests run
in the copy, against its compiled modules, which is checked. Then the copy and the sources it was made of decide the repository's
own corpora in turns with `decisions.py`, and the ratio is of the best turn of each. Exits 1 when a test fails or the ratio is below 1.8.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LEAST = 1.8
# Every layer that `compiled/setup.py` compiles has to come from an extension module.
CHECK = """
import importlib, json, pkgutil, sys
import packgate
found = {}
for layer in ("shell", "facts", "engine", "model", "guard"):
    package = importlib.import_module(f"packgate.{layer}")
    names = [info.name for info in pkgutil.walk_packages(package.__path__, f"packgate.{layer}.") if not info.ispkg]
    files = [importlib.import_module(name).__file__ for name in names]
    found[layer] = [len(files), sum(not file.endswith(".py") for file in files)]
json.dump({"package": packgate.__file__, "layers": found}, sys.stdout)
"""
# Tests of the project's files and pages, of the packaging and of recorded results, and those that look at the sources of the layers.
NOT_OF_THE_LAYERS = ("cli/tests/unit/test_project.py", "cli/tests/unit/test_docs_fresh.py", "cli/tests/acceptance/test_wheel.py")
COUNTS = re.compile(r"(\d+) (passed|failed|skipped|error|errors|xfailed)")


def environment(tree: Path) -> dict[str, str]:
    """The environment of a process that uses a tree."""
    return {**os.environ, "PYTHONPATH": str(tree / "cli")}


def build(target: Path) -> None:
    """Compile a copy of the working tree. Raises `CalledProcessError`."""
    subprocess.run([sys.executable, str(ROOT / "compiled" / "build.py"), "--to", str(target)], check=True)


def check(target: Path) -> dict[str, Any]:
    """Modules and compiled modules by layer. Raises `SystemExit` when the copy is not what is imported, or a layer is not compiled."""
    done = subprocess.run([sys.executable, "-c", CHECK], check=True, capture_output=True, text=True, cwd=target, env=environment(target))
    found: dict[str, Any] = json.loads(done.stdout)
    if not Path(found["package"]).is_relative_to(target):
        raise SystemExit(f"{found['package']} is imported, not the copy in {target}")
    # `host.py` of the shell holds only a protocol.
    loose = {layer: counts for layer, counts in found["layers"].items() if counts[0] - counts[1] > 1}
    if loose:
        raise SystemExit(f"modules that are not compiled: {loose}")
    return dict(found["layers"])


def test(target: Path, jobs: int) -> dict[str, Any]:
    """Run the tests in the copy."""
    ignored = [f"--ignore={path}" for path in NOT_OF_THE_LAYERS]
    folders = [f"cli/tests/{name}" for name in ("unit", "property", "acceptance")]
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(jobs), "-p", "no:cacheprovider", *ignored, *folders]
    done = subprocess.run(command, capture_output=True, text=True, cwd=target, env=environment(target), check=False)
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    print("\n".join([*failed, done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-2000:]]))
    counts = {kind: int(number) for number, kind in COUNTS.findall(done.stdout[-300:])}
    return {"exit": done.returncode, **counts}


def measure(tree: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Decisions a second of a tree by workload, and turns of the loop that each takes."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "figures.json"
        command = [sys.executable, str(tree / "benchmarks" / "decisions.py"), "--library", "--rounds", str(rounds), "--json", str(out)]
        subprocess.run(command, check=True, capture_output=True, cwd=tree, env=environment(tree))
        figures = json.loads(out.read_text(encoding="utf-8"))
    return {name: found["library"] for name, found in figures.items()}


def compare(target: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Both trees in turns; of each the best, by workload."""
    best: dict[str, dict[str, float]] = {}
    for turn in range(3):
        for kind, tree in (("pure", ROOT), ("compiled", target)) if turn % 2 else (("compiled", target), ("pure", ROOT)):
            for name, found in measure(tree, rounds).items():
                row = best.setdefault(name, {"pure": 0, "compiled": 0})
                row[kind] = max(row[kind], found["per_second"])
    for row in best.values():
        row["ratio"] = round(row["compiled"] / row["pure"], 2)
    return best


def survey(target: Path, options: argparse.Namespace) -> dict[str, Any]:
    """All figures of a compiled copy."""
    figures: dict[str, Any] = {"modules": check(target)}
    print("compiled modules:", ", ".join(f"{layer} {counts[1]} of {counts[0]}" for layer, counts in figures["modules"].items()))
    if not options.no_tests:
        figures["tests"] = test(target, options.jobs)
    figures["decisions"] = compare(target, options.rounds)
    for name, row in figures["decisions"].items():
        print(f"{name}: pure {row['pure']:,} decisions/s, compiled {row['compiled']:,} decisions/s: {row['ratio']} times as fast")
    return figures


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2, help="test processes")
    parser.add_argument("--no-tests", action="store_true")
    parser.add_argument("--built", type=Path, help="a folder that compiled/build.py has made")
    parser.add_argument("--json", type=Path, help="also write the figures as JSON")
    options = parser.parse_args()
    if options.built is not None:
        figures = survey(options.built.resolve(), options)
    else:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder).resolve() / "packgate"
            build(target)
            figures = survey(target, options)
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    slow = min(row["ratio"] for row in figures["decisions"].values()) < LEAST
    return 1 if slow or figures.get("tests", {}).get("exit") else 0


if __name__ == "__main__":
    raise SystemExit(main())
