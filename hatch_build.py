"""Build hook: compiles the catalog's YAML to the JSON that the wheel carries."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogBuildHook(BuildHookInterface[Any]):
    """Writes ``catalog/_compiled.json`` before files are collected, for wheels and editable installs alike."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling once for each target."""
        source = Path(self.root) / "cli"
        sys.path.insert(0, str(source))
        try:
            from packgate.catalog.build import main as compile_catalog

            if compile_catalog():
                raise RuntimeError("the catalog has mistakes; they are listed above")
        finally:
            sys.path.remove(str(source))
