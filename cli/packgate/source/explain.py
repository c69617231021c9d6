"""Schema violations in words for people: what is wrong, in which policy, and what was probably meant."""

from __future__ import annotations

from packgate.source import codes
from packgate.source.branches import best_branch
from packgate.source.pointer import pointer
from packgate.source.quote import quote_fix, shown
from packgate.source.suggest import did_you_mean, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from packgate.diagnostics import Diagnostic
    from packgate.source.file import SourceFile

_TYPE_NAMES = {
    "string": "text", "array": "a list", "object": "a mapping", "boolean": "true or false",
    "integer": "a whole number", "number": "a number", "null": "nothing",
}
# A mapping with more unknown keys than this is something else altogether; the first ones show it.
_MOST_UNKNOWN_KEYS = 20
# Lists whose items have a name, and what one of them is called.
_ITEMS = {"policies": "policy", "waivers": "waiver", "assignments": "assignment", "repositories": "repository"}
# Words that people know from other tools, and the key that means the same here.
_FOREIGN = {
    "mode": "then", "action": "then", "severity": "impact", "description": "rationale", "name": "id", "families": "when",
    "family": "when", "match": "if", "conditions": "if", "except": "unless", "exceptions": "unless", "reason": "rationale",
    "cmd": "command", "extend": "extends", "overrides": "override", "owner": "owners", "expiry": "expires", "until": "expires",
}


def explain(error: Any, source: SourceFile) -> list[Diagnostic]:
    """The findings that one `jsonschema` error stands for."""
    if error.validator in ("anyOf", "oneOf"):
        return _explain_alternatives(error, source)
    explainer = _EXPLAINERS.get(str(error.validator), _other)
    return explainer(error, source)


def _explain_alternatives(error: Any, source: SourceFile) -> list[Diagnostic]:
    branch = best_branch(error)
    if branch.errors:
        return [item for inner in branch.errors for item in explain(inner, source)]
    if branch.choices:
        return [_report(error, source, codes.NOT_ALLOWED, f"{shown(error.instance)} is not one of those known",
                        hint=did_you_mean(str(error.instance), branch.choices))]
    if branch.required:
        return [_report(error, source, codes.MISSING_KEY, "one of these keys is needed: " + ", ".join(branch.required))]
    if branch.types:
        return [_wrong_type(error, source, branch.types)]
    return [_report(error, source, codes.NO_FORM_FITS, "none of the accepted forms fits", hint=error.schema.get("description"))]


def _unknown_keys(error: Any, source: SourceFile) -> list[Diagnostic]:
    known = list(error.schema.get("properties", {}))
    found = []
    unknown = [key for key in error.instance if key not in known]
    for key in unknown[:_MOST_UNKNOWN_KEYS]:
        meant = _meant(key, error)
        hint = f"did you mean '{meant}'?" if meant else did_you_mean(key, [word for word in known if word not in error.instance])
        message = _prefix(source.data, tuple(error.absolute_path)) + f"unknown key {shown(key)}"
        place = pointer(*error.absolute_path, key)
        found.append(source.diagnostic(codes.UNKNOWN_KEY, message, place, on_key=True, hint=hint))
    return found


def _meant(key: str, error: Any) -> str | None:
    """The key of the schema, not given yet, that an unknown key most likely stands for."""
    free = [word for word in error.schema.get("properties", {}) if word not in error.instance]
    foreign = _FOREIGN.get(key)
    return nearest(key, free) or (foreign if foreign in free else None)


def _missing_key(error: Any, source: SourceFile) -> list[Diagnostic]:
    path = tuple(error.absolute_path)
    found = []
    known = error.schema.get("properties", {})
    # A misspelt key is told once, as an unknown one.
    unknown = [key for key in error.instance if key not in known]
    misspelt = {_meant(key, error) for key in unknown[:_MOST_UNKNOWN_KEYS]}
    for key in error.validator_value:
        # jsonschema reports each missing key on its own.
        if key not in error.instance and key not in misspelt and error.message.startswith(repr(key)):
            about = known.get(key, {}).get("description")
            message = _prefix(source.data, path) + f"the key '{key}' is missing"
            found.append(source.diagnostic(codes.MISSING_KEY, message, pointer(*path), hint=about and f"{key}: {about}"))
    return found


def _enumeration(error: Any, source: SourceFile) -> list[Diagnostic]:
    choices = [str(choice) for choice in error.validator_value if choice is not None]
    guess = nearest(str(error.instance), choices)
    return [_report(
        error, source, codes.NOT_ALLOWED, f"{shown(error.instance)} is not one of {', '.join(choices)}",
        hint=f"did you mean '{guess}'?" if guess else None,
    )]


def _constant(error: Any, source: SourceFile) -> list[Diagnostic]:
    return [_report(error, source, codes.NOT_ALLOWED, f"{shown(error.instance)} is not {shown(error.validator_value)}")]


