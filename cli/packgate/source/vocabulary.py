"""The vocabulary from YAML: the built-in one, and what a pack's catalog adds to it."""

from __future__ import annotations

from packgate.diagnostics import Diagnostic
from packgate.model.vocabulary import FIELD_TYPES, Vocabulary, families_from, fields_from, vocabulary_from
from packgate.resources import ResourceError, vocabulary_path
from packgate.source import codes
from packgate.source.pointer import pointer
from packgate.source.read import read_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.source.file import SourceFile


def builtin_vocabulary() -> Vocabulary:
    """The vocabulary that packgate carries. Raises `ResourceError` when it is damaged."""
    path = vocabulary_path()
    source, found = read_source(path)
    if source is None or found:
        raise ResourceError(f"{path}: {found[0].message if found else 'unreadable'}")
    return vocabulary_from(source.data)


def extend_vocabulary(base: Vocabulary, source: SourceFile) -> tuple[Vocabulary, list[Diagnostic]]:
    """The base with the ``families:`` and ``fields:`` of one catalog file.

    A pack can't redefine what exists: its policies would then mean something else than those of other packs. Entries of
    the wrong shape are left to the catalog's schema.
    """
    data = source.data if isinstance(source.data, dict) else {}
    found: list[Diagnostic] = []
    families = families_from(_new_entries(source, "families", base.families, _is_family, found))
    fields = fields_from(_new_entries(source, "fields", base.fields, _is_field, found))
    if not data or not (families or fields):
        return base, found
    return base.extended(families.values(), fields.values()), found


def _new_entries(
    source: SourceFile, section: str, known: dict[str, Any], fits: Any, found: list[Diagnostic]
) -> dict[str, Any]:
    entries = source.data.get(section) if isinstance(source.data, dict) else None
    new = {}
    for name, entry in (entries if isinstance(entries, dict) else {}).items():
        place = pointer(section, name)
        if name in known:
            what = "family" if section == "families" else "field"
            found.append(source.diagnostic(
                codes.VOCABULARY_CLASH, f"the {what} '{name}' exists already", place, on_key=True,
                hint="choose another name; the vocabulary's own cannot be redefined",
            ))
        elif fits(entry):
            new[name] = entry
        else:
            found.append(source.diagnostic(
                codes.SCHEMA, f"{section}: '{name}' has the wrong form", place, on_key=True,
                hint="a family needs a definition; a field a type: " + ", ".join(FIELD_TYPES),
            ))
    return new


def _is_family(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("definition"), str)


def _is_field(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("type") in FIELD_TYPES and isinstance(entry.get("definition"), str)
