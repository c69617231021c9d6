"""Hold the cases of a pack against changes of its policies: a change that no case notices is a case that is missing.

Every case is analysed once; for a mutant only the engine runs again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.engine.compiled import compile_packs
from packgate.engine.context import Context
from packgate.engine.partly import MUST
from packgate.guard.detectors import detects
from packgate.model.action import ActionError, parse_action
from packgate.model.policy import Pack
from packgate.testing import codes
from packgate.testing.cases import MUST_FIRE
from packgate.testing.equivalence import Equivalence
from packgate.testing.mutant import KINDS, Mutant
from packgate.testing.mutants import mutants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from packgate.diagnostics import Diagnostic
    from packgate.engine.compiled import Engine
    from packgate.engine.gate import Gate
    from packgate.model.operation import Operation
    from packgate.model.policy import Policy
    from packgate.source.result import LoadResult, PolicySource
    from packgate.testing.cases import Case
    from packgate.testing.equivalence import KnownValues

@dataclass(slots=True)
class PolicyScore:
    """What became of the mutants of one policy. ``equivalent`` ones do the same as the policy and don't count."""

    policy: str
    killed: Counter[str] = field(default_factory=Counter)
    survived: Counter[str] = field(default_factory=Counter)
    equivalent: int = 0

    @property
    def tried(self) -> int:
        """How many mutants count."""
        return self.killed.total() + self.survived.total()

    def to_json(self) -> dict[str, object]:
        """As plain data."""
        return {
            **score_json(self.killed.total(), self.tried), "equivalent": self.equivalent,
            "kinds": {kind: score_json(self.killed[kind], self.killed[kind] + self.survived[kind]) for kind in KINDS},
        }


def score_json(killed: int, tried: int) -> dict[str, object]:
    """Counts and the share in percent, None of nothing."""
    return {"mutants": tried, "killed": killed, "survived": tried - killed, "score": percent(killed, tried)}


def percent(part: int, whole: int) -> float | None:
    """A share, None of nothing."""
    return round(100 * part / whole, 2) if whole else None


@dataclass(slots=True)
class MutationRun:
    """What became of all mutants of a pack; ``survivors`` are findings."""

    pack: str
    policies: list[PolicyScore] = field(default_factory=list)
    survivors: list[Diagnostic] = field(default_factory=list)

    @property
    def killed(self) -> int:
        """Mutants that a case noticed."""
        return sum(score.killed.total() for score in self.policies)

    @property
    def tried(self) -> int:
        """Mutants that count."""
        return sum(score.tried for score in self.policies)

    def to_json(self) -> dict[str, object]:
        """All counts as plain data."""
        return {
            **score_json(self.killed, self.tried), "equivalent": sum(score.equivalent for score in self.policies),
            "policies": {score.policy: score.to_json() for score in self.policies},
        }


@dataclass(slots=True)
class _Prepared:
    """A case, analysed."""

    must_fire: bool
    mode: str | None
    context: Context
    operations: list[Operation]


def mutate(
    result: LoadResult, cases: Iterable[Case], gate: Gate, *, lists: Mapping[str, tuple[str, ...]] | None = None,
    values: KnownValues | None = None, policies: Sequence[str] | None = None, tick: Callable[[], None] | None = None,
) -> MutationRun:
    """Change every policy that a pack itself adds, and see whether one of its ``cases`` then fails.

    ``gate`` decides with the pack alone; ``values`` tells the values that a field of some families can have at all (see
    `Equivalence`); ``policies`` limits the run to these ids. Cases that fail with the unchanged policy, todo ones and prompts
    without an action notice nothing. ``tick`` is called after every policy.
    """
    assert result.pack is not None
    prepared: dict[str, list[_Prepared]] = {}
    for case in cases:
        ready = _prepare(case, gate)
        if ready is not None:
            prepared.setdefault(case.policy, []).append(ready)
    run = MutationRun(result.pack.name)
    bench = _Bench(result, {**(lists or {}), **result.pack.lists}, values)
    for policy in result.own_policies:
        if policies is None or policy.id in policies:
            bench.judge(policy, prepared.get(policy.id, []), run)
            if tick is not None:
                tick()
    return run


def _prepare(case: Case, gate: Gate) -> _Prepared | None:
    if case.action is None or case.todo is not None:
        return None
    try:
        action = parse_action(case.action)
    except ActionError:
        return None
    return _Prepared(case.polarity == MUST_FIRE, case.mode, Context(action), gate.analyze(action).operations)


class _Bench:
    """Compiles mutants of one pack and runs cases against them."""

    __slots__ = ("equivalence", "lists", "pack", "result", "types")

    def __init__(self, result: LoadResult, lists: Mapping[str, tuple[str, ...]], values: KnownValues | None) -> None:
        assert result.pack is not None
        self.result = result
        self.pack = result.pack
        self.lists = lists
        self.types = {name: each.type for name, each in result.vocabulary.fields.items()}
        self.equivalence = Equivalence(self.types, lists, values)

    def judge(self, policy: Policy, cases: list[_Prepared], run: MutationRun) -> None:
        """Count the mutants of a policy."""
        source = self.result.policies[policy.id]
        score = PolicyScore(policy.id)
        engine = self._engine(policy)
        standing = [case for case in cases if not _fails(case, engine)]
        for mutant in mutants(policy, self.lists, self.types):
            if self.equivalence.same(mutant):
                score.equivalent += 1
                continue
            changed = self._engine(mutant.policy)
            if any(_fails(case, changed) for case in standing):
                score.killed[mutant.kind] += 1
            else:
                score.survived[mutant.kind] += 1
                run.survivors.append(_survivor(policy, mutant, source, self.equivalence.example(mutant)))
        run.policies.append(score)

    def _engine(self, policy: Policy) -> Engine:
        pack = Pack(self.pack.name, self.pack.version, (policy,), dict(self.pack.lists), self.pack.default, self.pack.uncertain)
        return compile_packs([pack], self.types, lists=self.lists, detectors=detects)


def _fails(case: _Prepared, engine: Engine) -> bool:
    """Whether a case does not hold with the engine of one policy."""
    fires = any(
        found.verdict == MUST for place, operation in enumerate(case.operations) for found in engine.find(operation, place, case.context)
    )
    return fires != case.must_fire or (fires and case.mode not in (None, engine.rules[0].policy.outcome.mode))


def _survivor(policy: Policy, mutant: Mutant, source: PolicySource, example: str | None) -> Diagnostic:
    hint = mutant.hint + (f", such as {example!r}" if example else "")
    return source.diagnostic(
        codes.MUTANT_SURVIVED, f"{policy.id}: no case notices when {mutant.what}", *_path(mutant, source), on_key=True, hint=hint,
        severity=Severity.WARNING,
    )


def _path(mutant: Mutant, source: PolicySource) -> tuple[str | int, ...]:
    """The place of the change in the file: a lone alternative may be written without a list."""
    part, *rest = str(mutant.place[0]), *mutant.place[1:]
    if part not in ("when", "then") and not isinstance(source.data.get(part), list):
        rest = rest[1:]
    return (part, *rest)