def _type(error: Any, source: SourceFile) -> list[Diagnostic]:
    wanted = error.validator_value
    return [_wrong_type(error, source, [wanted] if isinstance(wanted, str) else list(wanted))]


def _wrong_type(error: Any, source: SourceFile, wanted: list[str]) -> Diagnostic:
    path = tuple(error.absolute_path)
    value = error.instance
    names = [_TYPE_NAMES.get(name, name) for name in wanted]
    expected = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]
    hint = fix = None
    if "string" in wanted and isinstance(value, (bool, int, float)):
        fix = quote_fix(source, pointer(*path))
        hint = "put it in quotes"
    elif wanted == ["boolean"] and isinstance(value, str):
        hint = "write true or false"
    elif "array" in wanted and isinstance(value, str):
        hint = "write it as a list: [" + shown(value, "") + "]"
    message = _prefix(source.data, path) + f"expected {expected}, found {_found(value)}"
    return source.diagnostic(codes.WRONG_TYPE, message, pointer(*path), hint=hint, fix=fix)


def _form(error: Any, source: SourceFile) -> list[Diagnostic]:
    wanted = error.schema.get("patternErrorMessage")
    text = f"{shown(error.instance)} is not {wanted}" if wanted else f"{shown(error.instance)} has the wrong form"
    if "propertyNames" in error.absolute_schema_path:
        path = (*error.absolute_path, error.instance)
        message = _prefix(source.data, tuple(error.absolute_path)) + text
        return [source.diagnostic(codes.WRONG_FORM, message, pointer(*path), on_key=True)]
    return [_report(error, source, codes.WRONG_FORM, text)]


def _range(error: Any, source: SourceFile) -> list[Diagnostic]:
    value, bound = error.instance, error.validator_value
    keys = ", ".join(error.schema.get("properties", {}))
    empty = {"minLength": "the text is empty", "minItems": "the list is empty", "minProperties": "the mapping is empty"}
    kind = str(error.validator)
    if kind in empty and len(value) == 0:
        text = empty[kind]
    elif kind == "maxProperties":
        text = f"{len(value)} keys ({', '.join(value)}); at most {bound} of {keys}"
    elif kind == "minProperties":
        text = f"at least {bound} keys of {keys} are needed"
    elif kind in ("minimum", "maximum"):
        text = f"{value} is {'less' if kind == 'minimum' else 'more'} than {bound}"
    else:
        text = f"its length {len(value)} is {'less' if kind.startswith('min') else 'more'} than {bound}"
    return [_report(error, source, codes.OUT_OF_RANGE, text)]


def _repeated(error: Any, source: SourceFile) -> list[Diagnostic]:
    path = tuple(error.absolute_path)
    for index, item in enumerate(error.instance):
        if item in error.instance[:index]:
            message = _prefix(source.data, path) + f"{shown(item)} is listed twice"
            return [source.diagnostic(codes.REPEATED, message, pointer(*path, index))]
    return []


def _excluded(error: Any, source: SourceFile) -> list[Diagnostic]:
    return [_report(error, source, codes.NO_FORM_FITS, error.schema.get("errorMessage") or "this combination is not allowed")]


def _other(error: Any, source: SourceFile) -> list[Diagnostic]:
    return [_report(error, source, codes.SCHEMA, error.message[:200])]


_EXPLAINERS: dict[str, Callable[[Any, SourceFile], list[Diagnostic]]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_key,
    "enum": _enumeration,
    "const": _constant,
    "type": _type,
    "pattern": _form,
    "uniqueItems": _repeated,
    "not": _excluded,
    **dict.fromkeys(
        ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _range
    ),
}


def _report(error: Any, source: SourceFile, code: str, text: str, hint: str | None = None) -> Diagnostic:
    path = tuple(error.absolute_path)
    return source.diagnostic(code, _prefix(source.data, path) + text, pointer(*path), hint=hint)


def _prefix(data: Any, path: tuple[str | int, ...]) -> str:
    """Where a message belongs: ``policy 'force-push': if[0].branch: ``."""
    subject, rest = "", path
    if len(path) >= 2 and path[0] in _ITEMS and isinstance(path[1], int):
        item = data[path[0]][path[1]]
        name = item.get("id") if isinstance(item, dict) else None
        called = f"'{name}'" if isinstance(name, str) and name else f"number {path[1] + 1}"
        subject, rest = f"{_ITEMS[str(path[0])]} {called}: ", path[2:]
    dotted = ""
    for part in rest:
        dotted += f"[{part}]" if isinstance(part, int) else ("." if dotted else "") + part
    return subject + (f"{dotted}: " if dotted else "")


def _found(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    return "a list" if isinstance(value, list) else "a mapping"
