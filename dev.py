"""Sets packgate up on a machine that has only Python 3.11 and git, and runs its main job or its tests.

    python3 dev.py demo     lint and test the recommended pack, then explain a real command
    python3 dev.py test     the whole test suite, with types and style
    python3 dev.py check    what `test` runs, without setting up again

A virtual environment is made in `.venv`; nothing else on the machine is changed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
OLDEST = (3, 11)

DEMO = (
    ("lint", "packs/recommended"),
    ("test", "packs/recommended"),
    ("explain", "cd infra && git push --force origin HEAD:main; sudo sh -c 'rm -rf /etc/nginx'"),
)
CHECKS = (
    ("style", ("ruff", "check", ".")),
    ("types", ("mypy",)),
    ("tests", ("pytest", "-n", "auto")),
)


def main(arguments: list[str]) -> int:
    """Run one of the jobs; returns its exit code."""
    jobs = {"demo": demo, "test": test, "check": check}
    if len(arguments) != 1 or arguments[0] not in jobs:
        print(__doc__)
        return 2
    if sys.version_info < OLDEST:
        print(f"packgate needs Python {OLDEST[0]}.{OLDEST[1]} or later; this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    return jobs[arguments[0]]()


def demo() -> int:
    """Set up, then the main job on real input."""
    if not set_up("."):
        return 1
    code = 0
    for verb in DEMO:
        print(f"\n$ packgate {' '.join(verb)}", flush=True)
        code = max(code, subprocess.run([str(BIN / "packgate"), *verb], cwd=ROOT, check=False).returncode)
    return code


def test() -> int:
    """Set up with the development tools, then every check."""
    return check() if set_up(".[dev]") else 1


def check() -> int:
    """Style, types and tests; all run even when one fails."""
    failed = []
    for name, command in CHECKS:
        start = time.monotonic()
        print(f"\n== {name}: {' '.join(command)}", flush=True)
        if subprocess.run([str(PYTHON), "-m", *command], cwd=ROOT, check=False).returncode:
            failed.append(name)
        print(f"== {name}: {time.monotonic() - start:.0f} s", flush=True)
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nall checks passed")
    return 1 if failed else 0


def set_up(what: str) -> bool:
    """Make the virtual environment if it is missing and install packgate into it, editable."""
    if not PYTHON.exists():
        print(f"making a virtual environment in {VENV}", flush=True)
        venv.create(VENV, with_pip=True)
    print("installing packgate (pip, editable)", flush=True)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", what]
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        print("pip failed: is PyPI or a mirror of it reachable?", file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
