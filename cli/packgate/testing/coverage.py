"""Which branches of the policies' conditions no case reaches; `docs/testing.md` says what counts as reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packgate.engine.context import Context
from packgate.engine.partly import MUST, NO
from packgate.engine.trace import excusing, trace
from packgate.model.action import ActionError, parse_action
from packgate.testing import codes
from packgate.testing.cases import MUST_FIRE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from packgate.diagnostics import Diagnostic
    from packgate.engine.gate import Gate
    from packgate.engine.rules import Rule
    from packgate.engine.trace import Step
    from packgate.model.operation import Operation
    from packgate.model.policy import Policy
    from packgate.source.result import LoadResult, PolicySource
    from packgate.testing.cases import Case

_IF, _UNLESS, _WHERE = "if", "unless", "where"


@dataclass(slots=True)
class _Reached:
    """What the cases of one policy reach: alternatives of `if` that fired, conditions that alone kept an operation from
    firing, or from being listed as one that may (part, number of the alternative, field), and exceptions that excused."""

    fired: set[int] = field(default_factory=set)
    missed: set[tuple[str, int, str]] = field(default_factory=set)
    excused: set[int] = field(default_factory=set)


def uncovered(result: LoadResult, cases: list[Case], gate: Gate, policies: Collection[str] | None = None) -> list[Diagnostic]:
    """Findings for the branches of the pack's own policies that no case of theirs reaches, in the order of the files.

    ``gate`` decides with the pack alone; ``policies`` limits the judgement to these ids. Cases marked todo and prompts without an
    action reach nothing.
    """
    by_policy: dict[str, list[Case]] = {}
    for case in cases:
        if case.action is not None and case.todo is None:
            by_policy.setdefault(case.policy, []).append(case)
    findings: list[Diagnostic] = []
    for policy in result.own_policies:
        if policies is not None and policy.id not in policies:
            continue
        reached = _reached(by_policy.get(policy.id, []), gate.engine.rule(policy.id), gate)
        findings += _gaps(policy, result.policies[policy.id], reached)
    return findings


def branches(policy: Policy) -> int:
    """How many branches the conditions of a policy have: as many as `uncovered` can find unreached."""
    alternatives = policy.clauses or ((),)
    return len(alternatives) + sum(map(len, alternatives)) + len(policy.where) + len(policy.exceptions)


def _reached(cases: list[Case], rule: Rule, gate: Gate) -> _Reached:
    reached = _Reached()
    for case in cases:
        try:
            action = parse_action(case.action)
        except ActionError:
            continue
        context = Context(action)
        for place, operation in enumerate(gate.analyze(action).operations):
            if case.polarity == MUST_FIRE:
                found = gate.engine.find(operation, place, context)
                reached.fired.update(each.number for each in found if each.rule is rule and each.verdict == MUST)
            elif not rule.when.isdisjoint(operation.families):
                _near_misses(rule, operation, context, reached)
    return reached


def _near_misses(rule: Rule, operation: Operation, context: Context, reached: _Reached) -> None:
    """Note what alone keeps an operation from firing, or from being listed as a may-match: one condition, or an exception."""
    steps = trace(rule, operation, context)
    where = [step for step in steps if step.part == _WHERE and step.verdict != MUST]
    for number, clause in enumerate(_clauses(steps, len(rule.clauses))):
        open_steps = [step for step in clause if step.verdict != MUST] + where
        failing = [step for step in open_steps if step.verdict == NO]
        if len(failing) == 1:
            step = failing[0]
            reached.missed.add((step.part, number if step.part == _IF else 0, step.field))
        elif not open_steps:
            exception = excusing(rule.exceptions, operation, context)
            if exception is not None:
                reached.excused.add(exception)


def _clauses(steps: list[Step], count: int) -> list[list[Step]]:
    """The steps of `if`, by alternative."""
    return [[step for step in steps if step.part == _IF and step.number == number] for number in range(count)]


def _gaps(policy: Policy, source: PolicySource, reached: _Reached) -> Iterator[Diagnostic]:
    for number, clause in enumerate(policy.clauses or ((),)):
        if number not in reached.fired:
            yield _not_fired(policy, source, number)
        for condition in clause:
            if (_IF, number, condition.field) not in reached.missed:
                yield _no_near_miss(policy, source, _place(source, _IF, number), condition.field)
    for condition in policy.where:
        if (_WHERE, 0, condition.field) not in reached.missed:
            yield _no_near_miss(policy, source, (_WHERE,), condition.field)
    for number in range(len(policy.exceptions)):
        if number not in reached.excused:
            yield source.diagnostic(
                codes.BRANCH_NOT_REACHED, f"{policy.id}: no must_not_fire case is excused by this exception",
                *_place(source, _UNLESS, number), on_key=True,
                hint="add a must_not_fire case for which `if` holds and this exception takes it back",
            )


def _not_fired(policy: Policy, source: PolicySource, number: int) -> Diagnostic:
    if len(policy.clauses) > 1:
        message = f"{policy.id}: no must_fire case fires by this alternative of `if`"
        hint = "add a must_fire case that fires by it and by no earlier alternative"
    else:
        message, hint = f"{policy.id}: no must_fire case fires", "add a must_fire case"
    place = _place(source, _IF, number) if policy.clauses else ("id",)
    return source.diagnostic(codes.BRANCH_NOT_REACHED, message, *place, on_key=True, hint=hint)


def _no_near_miss(policy: Policy, source: PolicySource, place: tuple[str | int, ...], name: str) -> Diagnostic:
    return source.diagnostic(
        codes.BRANCH_NOT_REACHED, f"{policy.id}: no must_not_fire case is kept from firing by `{name}` alone", *place, name, on_key=True,
        hint=f"add a must_not_fire case of {' or '.join(policy.when)} in which everything but `{name}` holds",
    )


def _place(source: PolicySource, part: str, number: int) -> tuple[str | int, ...]:
    """The path of an alternative inside the policy: a lone one may be written without a list."""
    return (part, number) if isinstance(source.data.get(part), list) else (part,)
