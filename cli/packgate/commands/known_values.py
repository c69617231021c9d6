"""What the catalog knows of the values of fields, for the judgement whether a mutant is equivalent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.lint.capabilities import CLOSED_FIELDS, capabilities_of
from packgate.testing.equivalence import Known

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packgate.model.policy import Pack
    from packgate.testing.equivalence import KnownValues


def known_values(pack: Pack) -> KnownValues:
    """The values that a field of some families can have with the pack's catalog; None when they are no words of the catalog."""
    capabilities = capabilities_of([pack.catalog] if pack.catalog else ())
    services: list[frozenset[str]] = []

    def values(families: Sequence[str], field: str) -> Known | None:
        if field == "service":
            if not services:
                services.append(frozenset(_services(pack)))
            return Known(services[0], complete=False)
        if field not in CLOSED_FIELDS:
            return None
        found = capabilities.values(families, field)
        # A glob describes words of the command line: one of them stands for all.
        exact = found.exact | {glob.replace("*", "x").replace("?", "x") for glob in found.globs}
        return Known(frozenset(exact), complete=not found.open and not found.globs)

    return values


def _services(pack: Pack) -> Iterator[str]:
    """Every service that the catalog writes out."""
    from packgate.catalog.load import load_builtin

    entries: list[Any] = [json.loads(entry) if isinstance(entry, str) else entry for entry in load_builtin().entries]
    if pack.catalog:
        entries += pack.catalog["programs"]
    waiting: list[Any] = entries
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield from _texts(item.get("service"))
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _texts(source: Any) -> Iterator[str]:
    """The texts of a compiled source, or of a list of plain values."""
    if isinstance(source, list) and source[:1] == ["text"]:
        yield source[1].lower()
    elif isinstance(source, list):
        for inner in source:
            if isinstance(inner, str) and source[0] not in ("all", "first", "option", "operand", "command", "program", "mapped"):
                yield inner.lower()
            else:
                yield from _texts(inner)
