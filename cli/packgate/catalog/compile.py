"""Catalog documents to the compiled catalog: one plain structure that JSON can carry.

``{"format": 1, "names": {name: index}, "globs": [[glob, index]], "programs": [program], "variables": {name: variable}}``; a
program is ``{"name", "levels": [level], "tree": branch}``. Cases and titles stay in the YAML.
"""

from __future__ import annotations

from packgate.catalog.levels import LevelTable
from packgate.catalog.problems import CatalogError, CatalogProblem, Place
from packgate.catalog.rules import compile_families
from packgate.catalog.words import CASE_KEYS, CONTINUATION_KEYS, DOCUMENT_KEYS, PROGRAM_KEYS, VARIABLE_KEYS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.model.vocabulary import Vocabulary

FORMAT = 1


def compile_catalog(documents: list[tuple[str, Any]], vocabulary: Vocabulary) -> dict[str, Any]:
    """Compile documents, each a name for messages and its data.

    Raises `CatalogError` with every mistake: unknown keys, families, fields, parsers, handlers and sources, and a program or
    alias that two entries claim.
    """
    problems: list[CatalogProblem] = []
    catalog: dict[str, Any] = {"format": FORMAT, "names": {}, "globs": [], "programs": [], "variables": {}}
    entries: list[tuple[dict[str, Any], Place]] = []
    for file, document in documents:
        place = Place(file, problems)
        data = place.mapping(document)
        place.check_keys(data, DOCUMENT_KEYS)
        for index, item in enumerate(place.at("programs").listing(data.get("programs") or [])):
            entries.append((place.mapping(item), place.at("programs", index)))
        for index, item in enumerate(place.at("variables").listing(data.get("variables") or [])):
            _variable(item, place.at("variables", index), vocabulary, catalog)
    _programs(entries, vocabulary, catalog)
    if problems:
        raise CatalogError(problems)
    return catalog


def _programs(entries: list[tuple[dict[str, Any], Place]], vocabulary: Vocabulary, catalog: dict[str, Any]) -> None:
    """Compile the entries with a title; those without one bring further sub-commands of a program."""
    more: dict[str, list[tuple[dict[str, Any], Place]]] = {}
    named = []
    for program, place in entries:
        name = place.at("name").text(program.get("name"))
        here = Place(place.file, place.problems, (*place.pointer[:-1], name or place.pointer[-1]))
        for index, case in enumerate(here.at("cases").listing(program.get("cases") or [])):
            _case(case, here.at("cases", index))
        if "title" in program:
            here.check_keys(program, PROGRAM_KEYS)
            named.append((name, program, here))
        else:
            here.check_keys(program, CONTINUATION_KEYS)
            more.setdefault(name, []).append((program, here))
    for name, program, here in named:
        _program(name, program, here, more.pop(name, []), vocabulary, catalog)
    for name, rest in more.items():
        for _, here in rest:
            here.wrong("a program has a title", f"no entry with a title has the name {name!r}")


def _program(
    name: str,
    program: dict[str, Any],
    place: Place,
    more: list[tuple[dict[str, Any], Place]],
    vocabulary: Vocabulary,
    catalog: dict[str, Any],
) -> None:
    place.at("title").text(program["title"])
    table = LevelTable(vocabulary)
    tree = table.build(program, place, more)
    position = len(catalog["programs"])
    catalog["programs"].append({"name": name, "levels": table.levels, "tree": tree})
    for alias in [name, *place.at("aliases").listing(program.get("aliases") or [])]:
        _claim(place.at("aliases").text(alias), position, place, catalog)


def _claim(alias: str, position: int, place: Place, catalog: dict[str, Any]) -> None:
    if any(char in alias for char in "*?["):
        catalog["globs"].append([alias, position])
    elif alias in catalog["names"]:
        place.wrong(f"the program {alias!r} is declared twice")
    else:
        catalog["names"][alias] = position


def _case(item: Any, place: Place) -> None:
    case = place.mapping(item)
    place.check_keys(case, CASE_KEYS)
    place.at("command").text(case.get("command"))
    for index, expected in enumerate(place.at("yields").listing(case.get("yields"))):
        place.at("yields", index).mapping(expected)


def _variable(item: Any, place: Place, vocabulary: Vocabulary, catalog: dict[str, Any]) -> None:
    variable = place.mapping(item)
    place.check_keys(variable, VARIABLE_KEYS)
    name = place.at("name").text(variable.get("name"))
    fields = place.at("fields").mapping(variable.get("fields") or {})
    place.at("fields").check_keys(fields, vocabulary.fields)
    if name in catalog["variables"]:
        place.wrong(f"the variable {name!r} is declared twice")
    catalog["variables"][name] = {
        "families": compile_families(variable.get("families"), place.at("families"), vocabulary),
        "fields": {key: [place.at("fields", key).text(value)] for key, value in fields.items()},
        "environment": variable.get("environment") is True,
        "operation": place.at("operation").text(variable.get("operation", "assign")),
        "always": variable.get("always") is True,
        "literal": variable.get("literal") is True,
    }
