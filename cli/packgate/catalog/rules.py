"""Rules, conditions and wraps of the catalog, from YAML to their compiled form."""

from __future__ import annotations

from packgate.catalog.problems import did_you_mean
from packgate.catalog.sources import compile_source, compile_value, compile_values
from packgate.catalog.words import COMPUTED_FIELDS, EFFECTS, RULE_KEYS, SHORT_FORMS, WRAP_FIELDS, WRAP_KEYS, WRAP_KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.catalog.problems import Place
    from packgate.model.vocabulary import Vocabulary


def compile_condition(value: Any, place: Place) -> list[list[list[Any]]]:
    """Alternatives, each a list of ``[source, test]`` that must all hold. A test is ``["present"]``, ``["absent"]``,
    ``["like", globs]`` or ``["unlike", globs]``."""
    if isinstance(value, list):
        return [_clause(place.at(index).mapping(item), place.at(index)) for index, item in enumerate(value)]
    return [_clause(place.mapping(value), place)]


def _clause(clause: dict[str, Any], place: Place) -> list[list[Any]]:
    return [[compile_source(key, place.at(key)), compile_test(test, place.at(key))] for key, test in clause.items()]


def compile_test(test: Any, place: Place) -> list[Any]:
    """A test of a source's values."""
    if test is True or test is False:
        return ["present" if test else "absent"]
    globs = [place.text(item) for item in (test if isinstance(test, list) else [test])]
    negated = [glob[1:] for glob in globs if glob.startswith("!")]
    if negated and len(negated) != len(globs):
        place.wrong("a list of globs is either all plain or all with '!'")
    return ["unlike", negated] if negated else ["like", globs]


def compile_rules(level: dict[str, Any], place: Place, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """The rules of a level: its short forms, then ``does``."""
    rules = []
    for key, (family, operation, effect) in SHORT_FORMS.items():
        if key in level:
            rules.append({
                "families": [family], "operation": ["all", [["text", operation]]], "effect": effect,
                "each": compile_value(level[key], place.at(key)),
                "fields": {"path": ["all", [["it"]]]}, "paths": ["path"],
            })
    items = place.at("does").listing(level.get("does", []))
    rules.extend(compile_rule(item, place.at("does", index), vocabulary) for index, item in enumerate(items))
    return rules


def compile_rule(item: Any, place: Place, vocabulary: Vocabulary) -> dict[str, Any]:
    """One item of ``does``."""
    rule = place.mapping(item)
    place.check_keys(rule, RULE_KEYS | (vocabulary.fields.keys() - COMPUTED_FIELDS))
    fields = {key: compile_value(rule[key], place.at(key)) for key in rule if key not in RULE_KEYS}
    out: dict[str, Any] = {
        "families": compile_families(rule.get("families"), place.at("families"), vocabulary),
        "effect": place.at("effect").choice(rule.get("effect"), EFFECTS),
        "fields": fields,
    }
    out["operation"] = compile_value(rule.get("operation", "$command.-1"), place.at("operation"))
    paths = [name for name in fields if name in vocabulary.fields and vocabulary.fields[name].type == "path"]
    if paths:
        out["paths"] = paths
    if "if" in rule:
        out["if"] = compile_condition(rule["if"], place.at("if"))
    if "each" in rule:
        out["each"] = compile_value(rule["each"], place.at("each"))
    for key in ("environment", "sends"):
        if key in rule:
            out[key] = compile_values(rule[key], place.at(key))
    if rule.get("even-if-neutral"):
        out["even-if-neutral"] = True
    return out


def compile_families(value: Any, place: Place, vocabulary: Vocabulary) -> list[str]:
    """A list of families of the vocabulary."""
    families = [place.text(item) for item in place.listing(value)]
    for family in families:
        if family not in vocabulary.families:
            place.wrong(f"unknown family {family!r}", did_you_mean(family, sorted(vocabulary.families)))
    if not families:
        place.wrong("a rule names at least one family")
    return families


def compile_wrap(item: Any, place: Place) -> dict[str, Any]:
    """One item of ``wraps``."""
    wrap = place.mapping(item)
    place.check_keys(wrap, WRAP_KEYS | WRAP_FIELDS)
    kind = place.at("kind").choice(wrap.get("kind"), WRAP_KINDS)
    out: dict[str, Any] = {"kind": kind}
    if "from" in wrap:
        out["from"] = compile_value(wrap["from"], place.at("from"))
    for key in ("file", "host", "user", "cwd", "place", "args", "clear-env"):
        if key in wrap:
            out[key] = compile_value(wrap[key], place.at(key))
    if "if" in wrap:
        out["if"] = compile_condition(wrap["if"], place.at("if"))
    for key in ("join", "assignments", "deeper"):
        if wrap.get(key):
            out[key] = True
    fields = {key: compile_value(wrap[key], place.at(key)) for key in sorted(WRAP_FIELDS) if key in wrap}
    if fields:
        out["fields"] = fields
    if wrap.get("via") is False:
        out["via"] = False
    if kind == "code":
        out["lang"] = place.at("lang").text(wrap.get("lang"))
    if ("from" in wrap) == ("file" in wrap):
        place.wrong("a wrap has either 'from' or 'file'")
    return out
