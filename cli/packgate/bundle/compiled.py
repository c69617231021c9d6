"""The compiled pack: all that decisions need, as plain data, and back.

What `extends` inherits is resolved, lists of the context that a pattern names are carried, and of the vocabulary the families and fields
that the pack adds, and the types of the fields that it names: a pattern means what it meant when the pack was tested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.bundle import shapes
from packgate.bundle.context import read_context
from packgate.model.policy import (
    DEFAULT_MODES,
    MODES,
    MOST_APPROVAL_MINUTES,
    PATTERN_KINDS,
    STAGES,
    Condition,
    Default,
    Outcome,
    Pack,
    Pattern,
    Policy,
    Rollout,
    Waiver,
)
from packgate.model.vocabulary import FIELD_TYPES, FieldType, Vocabulary, vocabulary_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packgate.engine.surroundings import Surroundings

COMPILED = "compiled/pack.json"
# Of this member alone: the bundle's own schema is the manifest's.
_FORM = 1
# That of `catalog.compile`, which need not be loaded to read one.
CATALOG_FORMAT = 1
_QUANTIFIERS = ("any", "all", "not")
# Whose letter case decides how operations are looked up, named or not.
_ALWAYS = "operation"
# Characters by which a pattern may mean several groups.
_GLOB = frozenset("*?[{\\")


def to_data(
    pack: Pack, vocabulary: Vocabulary, builtin: Vocabulary, lists: Mapping[str, tuple[str, ...]],
    surroundings: Surroundings | None = None,
) -> dict[str, Any]:
    """A pack as plain data. ``vocabulary`` is the one that holds for it, ``builtin`` packgate's own, ``lists`` those of the context,
    ``surroundings`` what else it says; a pack for which it says nothing has no key for it."""
    found = list(conditions(pack))
    used = sorted({condition.field for condition in found} | {_ALWAYS})
    named = {pattern.text for condition in found for pattern in condition.patterns if pattern.kind == "list"}
    added = Vocabulary(
        {name: each for name, each in vocabulary.families.items() if name not in builtin.families},
        {name: each for name, each in vocabulary.fields.items() if name not in builtin.fields},
    )
    return {
        "form": _FORM,
        "pack": _pack_data(pack),
        "types": {name: vocabulary.fields[name].type for name in used if name in vocabulary.fields},
        "vocabulary": added.to_json(),
        "context_lists": {name: list(lists[name]) for name in sorted(named) if name in lists and name not in pack.lists},
        **_context_data(pack, surroundings),
    }


def _context_data(pack: Pack, surroundings: Surroundings | None) -> dict[str, Any]:
    """What the context says, as far as the pack can ask for it: of groups only those that a policy names, or whose users may approve."""
    if surroundings is None:
        return {}
    wanted = {policy.outcome.approver for policy in pack.policies}
    compared = [*(policy.where for policy in pack.policies), *(waiver.where for waiver in pack.waivers)]
    patterns = [pattern for where in compared for each in where if each.field == "group" for pattern in each.patterns]
    every = any(pattern.kind != "glob" or _GLOB & set(pattern.text) for pattern in patterns)
    wanted |= {pattern.text for pattern in patterns}
    groups = {name: users for name, users in surroundings.data["groups"].items() if every or name in wanted}
    data = {**surroundings.data, "groups": groups}
    return {"context": data} if any(data.values()) else {}


def conditions(pack: Pack) -> Iterator[Condition]:
    """Every condition of a pack's policies and waivers."""
    for policy in pack.policies:
        for clause in (*policy.clauses, *policy.exceptions, policy.where):
            yield from clause
    for waiver in pack.waivers:
        yield from (*waiver.conditions, *waiver.where)


def read_compiled(value: Any) -> tuple[Pack, Vocabulary, dict[str, tuple[str, ...]], dict[str, Any] | None]:
    """The pack, its vocabulary, the lists of the context and what else it says from what `to_data` made. Raises `ValueError` for another
    form."""
    with_context = isinstance(value, dict) and "context" in value
    data = shapes.record(value, ("form", "pack", "types", "vocabulary", "context_lists", *(("context",) if with_context else ())), "")
    if data["form"] != _FORM:
        raise ValueError(f"form {data['form']!r:.40} is unknown; this packgate reads {_FORM}")
    types = shapes.mapping(data["types"], "types", lambda item, at: shapes.choice(item, FIELD_TYPES, at))
    added = vocabulary_from(shapes.record(data["vocabulary"], ("families", "fields"), "vocabulary"))
    fields = (FieldType(name, type, "") for name, type in types.items() if name not in added.fields)
    return _pack(data["pack"]), added.extended((), fields), shapes.mapping(data["context_lists"], "context_lists", shapes.texts), (
        read_context(data["context"], "context") if with_context else None
    )


