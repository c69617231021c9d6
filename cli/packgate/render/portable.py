"""Policies as plain data that a policy engine evaluates over packgate's facts: every pattern an expression, every list resolved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.engine.context import WHERE
from packgate.engine.matcher import Regular
from packgate.engine.patterns import Addresses, Based, Detector, FromContext
from packgate.model.policy import MODE_RANK
from packgate.model.value import show
from packgate.render.answers import RUN
from packgate.render.regex_text import regex_text
from packgate.testing.cases import MUST_FIRE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packgate.engine.conditions import Check
    from packgate.engine.matcher import Matcher
    from packgate.engine.rules import Rule
    from packgate.model.decision import Decision
    from packgate.model.operation import Operation
    from packgate.render.candidates import Standing
    from packgate.render.known import Known
    from packgate.render.plan import Plan

# A folder that stands for the one that the context gives, in expressions for paths below it.
BASE = "/h"
_BASES = {"~": "home", ".": "root"}
# Cases of a policy and polarity that are rendered as tests, and the longest facts of one as JSON: some cases are about endless lines.
_MOST_CASES = 6
_LONGEST_FACTS = 20_000


def left(standing: Standing, rule: Rule) -> str:
    """Why an engine can't evaluate a policy; empty when it can."""
    if standing.effective is None:
        return "the pack does not hold for everybody, and who somebody is decides"
    if standing.policy.outcome.mode == "allow":
        return "lifts the pack's default, which engines do not have"
    if rule.waivers:
        return "has waivers, whose days an engine does not know"
    for checks in (*rule.clauses, *rule.exceptions, rule.where):
        for check in checks:
            if any(isinstance(matcher, Detector) for matcher in check.matchers):
                return f"a detector looks into {check.field}, which only packgate has"
            if any(isinstance(matcher, Addresses) for matcher in check.matchers):
                return f"an address range on {check.field}, which only packgate reads in all its spellings"
    return ""


def policies_data(plan: Plan) -> list[dict[str, Any]]:
    """The policies that the engine evaluates, strictest first."""
    rules = {rule.policy.id: rule for rule in plan.candidates.subject.gate.engine.rules}
    found = [
        _policy(each.standing, rules[each.standing.policy.id]) for each in plan.policies if not each.left
    ]
    return sorted(found, key=lambda each: (-MODE_RANK[each["mode"]], each["id"]))


def _policy(standing: Standing, rule: Rule) -> dict[str, Any]:
    policy = standing.policy
    return {
        "id": policy.id, "pack": standing.pack, "mode": standing.effective, "rank": MODE_RANK[standing.effective or "allow"],
        "answer": {RUN: "allow"}.get(standing.answer, standing.answer), "message": " ".join(policy.message.split()), "risk": policy.risk,
        "when": sorted(rule.when), "clauses": [_clause(checks) for checks in rule.clauses],
        "exceptions": [_clause(checks) for checks in rule.exceptions if checks],
        "where": [{**_check(check), "path": WHERE[check.field][0].split(".")} for check in rule.where],
    }


def _clause(checks: Iterable[Check]) -> list[dict[str, Any]]:
    return sorted((_check(check) for check in checks), key=lambda each: str(each["field"]))


def _check(check: Check) -> dict[str, Any]:
    return {
        "field": check.field, "fold": check.fold, "quantifier": check.quantifier,
        "groups": [[_matcher(matcher) for matcher in group] for group in check.groups],
    }


def _matcher(matcher: Matcher) -> dict[str, Any]:
    if isinstance(matcher, Based):
        return {"kind": "below", "base": _BASES[matcher.base], "regex": regex_text(matcher.at(BASE).tree())}
    if isinstance(matcher, FromContext):
        return {"kind": "context", "path": matcher.path.split(".")}
    assert isinstance(matcher, Regular)
    return {"kind": "regex", "regex": regex_text(matcher.tree())}


def facts_input(decision: Decision, action: Mapping[str, Any]) -> dict[str, Any]:
    """What an engine is asked about: the operations as `packgate facts --format json` prints them, and the action's context."""
    repo = action.get("repo") or {}
    return {
        "operations": [
            {"families": list(each.families), "fields": {name: values for name, values in sorted(_fields(each).items()) if values}}
            for each in decision.analysis.operations
        ],
        "context": {
            "home": action.get("home"), "root": repo.get("root"),
            **{key: action.get(key) for key in ("repo", "actor", "environment", "data_classification", "permissions", "risk_signals",
                                                "approval", "surface")},
        },
    }


def _fields(operation: Operation) -> dict[str, list[str]]:
    names = {*operation.fields, *(operation.common or {}), "via"}
    return {name: [show(value) for value in operation.get(name)] for name in names}


def is_known(decision: Decision) -> bool:
    """Whether every value is known completely: what is partly known, an engine can't judge."""
    return all(
        isinstance(value, str) for each in decision.analysis.operations
        for name in {*each.fields, *(each.common or {})} for value in each.get(name)
    )


def cases_data(plan: Plan) -> dict[str, list[dict[str, Any]]]:
    """Cases of the policies that the engine evaluates, by policy: ``name``, ``fires``, ``input``. Whether one fires is packgate's own
    answer, which the case's polarity is the promise of; those with a value that is only partly known, or very long facts, are left out."""
    wanted = {each.standing.policy.id for each in plan.policies if not each.left}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in sorted(wanted)}
    counts: dict[tuple[str, str], int] = {}
    for known in plan.candidates.known.all:
        key = (known.policy or "", known.polarity or "")
        if known.policy not in wanted or counts.get(key, 0) >= _MOST_CASES or not is_known(known.decision):
            continue
        case = _case(known, counts.get(key, 0) + 1)
        if len(json.dumps(case)) <= _LONGEST_FACTS:
            counts[key] = counts.get(key, 0) + 1
            found[key[0]].append(case)
    return {name: cases for name, cases in found.items() if cases}


def _case(known: Known, number: int) -> dict[str, Any]:
    return {
        "name": f"{known.policy}/{known.polarity}/{number}", "label": known.label, "fires": known.polarity == MUST_FIRE,
        "input": facts_input(known.decision, known.data),
    }
