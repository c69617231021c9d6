"""The cases of policies as evidence: run on the content that is promoted, and counted by policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.release.gates import PolicyCases
from packgate.testing.cases import MUST_FIRE, MUST_NOT_FIRE, collect, collect_inherited
from packgate.testing.coverage import branches, uncovered
from packgate.testing.outcome import FAILED, PASSED
from packgate.testing.runner import run_case

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from packgate.engine.gate import Gate
    from packgate.source.result import LoadResult


def case_evidence(result: LoadResult, gate: Gate, policies: Collection[str]) -> dict[str, PolicyCases]:
    """The cases of policies of a pack, inherited ones included, decided with the pack alone.

    Known gaps (`todo`) and prompts that need an agent prove nothing and are not counted; nor is an inherited case that must not fire
    where the pack narrowed the exception and the case fires now.
    """
    found: dict[str, PolicyCases] = {}
    expected = {case.name for case in collect_inherited(result)}
    for level in _levels(result):
        cases = [case for case in collect([level]) if case.policy in policies and case.action is not None and case.todo is None]
        ran = [(case, run_case(case, gate).status) for case in cases]
        for policy in level.own_policies:
            if policy.id in policies:
                own = [(case, status) for case, status in ran if case.policy == policy.id]
                passed = [case.polarity for case, status in own if status == PASSED]
                failed = sum(status == FAILED and (level is result or case.name in expected) for case, status in own)
                total, missed = branches(policy), len(uncovered(level, cases, gate, [policy.id]))
                found[policy.id] = PolicyCases(passed.count(MUST_FIRE), passed.count(MUST_NOT_FIRE), failed, total, total - missed)
    return found


def _levels(result: LoadResult) -> Iterator[LoadResult]:
    """A pack and those that it extends."""
    level: LoadResult | None = result
    while level is not None:
        if level.pack is not None:
            yield level
        level = level.base
