"""A JSON Schema as sections for a page: the document's own keys, then every shape that they name, each once.

A shape that occurs within itself (a sub-command has sub-commands) is a section that links to itself.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_REF = "#/$defs/"
_NAMES = {"object": "mapping", "string": "text", "boolean": "true or false", "integer": "whole number", "array": "list"}
_MANY_WORDS = 12


def sections(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """``{"name", "anchor", "description", "rows", "type", "example"}`` for the document (its name is empty) and each shape."""
    return _Sections(schema).all()


class _Sections:
    def __init__(self, schema: dict[str, Any]) -> None:
        self.root = schema
        self.definitions: dict[str, Any] = schema.get("$defs") or {}
        # Shapes that still need a section, in the order in which the page names them.
        self.wanted: dict[str, tuple[str, dict[str, Any]]] = {}

    def all(self) -> list[dict[str, Any]]:
        found = [self.section("", self.root)]
        done = 0  # A section can want others.
        while done < len(self.wanted):
            key, (name, node) = list(self.wanted.items())[done]
            found.append(self.section(name, node, key))
            done += 1
        return found

    def section(self, name: str, node: dict[str, Any], key: str = "") -> dict[str, Any]:
        rows = [self.row(name, *item) for item in _properties(node)]
        return {
            "name": name, "anchor": _anchor(name), "description": node.get("description", ""), "rows": rows,
            "type": "" if rows else self.type(key, node), "example": _example(node),
        }

    def row(self, owner: str, key: str, value: dict[str, Any], required: bool) -> dict[str, Any]:
        target = self.resolved(value)
        path = f"{owner} {key}".strip()
        return {
            "key": key, "required": required, "type": self.type(path, value),
            "description": value.get("description") or target.get("description", ""), "example": _example(value) or _example(target),
        }

    def resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            node = self.definitions[node["$ref"].removeprefix(_REF)]
        return node

    def type(self, path: str, node: dict[str, Any]) -> str:
        """The type in words, with links to the sections of shapes. ``path`` names a shape that has no name of its own."""
        if "$ref" in node:
            return self.reference(node["$ref"].removeprefix(_REF))
        if "const" in node:
            return _word(node["const"])
        if "enum" in node:
            return _choices(node["enum"])
        for key in ("oneOf", "anyOf"):
            if key in node and "properties" not in node:
                return " or ".join(dict.fromkeys(self.type(path, item) for item in node[key]))
        if "properties" in node:
            return self.link(path, path, node)
        kinds = node.get("type", "any value")
        return " or ".join(self.plain(path, kind, node) for kind in (kinds if isinstance(kinds, list) else [kinds]))

    def plain(self, path: str, kind: str, node: dict[str, Any]) -> str:
        items = node.get("items")
        if kind == "array" and isinstance(items, dict):
            return f"list of {self.type(path, items)}"
        values = node.get("additionalProperties")
        if kind == "object" and isinstance(values, dict) and values:
            return f"mapping of names to {self.type(path, values)}"
        return _NAMES.get(kind, kind)

    def reference(self, key: str) -> str:
        """A definition: in words when it is short, else a link to its section."""
        node = self.definitions[key]
        if not _deserves_section(node):
            return self.type(key, node)
        return self.link(key, node.get("title", key), node)

    def link(self, key: str, name: str, node: dict[str, Any]) -> str:
        known = self.wanted.setdefault(key, (name, node))
        if known[1] is not node:
            return _NAMES["object"]  # A form of the shape itself, which its description explains.
        return f"[{known[0]}](#{_anchor(known[0])})"


def _deserves_section(node: dict[str, Any]) -> bool:
    return "properties" in node or "oneOf" in node or "anyOf" in node or "description" in node


def _properties(node: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], bool]]:
    required = node.get("required") or ()
    for key, value in (node.get("properties") or {}).items():
        if isinstance(value, dict):
            yield key, value, key in required


def _choices(values: list[Any]) -> str:
    shown = " \\| ".join(_word(value) for value in values[:_MANY_WORDS])
    return shown if len(values) <= _MANY_WORDS else f"{shown} and {len(values) - _MANY_WORDS} more"


def _word(value: Any) -> str:
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _anchor(name: str) -> str:
    """As GitHub makes anchors of headings."""
    return "".join(char for char in name.lower().replace(" ", "-") if char.isalnum() or char in "-_")


def _example(node: dict[str, Any]) -> str:
    examples = node.get("examples") or []
    return json.dumps(examples[0], ensure_ascii=False) if examples else ""
