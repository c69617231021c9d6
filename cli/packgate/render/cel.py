"""Policies as expressions of CEL over packgate's facts (`portable`), for engines that write conditions in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.render.portable import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# What of the context holds several values; all else is one text, or null.
_LISTS = ("actor.groups", "permissions", "risk_signals")


def policy_cel(policy: Mapping[str, Any], root: str) -> str:
    """An expression that is true when the policy fires. ``root``: the expression of the input."""
    clauses = _any(_all(_holds(check) for check in clause) for clause in policy["clauses"])
    excused = [_all(_excuses(check) for check in clause) for clause in policy["exceptions"]]
    parts = [f"o.families.exists(f, f in {_list(policy['when'])})", clauses, *(f"!({each})" for each in excused)]
    where = [_where(check) for check in policy["where"]]
    text = _all([f"{root}.operations.exists(o, {_all(part for part in parts if part)})", *where])
    return text.replace("$context", f"{root}.context")


def _holds(check: Mapping[str, Any]) -> str:
    return _with_values(check, _condition(check, f"o.fields[{_text(check['field'])}]"))


def _excuses(check: Mapping[str, Any]) -> str:
    """An exception has to hold of every value."""
    values = f"o.fields[{_text(check['field'])}]"
    matched = _matches(check)
    every = f"{values}.all(v, {'!' if check['quantifier'] == 'not' else ''}({matched}))"
    more = [_condition(check, values)] if check["quantifier"] == "all" else []
    return _with_values(check, _all([f"size({values}) > 0", every, *more]))


def _with_values(check: Mapping[str, Any], text: str) -> str:
    return f"({_text(check['field'])} in o.fields && {text})"


def _where(check: Mapping[str, Any]) -> str:
    path = ".".join(check["path"])
    values = f"$context.{path}" if path in _LISTS else f"[$context.{path}]"
    return f"({_known(check['path'])} && {_condition(check, values)})"


def _known(path: Sequence[str]) -> str:
    """Whether the context says something at a path."""
    return _all(f"$context.{'.'.join(path[:count])} != null" for count in range(1, len(path) + 1))


def _condition(check: Mapping[str, Any], values: str) -> str:
    if check["quantifier"] == "all":
        return _all(f"{values}.exists(v, {_group(group, check['fold'])})" for group in check["groups"])
    return f"{values}.exists(v, {'!' if check['quantifier'] == 'not' else ''}({_matches(check)}))"


def _matches(check: Mapping[str, Any]) -> str:
    return _group([pattern for group in check["groups"] for pattern in group], check["fold"])


def _group(patterns: Iterable[Mapping[str, Any]], fold: bool) -> str:
    """Whether ``v`` matches one of the patterns; expressions of one kind become one."""
    value = "v.lowerAscii()" if fold else "v"
    whole, below, found = [], {"home": [], "root": []}, []  # type: ignore[var-annotated]
    for pattern in patterns:
        if pattern["kind"] == "regex":
            whole.append(pattern["regex"])
        elif pattern["kind"] == "below":
            below[pattern["base"]].append(pattern["regex"])
        else:
            found.append(_same(pattern["path"], value, fold))
    if whole:
        found.insert(0, f"{value}.matches({_text(_joined(whole))})")
    for base, expressions in below.items():
        if expressions:
            folder = f"$context.{base}"
            rest = f"({_text(BASE)} + {value}.substring(size({folder})))"
            found.append(f"({folder} != null && {value}.startsWith({folder}) && {rest}.matches({_text(_joined(expressions))}))")
    return _any(found)


def _same(path: Sequence[str], value: str, fold: bool) -> str:
    given = f"$context.{'.'.join(path)}"
    if ".".join(path) in _LISTS:
        return f"({_known(path)} && {given}.exists(g, {'g.lowerAscii()' if fold else 'g'} == {value}))"
    return f"({_known(path)} && {given}{'.lowerAscii()' if fold else ''} == {value})"


def _joined(expressions: Sequence[str]) -> str:
    return expressions[0] if len(expressions) == 1 else "|".join(expressions)


def _all(parts: Iterable[str]) -> str:
    return " && ".join(parts)


def _any(parts: Iterable[str]) -> str:
    found = list(parts)
    if "" in found:
        return ""  # A clause without conditions holds always.
    return found[0] if len(found) == 1 else "(" + " || ".join(f"({each})" for each in found) + ")"


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(_text(each) for each in texts) + "]"


def _text(text: str) -> str:
    """JSON's escapes are also CEL's."""
    return json.dumps(text, ensure_ascii=True)
