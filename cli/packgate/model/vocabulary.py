"""The registry of families and fields: what policies and catalogs may name."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

FIELD_TYPES = ("word", "word-nocase", "path", "branch", "host", "url", "text")


class Family:
    """An umbrella of operations. ``operations`` are examples; a ``generic`` family covers a whole surface."""

    __slots__ = ("definition", "generic", "name", "operations")

    def __init__(self, name: str, definition: str, operations: tuple[str, ...] = (), generic: bool = False) -> None:
        self.name = name
        self.definition = definition
        self.operations = operations
        self.generic = generic

    def __repr__(self) -> str:
        return f"Family({self.name!r})"


class FieldType:
    """A field's ``type`` (one of `FIELD_TYPES`) fixes letter case and what ``*`` crosses; ``by`` says who yields it."""

    __slots__ = ("by", "definition", "name", "type")

    def __init__(self, name: str, type: str, definition: str, by: str = "") -> None:
        self.name = name
        self.type = type
        self.definition = definition
        self.by = by

    def __repr__(self) -> str:
        return f"FieldType({self.name!r}, {self.type!r})"


class Vocabulary:
    """Families and fields by name. Treat it as frozen; `extended` gives a wider one."""

    __slots__ = ("families", "fields")

    def __init__(self, families: dict[str, Family], fields: dict[str, FieldType]) -> None:
        self.families = families
        self.fields = fields

    def extended(self, families: Iterable[Family], fields: Iterable[FieldType]) -> Vocabulary:
        """A vocabulary that has these as well."""
        return Vocabulary(
            {**self.families, **{family.name: family for family in families}},
            {**self.fields, **{field.name: field for field in fields}},
        )

    def to_json(self) -> dict[str, Any]:
        """Plain data in the form of ``schema/vocabulary.yaml``, names sorted."""
        return {
            "families": {
                name: {"definition": f.definition, "operations": list(f.operations), "generic": f.generic}
                for name, f in sorted(self.families.items())
            },
            "fields": {
                name: {"type": f.type, "definition": f.definition, "by": f.by} for name, f in sorted(self.fields.items())
            },
        }


def vocabulary_from(data: dict[str, Any]) -> Vocabulary:
    """A vocabulary from the data of ``schema/vocabulary.yaml`` (or of `Vocabulary.to_json`). Raises `ValueError` for a
    family or field that does not have the documented shape."""
    return Vocabulary(families_from(data.get("families") or {}), fields_from(data.get("fields") or {}))


def families_from(data: dict[str, Any]) -> dict[str, Family]:
    """Families by name from their mapping."""
    found = {}
    for name, entry in data.items():
        if not isinstance(entry, dict) or not isinstance(entry.get("definition"), str):
            raise ValueError(f"family {name}: a definition is missing")
        operations = tuple(str(item) for item in entry.get("operations") or ())
        found[name] = Family(name, entry["definition"], operations, entry.get("generic") is True)
    return found


def fields_from(data: dict[str, Any]) -> dict[str, FieldType]:
    """Fields by name from their mapping."""
    found = {}
    for name, entry in data.items():
        if not isinstance(entry, dict) or entry.get("type") not in FIELD_TYPES:
            raise ValueError(f"field {name}: type is one of {', '.join(FIELD_TYPES)}")
        found[name] = FieldType(name, entry["type"], str(entry.get("definition") or ""), str(entry.get("by") or ""))
    return found
