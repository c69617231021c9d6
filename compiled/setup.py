"""The distribution `packgate-compiled`: packgate with the layers of a decision compiled by mypyc.

Run by `build.py` in the folder that it staged, which holds a copy of the package; not meant to be run in the repository,
where it would leave compiled modules beside the sources.
"""

from __future__ import annotations

import os
import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mypyc.build import mypycify
from setuptools import find_packages, setup
from setuptools.command.build_ext import build_ext

SOURCE = Path("cli")
# What a decision runs. `host.py` holds only a protocol, which mypyc does not compile; a package's `__init__` holds nothing.
LAYERS = ("shell", "facts", "engine", "model", "guard")
NOT_COMPILED = ("__init__.py", "host.py")


def modules() -> list[str]:
    """The files to compile."""
    found = [path for layer in LAYERS for path in sorted((SOURCE / "packgate" / layer).rglob("*.py"))]
    return [str(path) for path in found if path.name not in NOT_COMPILED]


class BuildParallel(build_ext):
    """Compiles the many C files of one extension with several processes; setuptools compiles them one after the other."""

    def build_extensions(self) -> None:
        """Replace the compiler's loop over files."""
        compiler = self.compiler
        one_by_one = compiler.compile

        def compile_all(sources: list[str], *arguments: object, **options: object) -> list[str]:
            with ThreadPoolExecutor(int(os.environ.get("PACKGATE_JOBS", "2"))) as pool:
                done = pool.map(lambda source: one_by_one([source], *arguments, **options), sources)
                return [name for names in done for name in names]

        compiler.compile = compile_all
        super().build_extensions()


def version() -> str:
    """The version of the package, as text in its `__init__`."""
    text = (SOURCE / "packgate" / "__init__.py").read_text(encoding="utf-8")
    match = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    if match is None:
        raise RuntimeError("packgate/__init__.py states no version")
    return match[1]


project = tomllib.loads(Path("project.toml").read_text(encoding="utf-8"))["project"]
setup(
    name="packgate-compiled",
    version=version(),
    description=project["description"] + " Compiled: install it in place of packgate, never beside it.",
    python_requires=project["requires-python"],
    install_requires=project["dependencies"],
    entry_points={
        "console_scripts": [f"{name}={target}" for name, target in project["scripts"].items()],
        **{group: [f"{name}={target}" for name, target in entries.items()] for group, entries in project.get("entry-points", {}).items()},
    },
    packages=find_packages(str(SOURCE), include=["packgate", "packgate.*"]),
    package_dir={"": str(SOURCE)},
    package_data={"packgate": ["py.typed", "catalog/_compiled.json", "data/**/*", "**/*.j2"]},
    cmdclass={"build_ext": BuildParallel},
    ext_modules=mypycify(
        ["--strict", "--explicit-package-bases", "--hide-error-context", *modules()],
        opt_level=os.environ.get("PACKGATE_OPT_LEVEL", "3"),
        debug_level="0",
        multi_file=True,
    ),
)
