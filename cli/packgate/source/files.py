"""The files of a pack or repository: which there are, and each read and held against its schema."""

from __future__ import annotations

import os

from packgate.diagnostics import Diagnostic, Position, Severity
from packgate.source import codes
from packgate.source.read import read_source
from packgate.source.schema import check_schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.source.cache import ValidationCache
    from packgate.source.file import SourceFile

YAML = (".yaml", ".yml")
# Files that may stand beside policies without a word.
_COMPANIONS = ("README.md", "CHANGELOG.md")
_BY_NAME = {
    "pack": "pack", "rollout": "rollout", "waivers": "waivers", "packgate": "packgate", "assignments": "assignments",
}
_BY_KEY = {"policies": "policies", "waivers": "waivers", "assignments": "assignments", "programs": "catalog", "reviews": "reviews"}


def join(folder: str, *names: str) -> str:
    """A path for reading and showing, without a leading ``./``."""
    return os.path.normpath(os.path.join(folder, *names))


def read_checked(
    path: str, kind: str, cache: ValidationCache | None = None
) -> tuple[SourceFile | None, list[Diagnostic]]:
    """Read a file and hold it against the schema of its kind; catalogs have a compiler instead."""
    source, found = read_source(path, kind=kind)
    if source is not None and kind != "catalog":
        found = found + check_schema(source, kind, cache)
    return source, found


def yaml_files(folder: str) -> tuple[list[str], list[Diagnostic]]:
    """The YAML files of a folder, sorted; and a warning for everything else in it, since a policy in a file that is not
    read looks like a policy that holds. A folder that does not exist has none."""
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return [], []
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return [], [Diagnostic(codes.UNREADABLE, f"cannot be read: {reason}", Position(join(folder)))]
    paths, found = [], []
    for name in names:
        path = join(folder, name)
        is_yaml = name.endswith(YAML)
        if is_yaml and not name.startswith("."):
            paths.append(path)
        elif name not in _COMPANIONS and (is_yaml or not name.startswith(".")):
            what = "folder" if os.path.isdir(path) else "file"
            found.append(Diagnostic(
                codes.IGNORED_FILE, f"this {what} is not read; only *.yaml and *.yml files directly in {join(folder)} are",
                Position(path), Severity.WARNING, hint="move it, or rename it",
            ))
    return paths, found


def kind_of(path: str, data: object = None) -> str | None:
    """What a file is, by its name, its folder or, with data, its top-level keys; None when that is not clear."""
    folder, name = os.path.split(os.path.abspath(path))
    stem = os.path.splitext(name)[0]
    parent = os.path.basename(folder)
    if stem in _BY_NAME:
        return _BY_NAME[stem]
    if parent in ("policies", "context", "catalog", "reviews"):
        return parent
    if isinstance(data, dict):
        return next((kind for key, kind in _BY_KEY.items() if key in data), None)
    return None
