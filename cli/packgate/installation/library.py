"""The installation's own copy of packgate, with the libraries that reading bundles takes: no developer's environment changes the hook."""

from __future__ import annotations

import hashlib
import importlib.machinery
import importlib.util
import os
import shutil
import sys
import tempfile
from typing import TYPE_CHECKING

import packgate
from packgate.catalog.load import load_builtin
from packgate.errors import UserError
from packgate.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = "lib"
# What the modules import that read bundles and assignments, beside the standard library. One that is absent here is not needed: the
# versions of these libraries differ in what they need themselves.
_LIBRARIES = (
    "yaml", "_yaml", "jsonschema", "jsonschema_specifications", "referencing", "rpds", "attr", "attrs", "typing_extensions",
    # What detectors of personal data check numbers with, where the extra `pii` is installed.
    "phonenumbers", "stdnum",
)
# Names of places and of carriers, which say nothing of whether a number is valid.
_UNUSED = frozenset(("phonenumbers/geodata", "phonenumbers/carrierdata", "phonenumbers/tzdata"))
# Parts of packgate that no decision needs; the catalog is there compiled.
_LEFT_OUT = frozenset((
    "catalog/programs", "commands", "conform", "data", "docs", "impact", "lint", "release", "render", "serve", "testing",
))
_SCHEMAS = "schema"
# Of packgate only the sources are copied: compiled modules of it need a module outside of the package, and images are made of sources.
_COMPILED = tuple(importlib.machinery.EXTENSION_SUFFIXES)


def interpreter() -> str:
    """The Python that the hook runs with: this one, by itself, outside of any virtual environment."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def copy_library(into: str) -> str:
    """Bring the copy in a folder up to date, and give its path, ``into/lib``: a link that is replaced in one step. Raises `UserError`."""
    try:
        load_builtin()
        name = f"{FOLDER}-{_digest()}"
        place = os.path.join(into, name)
        if not os.path.isdir(place):
            staged = tempfile.mkdtemp(prefix=f".{FOLDER}-", dir=into)
            _copy(staged)
            os.chmod(staged, 0o755)  # noqa: S103 - the content is public, and hooks of other users read it
            os.rename(staged, place)
        link = os.path.join(into, FOLDER)
        if not (os.path.islink(link) and os.readlink(link) == name):
            fresh = os.path.join(into, f".{FOLDER}.new")
            if os.path.lexists(fresh):
                os.remove(fresh)
            os.symlink(name, fresh)
            os.replace(fresh, link)
        _remove_others(into, name)
        return link
    except OSError as error:
        raise UserError(f"{error.filename or into}: {error.strerror}", "the hook needs a folder that you can write") from None


def remove_library(into: str) -> None:
    """Take the copy away. Raises `OSError`."""
    link = os.path.join(into, FOLDER)
    if os.path.islink(link):
        os.remove(link)
    _remove_others(into, None)


def _remove_others(into: str, name: str | None) -> None:
    for other in os.listdir(into):
        if other.startswith((f"{FOLDER}-", f".{FOLDER}-")) and other != name:
            shutil.rmtree(os.path.join(into, other), ignore_errors=True)


def _parts() -> Iterator[tuple[str, str]]:
    """What is copied, each file or folder with its path in the copy."""
    yield os.path.dirname(os.path.abspath(packgate.__file__)), "packgate"
    yield resource(_SCHEMAS), os.path.join("packgate", "data", _SCHEMAS)
    for name in _LIBRARIES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        folder = os.path.dirname(spec.origin) if spec.submodule_search_locations else None
        yield (folder, name) if folder is not None else (spec.origin, os.path.basename(spec.origin))


def _copy(target: str) -> None:
    for source, name in _parts():
        place = os.path.join(target, name)
        if name == "packgate":
            shutil.copytree(source, place, ignore=lambda folder, names, root=source: [
                each for each in names
                if each == "__pycache__" or each.endswith(_COMPILED) or os.path.relpath(os.path.join(folder, each), root) in _LEFT_OUT
            ])
        elif os.path.isdir(source):
            above = os.path.dirname(source)
            shutil.copytree(source, place, ignore=lambda folder, names, root=above: [
                each for each in names if each == "__pycache__" or os.path.relpath(os.path.join(folder, each), root) in _UNUSED
            ])
        else:
            shutil.copy(source, place)
    _close(target)


def _close(folder: str) -> None:
    """Only the owner can write; everyone can read."""
    for place, _, files in os.walk(folder):
        os.chmod(place, 0o755)  # noqa: S103 - as above
        for file in files:
            path = os.path.join(place, file)
            os.chmod(path, 0o755 if file.endswith(".so") else 0o644)


def _digest() -> str:
    """What the copy is made from: names, sizes and times of the files, and the Python."""
    found = hashlib.sha256(f"{sys.version} {interpreter()}".encode())
    for source, name in _parts():
        files = [source] if os.path.isfile(source) else sorted(
            os.path.join(place, file) for place, _, names in os.walk(source)
            if "__pycache__" not in place and os.path.relpath(place, os.path.dirname(source)) not in _UNUSED for file in names
        )
        for file in files:
            status = os.stat(file)
            found.update(f"{name} {os.path.relpath(file, source)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return found.hexdigest()[:16]
