"""Reference pages: verbs, exit codes, file formats, vocabulary, catalog."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.docs.pages import render
from packgate.resources import resource

if TYPE_CHECKING:
    from pathlib import Path

# Formats whose page is made from their JSON Schema, in the order of the index.
FORMATS = ("policies", "pack", "rollout", "waivers", "packgate", "assignments", "context", "catalog", "corpus", "action", "decision", "event")


def format_pages(folder: Path) -> dict[Path, str]:
    """A page for every file format, from its schema: keys, meaning, examples."""
    pages: dict[Path, str] = {}
    views = []
    for kind in FORMATS:
        with open(resource("schema", f"{kind}.schema.json"), encoding="utf-8") as file:
            schema = json.load(file)
        rows = list(_rows(schema, schema, "", 0))
        views.append({"kind": kind, "title": schema.get("title", kind), "description": schema.get("description", "")})
        pages[folder / f"{kind}.md"] = render("format.md.j2", kind=kind, schema=schema, rows=rows)
    pages[folder / "README.md"] = render("formats.md.j2", views=views)
    return pages


def vocabulary_page(folder: Path) -> dict[Path, str]:
    """The page of families and fields."""
    from packgate.source.vocabulary import builtin_vocabulary

    words = builtin_vocabulary()
    return {folder / "vocabulary.md": render("vocabulary.md.j2", families=words.families.values(), fields=words.fields.values())}


def _rows(schema: dict[str, Any], root: dict[str, Any], prefix: str, depth: int) -> Any:
    """Every key of a schema with its type and description, nested keys dotted; a definition is entered once on a path."""
    node = _resolved(schema, root)
    for name, value in (node.get("properties") or {}).items():
        child = _resolved(value, root)
        path = f"{prefix}{name}"
        yield {
            "key": path, "required": name in (node.get("required") or []), "type": _type(child, root),
            "description": value.get("description") or child.get("description", ""), "example": _example(value, child),
        }
        if depth < 4:
            yield from _rows(child, root, f"{path}.", depth + 1)
            items = child.get("items")
            if isinstance(items, dict):
                yield from _rows(items, root, f"{path}[].", depth + 1)


def _resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        target: Any = root
        for part in schema["$ref"].lstrip("#/").split("/"):
            target = target.get(part, {}) if isinstance(target, dict) else {}
        schema = target
    return schema


def _type(schema: dict[str, Any], root: dict[str, Any]) -> str:
    if "enum" in schema:
        return " \\| ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(_type(_resolved(item, root), root) for item in schema[key]))
    found = schema.get("type", "any")
    if found == "array":
        items = schema.get("items")
        return f"list of {_type(_resolved(items, root), root)}" if isinstance(items, dict) else "list"
    names = {"object": "mapping", "string": "text", "boolean": "true or false", "integer": "number"}
    kinds: list[str] = found if isinstance(found, list) else [found]
    return " or ".join(names.get(item, item) for item in kinds)


def _example(value: dict[str, Any], child: dict[str, Any]) -> str:
    examples = value.get("examples") or child.get("examples") or []
    return json.dumps(examples[0], ensure_ascii=False) if examples else ""