def _pack_data(pack: Pack) -> dict[str, Any]:
    return {
        "name": pack.name, "version": pack.version, "title": pack.title, "default": _default_data(pack.default),
        "uncertain": pack.uncertain,
        "lists": {name: list(items) for name, items in pack.lists.items()},
        "environments": {name: list(items) for name, items in pack.environments.items()},
        "terminate_after": None if pack.terminate_after is None else list(pack.terminate_after),
        "rollout": {"pack": pack.rollout.pack, "threats": pack.rollout.threats, "policies": pack.rollout.policies},
        "catalog": pack.catalog,
        "policies": [_policy_data(policy) for policy in sorted(pack.policies, key=lambda policy: policy.id)],
        "waivers": [
            {name: getattr(waiver, name) for name in _WAIVER_TEXTS}
            | {"conditions": _clause_data(waiver.conditions), "where": _clause_data(waiver.where)}
            for waiver in pack.waivers
        ],
    }


def _default_data(default: Default) -> str | dict[str, Any]:
    """A default for all surfaces is one word, as in bundles of before there were others."""
    if default.uniform and not default.lifted_by:
        return default.uniform
    return {"surfaces": default.modes, "lifted_by": list(default.lifted_by)}


def _policy_data(policy: Policy) -> dict[str, Any]:
    outcome = policy.outcome
    return {name: getattr(policy, name) for name in _POLICY_TEXTS} | {
        "when": list(policy.when), "risk": policy.risk,
        "clauses": [_clause_data(clause) for clause in policy.clauses],
        "exceptions": [_clause_data(clause) for clause in policy.exceptions],
        "where": _clause_data(policy.where),
        "outcome": {
            "mode": outcome.mode, "redact": outcome.redact, "alert": list(outcome.alert), "approver": outcome.approver,
            "confirm": outcome.confirm,
            **({} if outcome.approval_minutes is None else {"approval_minutes": outcome.approval_minutes}),
        },
    }


def _clause_data(clause: tuple[Condition, ...]) -> list[Any]:
    return [[each.field, each.quantifier, [[pattern.kind, pattern.text] for pattern in each.patterns]] for each in clause]


_POLICY_TEXTS = ("id", "title", "threat", "impact", "rationale", "message")
_WAIVER_TEXTS = ("id", "policy", "expires", "reason", "owner", "approver")
_PACK_KEYS = (
    "name", "version", "title", "default", "uncertain", "lists", "environments", "rollout", "catalog", "policies", "waivers",
    "terminate_after",
)


def _pack(value: Any) -> Pack:
    data = shapes.record(value, _PACK_KEYS, "pack")
    rollout = shapes.record(data["rollout"], ("pack", "threats", "policies"), "rollout")
    name = shapes.text(data["name"], "name")
    policies = tuple(_policy(item, name, f"policies/{index}") for index, item in enumerate(shapes.items(data["policies"], "policies")))
    if len({policy.id for policy in policies}) != len(policies):
        raise ValueError("policies: an id stands twice")
    return Pack(
        name, shapes.text(data["version"], "version"), policies,
        lists=shapes.mapping(data["lists"], "lists", shapes.texts),
        default=_default(data["default"]),
        uncertain=shapes.choice(data["uncertain"], MODES, "uncertain"),
        rollout=Rollout(
            _stage(rollout["pack"], "rollout/pack"), shapes.mapping(rollout["threats"], "rollout/threats", _stage),
            shapes.mapping(rollout["policies"], "rollout/policies", _stage),
        ),
        waivers=tuple(_waiver(item, f"waivers/{index}") for index, item in enumerate(shapes.items(data["waivers"], "waivers"))),
        title=shapes.text(data["title"], "title"),
        catalog=None if data["catalog"] is None else _catalog(data["catalog"]),
        environments=shapes.mapping(data["environments"], "environments", shapes.texts),
        terminate_after=None if data["terminate_after"] is None else _limit(data["terminate_after"]),
    )


def _default(value: Any) -> Default:
    if isinstance(value, str):
        return Default(shapes.choice(value, tuple(DEFAULT_MODES), "default"))
    data = shapes.record(value, ("surfaces", "lifted_by"), "default")
    modes = shapes.mapping(data["surfaces"], "default/surfaces", lambda item, at: shapes.choice(item, ("audit", "deny"), at))
    return Default(modes, shapes.texts(data["lifted_by"], "default/lifted_by"))


