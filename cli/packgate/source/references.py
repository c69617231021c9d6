"""What a pack's files name must exist: families, fields, lists, threat layers, policies, calendar days."""

from __future__ import annotations

from packgate.engine.assignments import Assignments
from packgate.engine.context import WHERE
from packgate.engine.patterns import check_pattern
from packgate.engine.syntax import PatternError
from packgate.engine.waivers import parse_day
from packgate.source import codes
from packgate.source.build import build_assignment
from packgate.source.pointer import pointer
from packgate.source.suggest import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import Any

    from packgate.diagnostics import Diagnostic
    from packgate.model.vocabulary import Vocabulary
    from packgate.source.file import SourceFile

    Path = tuple[str | int, ...]


def check_policies(
    source: SourceFile, vocabulary: Vocabulary, lists: Collection[str] | None, threats: Collection[str] | None
) -> list[Diagnostic]:
    """Families, fields, lists and threat layers of a policies file. ``lists`` or ``threats`` None: not known, not checked."""
    found: list[Diagnostic] = []
    for index, policy in source.items("policies"):
        about = f"policy '{policy['id']}': "
        for number, family in enumerate(policy["when"]):
            if family not in vocabulary.families:
                found.append(source.diagnostic(
                    codes.UNKNOWN_FAMILY, f"{about}unknown family '{family}'", pointer("policies", index, "when", number),
                    hint=did_you_mean(family, vocabulary.families),
                ))
        for key in ("if", "unless"):
            found += _check_fields(source, ("policies", index, key), policy.get(key), vocabulary, about)
        for key in ("if", "unless", "where"):
            found += _check_lists(source, ("policies", index, key), policy.get(key), lists, about)
        threat = policy.get("threat")
        if threats is not None and threat is not None and threat not in threats:
            found.append(source.diagnostic(
                codes.UNKNOWN_THREAT, f"{about}unknown threat layer '{threat}'", pointer("policies", index, "threat"),
                hint=did_you_mean(threat, threats) or "name it under `threats` in pack.yaml",
            ))
    return found


def check_waivers(
    source: SourceFile, vocabulary: Vocabulary, lists: Collection[str] | None, policies: Collection[str]
) -> list[Diagnostic]:
    """Policies, fields, lists and days of waivers.yaml, and that ids are unique."""
    found: list[Diagnostic] = []
    seen: dict[str, int] = {}
    for index, waiver in source.items("waivers"):
        place: Path = ("waivers", index)
        about = f"waiver '{waiver['id']}': "
        if waiver["id"] in seen:
            first = source.position(pointer("waivers", seen[waiver["id"]], "id"))
            found.append(source.diagnostic(
                codes.DUPLICATE_WAIVER, f"the waiver id '{waiver['id']}' is used twice; the first is on line {first.line}",
                pointer(*place, "id"),
            ))
        seen.setdefault(waiver["id"], index)
        found += _unknown_policy(source, (*place, "policy"), waiver["policy"], policies, about)
        if parse_day(waiver["expires"]) is None:
            found.append(source.diagnostic(
                codes.MALFORMED_DATE, f"{about}{waiver['expires']} is not a calendar day; it counts as expired",
                pointer(*place, "expires"), hint="write YYYY-MM-DD",
            ))
        found += _check_fields(source, (*place, "if"), waiver.get("if"), vocabulary, about)
        for key in ("if", "where"):
            found += _check_lists(source, (*place, key), waiver.get(key), lists, about)
    return found


def check_rollout(source: SourceFile, policies: Collection[str], threats: Collection[str] | None) -> list[Diagnostic]:
    """Policies and threat layers of rollout.yaml. ``threats`` None: not known, not checked."""
    found: list[Diagnostic] = []
    for above, data in (((), source.data), (("gates",), source.data.get("gates") or {})):
        for name in data.get("policies") or {}:
            found += _unknown_policy(source, (*above, "policies", name), name, policies, "", on_key=True)
        for name in data.get("threats") or {}:
            if threats is not None and name not in threats:
                found.append(source.diagnostic(
                    codes.UNKNOWN_THREAT, f"unknown threat layer '{name}'", pointer(*above, "threats", name), on_key=True,
                    hint=did_you_mean(name, threats),
                ))
    return found


def check_assignments(source: SourceFile, lists: Mapping[str, tuple[str, ...]]) -> list[Diagnostic]:
    """That the patterns of assignments can be compiled, and that their names are unique: one is promoted by its name."""
    found: list[Diagnostic] = []
    seen: dict[str, int] = {}
    for index, item in source.items("assignments"):
        try:
            assignment = build_assignment(item, index)
            Assignments([assignment], lists)
            for condition in assignment.conditions:
                for pattern in condition.patterns:
                    check_pattern(pattern, WHERE[condition.field][1])
        except PatternError as error:
            place = pointer("assignments", index, "for")
            found.append(source.diagnostic(codes.WRONG_FORM, f"whom it is for can't be told: {error}", place))
        name = item.get("name")
        if name in seen:
            line = source.position(pointer("assignments", seen[name], "name")).line
            found.append(source.diagnostic(
                codes.REPEATED, f"the name '{name}' is used twice; the first is on line {line}", pointer("assignments", index, "name"),
                hint="give each assignment a name of its own",
            ))
        elif name is not None:
            seen[name] = index
    return found


def _unknown_policy(
    source: SourceFile, path: Path, name: str, policies: Collection[str], about: str, on_key: bool = False
) -> list[Diagnostic]:
    if name in policies:
        return []
    return [source.diagnostic(
        codes.UNKNOWN_POLICY, f"{about}unknown policy '{name}'", pointer(*path), on_key=on_key,
        hint=did_you_mean(name, policies),
    )]


def _clauses(path: Path, data: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    if isinstance(data, dict):
        yield path, data
    for index, clause in enumerate(data if isinstance(data, list) else ()):
        yield (*path, index), clause


def _check_fields(source: SourceFile, path: Path, data: Any, vocabulary: Vocabulary, about: str) -> list[Diagnostic]:
    return [
        source.diagnostic(
            codes.UNKNOWN_FIELD, f"{about}unknown field '{field}'", pointer(*place, field), on_key=True,
            hint=did_you_mean(field, vocabulary.fields),
        )
        for place, clause in _clauses(path, data)
        for field in clause
        if field not in vocabulary.fields
    ]


def _check_lists(source: SourceFile, path: Path, data: Any, lists: Collection[str] | None, about: str) -> list[Diagnostic]:
    if lists is None:
        return []
    return [
        source.diagnostic(
            codes.UNKNOWN_LIST, f"{about}unknown list '{name}'", pointer(*place),
            hint=did_you_mean(name, lists) or "define it under `lists` in pack.yaml or in the context",
        )
        for place, name in _list_names(path, data)
        if name not in lists
    ]


def _list_names(path: Path, data: Any) -> Iterator[tuple[Path, str]]:
    """Every ``{list: name}`` in a clause or list of clauses, with its place. A field may itself be called ``list``."""
    for place, clause in _clauses(path, data):
        for field, value in clause.items():
            yield from _patterns(value, (*place, field))


def _patterns(value: Any, place: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _patterns(item, (*place, index))
    elif isinstance(value, dict):
        for kind, inner in value.items():
            if kind == "list":
                yield (*place, kind), inner
            else:
                yield from _patterns(inner, (*place, kind))

