"""Sets packgate up on a machine that has only Python 3.11 and git, and runs its main job or its tests.

    python3 dev.py demo     lint and test the recommended pack, then explain a real command
    python3 dev.py test     the whole test suite, with types and style
    python3 dev.py check    what `test` runs, without setting up again

A virtual environment is made in `.venv`; nothing else on the machine is changed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
# What was installed, so that nothing is downloaded again while it has not changed.
INSTALLED = VENV / "packgate-installed"
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
        code = max(code, run("-m", "packgate", *verb))
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
        if run("-m", *command):
            failed.append(name)
        print(f"== {name}: {time.monotonic() - start:.0f} s", flush=True)
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nall checks passed")
    return 1 if failed else 0


def set_up(what: str) -> bool:
    """Make the virtual environment if it is missing, install packgate into it (editable) and bring its catalog up to date."""
    if not make_environment():
        return False
    wanted = fingerprint(what)
    if wanted not in (INSTALLED.read_text(encoding="utf-8") if INSTALLED.exists() else ""):
        print(f"installing packgate{what[1:]} and what it needs into {VENV.name} (pip)", flush=True)
        if run("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", what):
            print("pip failed: is PyPI, or a mirror of it, reachable?", file=sys.stderr)
            return False
        INSTALLED.write_text(" ".join(fingerprint(extra) for extra in dict.fromkeys((".", what))), encoding="utf-8")
    return run("-m", "packgate.catalog.build", quiet=True) == 0


def make_environment() -> bool:
    """The virtual environment, with pip; one that was left unfinished is made again."""
    if PYTHON.exists() and run("-m", "pip", "--version", quiet=True) == 0:
        return True
    print(f"making a virtual environment in {VENV.name}", flush=True)
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except subprocess.CalledProcessError:
        print("pip could not be set up in it; on Debian and Ubuntu the package python3-venv is needed", file=sys.stderr)
        return False
    return True


def fingerprint(what: str) -> str:
    """Changes whenever an installation would: with the project's settings or the place of the checkout."""
    digest = hashlib.sha256(f"{what}\0{ROOT}\0".encode())
    for name in ("pyproject.toml", "hatch_build.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def run(*arguments: str, quiet: bool = False) -> int:
    """The environment's Python with arguments; returns its exit code."""
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run([str(PYTHON), *arguments], cwd=ROOT, stdout=output, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