def _limit(value: Any) -> tuple[int, int]:
    denials, minutes = (shapes.number(item, "terminate_after") for item in shapes.pair(value, "terminate_after"))
    if denials < 1 or minutes < 1:
        raise ValueError("terminate_after: both numbers are at least 1")
    return denials, minutes


def _stage(value: Any, place: str) -> str:
    return shapes.choice(value, STAGES, place)


def _catalog(value: Any) -> dict[str, Any]:
    """A compiled catalog; its programs are read by the catalog, which wrote them."""
    data = shapes.record(value, ("format", "names", "globs", "programs", "variables"), "catalog")
    if data["format"] != CATALOG_FORMAT:
        raise ValueError(f"catalog: format {data['format']!r:.40} is unknown")
    programs = shapes.items(data["programs"], "catalog/programs")
    numbers = [*shapes.mapping(data["names"], "catalog/names", shapes.number).values()]
    for index, item in enumerate(shapes.items(data["globs"], "catalog/globs")):
        glob, number = shapes.pair(item, f"catalog/globs/{index}")
        shapes.text(glob, f"catalog/globs/{index}")
        numbers.append(shapes.number(number, f"catalog/globs/{index}"))
    if any(not 0 <= number < len(programs) for number in numbers) or not all(isinstance(item, dict) for item in programs):
        raise ValueError("catalog: a name leads to no program")
    shapes.mapping(data["variables"], "catalog/variables", lambda item, at: shapes.mapping(item, at, lambda each, _: each))
    return data


def _policy(value: Any, pack: str, place: str) -> Policy:
    data = shapes.record(value, (*_POLICY_TEXTS, "when", "risk", "clauses", "exceptions", "where", "outcome"), place)
    limited = isinstance(data["outcome"], dict) and "approval_minutes" in data["outcome"]
    then = shapes.record(
        data["outcome"], ("mode", "redact", "alert", "approver", "confirm", *(("approval_minutes",) if limited else ())), f"{place}/outcome"
    )
    outcome = Outcome(
        shapes.choice(then["mode"], MODES, f"{place}/outcome/mode"), shapes.flag(then["redact"], f"{place}/outcome/redact"),
        shapes.texts(then["alert"], f"{place}/outcome/alert"),
        None if then["approver"] is None else shapes.text(then["approver"], f"{place}/outcome/approver"),
        shapes.flag(then["confirm"], f"{place}/outcome/confirm"), _minutes(then["approval_minutes"], place) if limited else None,
    )
    texts = {name: shapes.text(data[name], f"{place}/{name}") for name in _POLICY_TEXTS}
    when = shapes.texts(data["when"], f"{place}/when")
    if not when:
        raise ValueError(f"{place}/when: no family")
    return Policy(
        pack=pack, when=when, outcome=outcome, clauses=_clauses(data["clauses"], f"{place}/clauses"),
        exceptions=_clauses(data["exceptions"], f"{place}/exceptions"), where=_clause(data["where"], f"{place}/where"),
        risk=shapes.number(data["risk"], f"{place}/risk"), **texts,
    )


def _minutes(value: Any, place: str) -> int:
    minutes = shapes.number(value, f"{place}/outcome/approval_minutes")
    if not 1 <= minutes <= MOST_APPROVAL_MINUTES:
        raise ValueError(f"{place}/outcome/approval_minutes: expected 1 to {MOST_APPROVAL_MINUTES}")
    return minutes


def _waiver(value: Any, place: str) -> Waiver:
    data = shapes.record(value, (*_WAIVER_TEXTS, "conditions", "where"), place)
    texts = {name: shapes.text(data[name], f"{place}/{name}") for name in _WAIVER_TEXTS}
    return Waiver(
        conditions=_clause(data["conditions"], f"{place}/conditions"), where=_clause(data["where"], f"{place}/where"), **texts
    )


def _clauses(value: Any, place: str) -> tuple[tuple[Condition, ...], ...]:
    return tuple(_clause(item, f"{place}/{index}") for index, item in enumerate(shapes.items(value, place)))


def _clause(value: Any, place: str) -> tuple[Condition, ...]:
    return tuple(_condition(item, f"{place}/{index}") for index, item in enumerate(shapes.items(value, place)))


def _condition(value: Any, place: str) -> Condition:
    parts = shapes.items(value, place)
    if len(parts) != 3:
        raise ValueError(f"{place}: expected a field, a quantifier and patterns")
    patterns = []
    for index, item in enumerate(shapes.items(parts[2], place)):
        kind, text = shapes.pair(item, f"{place}/{index}")
        patterns.append(Pattern(shapes.choice(kind, PATTERN_KINDS, place), shapes.text(text, place)))
    return Condition(shapes.text(parts[0], place), tuple(patterns), shapes.choice(parts[1], _QUANTIFIERS, place))
