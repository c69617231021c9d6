"""Reference pages of the file formats and of the vocabulary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.docs.pages import render
from packgate.docs.shapes import sections
from packgate.resources import resource

if TYPE_CHECKING:
    from pathlib import Path

# Formats whose page is made from their JSON Schema, in the order of the index.
YAML_FORMATS = ("policies", "pack", "rollout", "waivers", "packgate", "assignments", "context", "catalog", "corpus", "reviews")
JSON_FORMATS = ("action", "decision", "event", "bundle", "simulation", "suggestions")
FORMATS = (*YAML_FORMATS, *JSON_FORMATS)


def format_pages(folder: Path) -> dict[Path, str]:
    """A page for every file format, from its schema: keys, meaning, examples."""
    pages: dict[Path, str] = {}
    views = []
    for kind in FORMATS:
        with open(resource("schema", f"{kind}.schema.json"), encoding="utf-8") as file:
            schema: dict[str, Any] = json.load(file)
        views.append({"kind": kind, "title": schema.get("title", kind), "description": schema.get("description", "")})
        pages[folder / f"{kind}.md"] = render(
            "format.md.j2", kind=kind, schema=schema, sections=sections(schema), yaml=kind in YAML_FORMATS
        )
    pages[folder / "README.md"] = render("formats.md.j2", views=views)
    return pages


def vocabulary_page(folder: Path) -> dict[Path, str]:
    """The page of families and fields."""
    from packgate.source.vocabulary import builtin_vocabulary

    words = builtin_vocabulary()
    return {folder / "vocabulary.md": render("vocabulary.md.j2", families=words.families.values(), fields=words.fields.values())}
