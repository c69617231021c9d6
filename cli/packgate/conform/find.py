"""Where the agents and engines are: named on the command line, by the environment, on PATH, or carried by an installed package."""

from __future__ import annotations

import glob
import importlib.util
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Folders to look in for all engines, as in PATH: virtual environments, folders with node_modules.
FOLDERS = "PACKGATE_ENGINES"


@dataclass(frozen=True, slots=True)
class Program:
    """How an engine is called and where packages put it: ``name`` on PATH; ``package`` of Python that carries it and ``inside``, the
    place in it; ``node``, the place in node_modules."""

    engine: str
    name: str
    package: str | None = None
    inside: str | None = None
    node: str | None = None

    @property
    def variable(self) -> str:
        """The environment variable that names it."""
        return f"PACKGATE_ENGINE_{self.engine.upper().replace('-', '_')}"


def find(program: Program, given: str | None, environ: Mapping[str, str]) -> str | None:
    """The real path of an engine; None where there is none. ``given`` (``--engine``) is the program or a folder that holds it, and is
    then the only place that counts."""
    for place in (given, environ.get(program.variable)):
        if place:
            return next(_in_place(program, os.path.abspath(place)), None)
    folders = [folder for folder in environ.get(FOLDERS, "").split(os.pathsep) if folder]
    for folder in folders:
        for path in _in_place(program, os.path.abspath(folder)):
            return path
    on_path = shutil.which(program.name, path=environ.get("PATH"))
    if on_path is not None:
        return os.path.realpath(on_path)
    return _in_package(program)


def _in_place(program: Program, place: str) -> Iterator[str]:
    if os.path.isfile(place):
        yield os.path.realpath(place)
        return
    patterns = [program.name, f"bin/{program.name}"]
    if program.package is not None:
        patterns += [f"{program.package}/{program.inside}", f"lib/python*/site-packages/{program.package}/{program.inside}"]
    if program.node is not None:
        patterns += [program.node, f"node_modules/{program.node}", f"lib/node_modules/{program.node}"]
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.join(glob.escape(place), pattern))):
            if os.path.isfile(path):
                yield os.path.realpath(path)


def _in_package(program: Program) -> str | None:
    if program.package is None or program.inside is None:
        return None
    spec = importlib.util.find_spec(program.package)
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        path = os.path.join(folder, program.inside)
        if os.path.isfile(path):
            return os.path.realpath(path)
    return None


def folder_of(path: str) -> str:
    """The folder that a program needs beside itself: that of the outermost node_modules, else its own."""
    parts = path.split(os.sep)
    if "node_modules" in parts:
        return os.sep.join(parts[: parts.index("node_modules") + 1])
    return os.path.dirname(path)
