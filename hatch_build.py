"""Build hook: compiles the catalog's YAML to the JSON that the wheel carries, and adds packs and schemas to the wheel."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What an installed packgate reads from `packgate/data`; in an editable install it reads the repository's own files. The corpora: native
# rules of agents are held against them, wherever they are rendered.
CARRIED = ("packs/**/*.yaml", "schema/*.schema.json", "schema/vocabulary.yaml", "testcases/attack/*.yaml", "testcases/benign/*.yaml",
           "testcases/payloads/*/*.json")


class CatalogBuildHook(BuildHookInterface[Any]):
    """Runs before files are collected, for wheels and editable installs alike."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling once for each target."""
        self.compile_catalog()
        if version == "editable":
            return
        root = Path(self.root)
        for pattern in CARRIED:
            found = sorted(root.glob(pattern))
            if not found:
                raise RuntimeError(f"nothing to carry at {pattern}")
            build_data["force_include"].update({str(path): f"packgate/data/{path.relative_to(root).as_posix()}" for path in found})

    def compile_catalog(self) -> None:
        """Write ``catalog/_compiled.json``. Raises `RuntimeError` when the catalog has mistakes."""
        source = str(Path(self.root) / "cli")
        sys.path.insert(0, source)
        try:
            from packgate.catalog.build import main as compile_catalog

            if compile_catalog():
                raise RuntimeError("the catalog has mistakes; they are listed above")
        finally:
            sys.path.remove(source)
