"""Where the built-in catalog comes from.

A wheel carries the compiled catalog alone. In a checkout the YAML beside it rules: a compiled file is used only when its
digest is that of the YAML, else the YAML is compiled, and the compiled file renewed where that is possible.
"""

from __future__ import annotations

import os

from packgate.catalog.lookup import Catalog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Catalog", "load_builtin"]

FOLDER = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(FOLDER, "programs")
COMPILED = os.path.join(FOLDER, "_compiled.json")

_BUILTIN: list[Catalog] = []


def load_builtin() -> Catalog:
    """The built-in catalog, loaded once in a process."""
    if not _BUILTIN:
        _BUILTIN.append(Catalog(_builtin()))
    return _BUILTIN[0]


def _builtin() -> dict[str, Any]:
    compiled = _read_compiled()
    if not os.path.isdir(PROGRAMS):
        if compiled is None:
            raise RuntimeError("this installation of packgate carries no catalog; install it again")
        return compiled
    from packgate.catalog.digest import source_digest

    digest = source_digest(PROGRAMS)
    if compiled is not None and compiled["digest"] == digest:
        return compiled
    from packgate.catalog.build import compile_folder, renew

    fresh = compile_folder(PROGRAMS)
    renew(COMPILED, fresh, digest)
    return fresh


def _read_compiled() -> dict[str, Any] | None:
    import json

    try:
        with open(COMPILED, encoding="utf-8") as file:
            return json.load(file)  # type: ignore[no-any-return]
    except FileNotFoundError:
        return None
