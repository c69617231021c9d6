"""Which fields, and which values of closed fields, the operations of each family can have.

Read from the compiled catalog, and from a table of what the analysis itself makes (`builtin`). Where the catalog takes a value from
the command line the field is open: nothing is said about it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.lint.builtin import COMMAND, COMMAND_FIELDS, MADE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Fields whose values are worth comparing: their sources are nearly always words of the catalog.
CLOSED_FIELDS = ("operation", "provider", "effect")
_COMPUTED = {"host": ("network",), "url": ("host", "network"), "path": ("scope",)}
_SENT = ("payload", "origin", "path", "variable", "url")
_GLOB = frozenset("*?[")


class Values:
    """The values that a field can have: exact ones and globs, in lower case; ``open`` when any is possible."""

    __slots__ = ("exact", "globs", "open")

    def __init__(self) -> None:
        self.exact: set[str] = set()
        self.globs: set[str] = set()
        self.open = False

    def add(self, value: str) -> None:
        """One more value, or a glob that describes values."""
        (self.globs if _GLOB & set(value) else self.exact).add(value.lower())

    def update(self, other: Values) -> None:
        """Everything that another field can have."""
        self.exact |= other.exact
        self.globs |= other.globs
        self.open = self.open or other.open


class Capability:
    """A family's fields, and `Values` of those in `CLOSED_FIELDS`."""

    __slots__ = ("fields", "values")

    def __init__(self) -> None:
        self.fields: set[str] = set()
        self.values: dict[str, Values] = {name: Values() for name in CLOSED_FIELDS}


class Capabilities:
    """By family; a family that is missing is one that nothing yields."""

    __slots__ = ("families",)

    def __init__(self) -> None:
        self.families: dict[str, Capability] = {}

    def of(self, family: str) -> Capability:
        """The capability of a family, made when it is new."""
        return self.families.setdefault(family, Capability())

    def fields(self, families: Iterable[str]) -> set[str]:
        """Fields that some of the families can have."""
        known = [self.families[family].fields for family in families if family in self.families]
        return set().union(*known)

    def values(self, families: Iterable[str], field: str) -> Values:
        """Values that a closed field of some of the families can have."""
        found = Values()
        for family in families:
            if family in self.families:
                found.update(self.families[family].values[field])
        return found


_ALONE: list[Capabilities] = []


def capabilities_of(extra: Sequence[dict[str, Any]] = ()) -> Capabilities:
    """Of the built-in catalog and the compiled catalogs of packs."""
    if extra:
        return _gather(extra)
    if not _ALONE:
        _ALONE.append(_gather(()))
    return _ALONE[0]


def _gather(extra: Sequence[dict[str, Any]]) -> Capabilities:
    from packgate.catalog.load import load_builtin

    builtin = load_builtin()
    found = Capabilities()
    _made_by_code(found)
    _add_catalog(found, builtin.names, builtin.entries, builtin.variables)
    for compiled in extra:
        _add_catalog(found, compiled["names"], compiled["programs"], compiled["variables"])
    _cover_commands(found)
    return found


def _made_by_code(found: Capabilities) -> None:
    for family, entry in MADE.items():
        capability = found.of(family)
        capability.fields.update(entry.fields)
        for field, values in (("operation", entry.operations), ("effect", entry.effects)):
            for value in values:
                capability.values[field].add(value)
        capability.values["operation"].open |= entry.any_operation
        # A client passes on the provider that its catalog entry states.
        capability.values["provider"].open |= "provider" in entry.fields


def _add_catalog(found: Capabilities, names: dict[str, int], entries: list[Any], variables: dict[str, Any]) -> None:
    aliases: dict[int, list[str]] = {}
    for name, index in names.items():
        aliases.setdefault(index, []).append(name)
    for index, entry in enumerate(entries):
        program = json.loads(entry) if isinstance(entry, str) else entry
        for level, inherited, word in _levels(program["tree"], program["levels"], {}, ""):
            for rule in level.get("rules", ()):
                _add_rule(found, rule, inherited, word, aliases.get(index, []))
    for variable in variables.values():
        for family in variable["families"]:
            capability = found.of(family)
            capability.fields.update(("operation", "effect", "variable", "target", *COMMAND_FIELDS), variable["fields"])
            capability.values["operation"].add(variable["operation"])
            capability.values["effect"].add("write")
            for value in variable["fields"].get("provider", ()):
                capability.values["provider"].add(value)


def _levels(
    tree: dict[str, Any], levels: list[dict[str, Any]], inherited: dict[str, list[str]], word: str
) -> Iterator[tuple[dict[str, Any], dict[str, list[str]], str]]:
    """Every level below a branch, with the literal fields that hold there and the last word that leads to it."""
    index = tree.get("level")
    if index is not None:
        inherited = {**inherited, **levels[index].get("fields", {})}
        yield levels[index], inherited, word
    for key, branch in (*tree.get("exact", {}).items(), *tree.get("globs", ())):
        yield from _levels(branch, levels, inherited, key)


def _add_rule(found: Capabilities, rule: dict[str, Any], inherited: dict[str, list[str]], word: str, names: list[str]) -> None:
    fields = {"operation", "effect", *COMMAND_FIELDS, *inherited, *rule["fields"]}
    if "sends" in rule:
        fields.update(_SENT)
    for name, computed in _COMPUTED.items():
        if name in fields:
            fields.update(computed)
    for family in rule["families"]:
        capability = found.of(family)
        capability.fields |= fields
        capability.values["effect"].add(rule["effect"])
        _add_values(capability.values["operation"], rule["operation"], word, names)
        for value in inherited.get("provider", ()):
            capability.values["provider"].add(value)
        if "provider" in rule["fields"]:
            _add_values(capability.values["provider"], rule["fields"]["provider"], word, names)


def _add_values(values: Values, source: Any, word: str, names: list[str]) -> None:
    """The values of a compiled source; one that comes from the command line makes the field open."""
    kind = source[0]
    if kind in ("all", "first") and isinstance(source[1], list):
        for inner in source[1]:
            _add_values(values, inner, word, names)
    elif kind == "text":
        values.add(source[1])
    elif kind == "command" and source[1] == -1:
        if word:
            values.add(word)
    elif kind == "program":
        for name in names:
            values.add(name)
    else:
        values.open = True


def _cover_commands(found: Capabilities) -> None:
    """Operations of every family that a command can have belong to the family `command` too."""
    command = found.of(COMMAND)
    for family, capability in list(found.families.items()):
        if family not in ("text", "tool-call"):
            command.fields |= capability.fields
    command.fields |= set(COMMAND_FIELDS)
    for values in command.values.values():
        values.open = True
