"""Compile the layers of a decision with mypyc, in a copy of the repository: nothing is left beside the sources.

    python compiled/build.py [--from-commit REV] [--to build/compiled] [--level 3] [--jobs 2] [--wheel]

The copy is a working repository: its tests run with `python -m pytest` in it, and `PYTHONPATH=build/compiled/cli` uses it.
`--wheel` also writes the wheel of `packgate-compiled` to `dist/`. Needs mypy, setuptools and a C compiler.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DEFAULT = ROOT / "build" / "compiled"
# What an installed packgate carries in `packgate/data`; `hatch_build.py` says the same for the pure wheel.
CARRIED = ("packs/**/*.yaml", "schema/*.schema.json", "schema/vocabulary.yaml")


def tracked(revision: str | None) -> dict[str, bytes]:
    """The repository's files by path: of a commit, or of the working tree."""
    if revision is not None:
        archive = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            files = ((member.name, tar.extractfile(member)) for member in tar if member.isfile())
            return {name: opened.read() for name, opened in files if opened is not None}
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return {name: (ROOT / name).read_bytes() for name in listed.split("\0") if name and (ROOT / name).is_file()}


def stage(target: Path, revision: str | None) -> None:
    """A clean copy of the repository in ``target``, with the catalog compiled, ready for `setup.py`."""
    if target.exists():
        shutil.rmtree(target)
    for name, content in tracked(revision).items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    subprocess.run([sys.executable, "-m", "packgate.catalog.build"], cwd=target, env=environment(target), check=True)
    (target / "project.toml").write_bytes((target / "pyproject.toml").read_bytes())
    shutil.copy(HERE / "setup.py", target / "setup.py")


def environment(target: Path) -> dict[str, str]:
    """The environment of a process that uses the copy, whatever is installed."""
    return {**os.environ, "PYTHONPATH": str(target / "cli"), "MYPYPATH": str(target / "cli")}


def compile_layers(target: Path, level: str, jobs: int) -> list[Path]:
    """Compile in place, in the copy; returns the extension modules. Raises `CalledProcessError` when mypyc or the C compiler fails."""
    set_up(target, level, jobs, "build_ext", "--inplace")
    # setuptools puts the shared library, which has no package, beside `setup.py`; it is imported by its bare name.
    for path in sorted(target.glob("*__mypyc*")):
        shutil.move(path, target / "cli" / path.name)
    return sorted((target / "cli").rglob(f"*{suffix()}"))


def set_up(target: Path, level: str, jobs: int, *arguments: str) -> None:
    """Run `setup.py` of the copy. The project's settings are those of another
    distribution; they stand aside meanwhile."""
    settings = target / "pyproject.toml"
    shutil.copy(HERE / "pyproject.toml", settings)
    variables = {**environment(target), "PACKGATE_OPT_LEVEL": level, "PACKGATE_JOBS": str(jobs)}
    try:
        subprocess.run([sys.executable, "setup.py", "-q", *arguments], cwd=target, env=variables, check=True)
    finally:
        shutil.copy(target / "project.toml", settings)


def suffix() -> str:
    """How extension modules of this interpreter end."""
    from importlib.machinery import EXTENSION_SUFFIXES

    return EXTENSION_SUFFIXES[0]


def carry_data(target: Path) -> None:
    """Packs, schemas and the vocabulary as an installed package finds them."""
    data = target / "cli" / "packgate" / "data"
    for pattern in CARRIED:
        for path in sorted(target.glob(pattern)):
            to = data / path.relative_to(target)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, to)


def make_wheel(target: Path, level: str, jobs: int) -> Path:
    """Write the wheel to `dist/` of the repository; returns its path."""
    carry_data(target)
    out = ROOT / "dist"
    try:
        set_up(target, level, jobs, "bdist_wheel", "--dist-dir", str(out))
    finally:
        shutil.rmtree(target / "cli" / "packgate" / "data")
    return max(out.glob("packgate_compiled-*.whl"), key=lambda path: path.stat().st_mtime)


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from-commit", metavar="REV", help="compile a commit rather than the working tree")
    parser.add_argument("--to", type=Path, default=DEFAULT)
    parser.add_argument("--level", choices=["0", "1", "2", "3"], default="3", help="optimisation level of the C compiler")
    parser.add_argument("--jobs", type=int, default=2, help="C compilers at a time")
    parser.add_argument("--wheel", action="store_true", help="also write the wheel to dist/")
    options = parser.parse_args(arguments)
    target = options.to.resolve()
    if target == ROOT or target in ROOT.parents:
        parser.error("the copy can't stand where the repository is")
    stage(target, options.from_commit)
    print(f"{len(compile_layers(target, options.level, options.jobs))} compiled modules in {target}")
    if options.wheel:
        print(make_wheel(target, options.level, options.jobs))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
