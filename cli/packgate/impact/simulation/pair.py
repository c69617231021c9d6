"""Two states of the policies, as plain data that a process can be given, and the gates that decide one action with both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.engine.assignments import Assignments
from packgate.engine.context import WHERE
from packgate.engine.decide import decide
from packgate.engine.gate import build_gate, environment_words
from packgate.engine.plain import assignment_from, assignment_to, pack_from, pack_to, policy_from, policy_to
from packgate.engine.surroundings import Surroundings
from packgate.model.vocabulary import vocabulary_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packgate.engine.gate import Gate
    from packgate.model.action import Action
    from packgate.model.decision import Decision
    from packgate.model.operation import Analysis
    from packgate.model.policy import Assignment, Condition, Pack
    from packgate.model.vocabulary import Vocabulary
    from packgate.source.workspace import Workspace

ACTOR = ("agent", "session", "user", "groups", "team", "owner")


@dataclass(frozen=True, slots=True)
class Policies:
    """All packs that hold together, with what decides for whom. ``label``: what the reader called them; ``default_stage``: the cap of packs
    that no assignment names; ``stage`` replaces every stage, None lets the packs' own hold; ``releases``: the stage of a pack's release."""

    label: str
    packs: tuple[Pack, ...]
    vocabulary: Vocabulary
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    assigned: tuple[Assignment, ...] = ()
    default_stage: str | None = None
    surroundings: Mapping[str, Any] | None = None
    stage: str | None = None
    releases: Mapping[str, str] = field(default_factory=dict)

    def __reduce__(self) -> tuple[object, ...]:
        """As plain data: what compiled modules make can't be pickled."""
        packs = [(pack_to(pack), pack.catalog, [policy_to(policy) for policy in pack.policies]) for pack in self.packs]
        return _restored, (
            self.label, packs, self.vocabulary.to_json(), self.lists, [assignment_to(each) for each in self.assigned],
            self.default_stage, self.surroundings, self.stage, self.releases,
        )

    def gate(self) -> Gate:
        """A gate for them."""
        known = None if self.surroundings is None else Surroundings(self.surroundings)
        assignments = Assignments(self.assigned, self.lists, self.default_stage)
        return build_gate(
            self.packs, self.vocabulary, lists=self.lists, assignments=assignments, releases=self.releases, surroundings=known,
        )

    def looks(self) -> tuple[object, ...]:
        """What it depends on whether any policy can match, beside the action and its analysis."""
        policies = [
            (policy["id"], policy["when"], policy["clauses"]) for pack in self.packs for policy in map(policy_to, pack.policies)
        ]
        settings = [(pack.name, pack.lists, pack.default.modes, pack.default.lifted_by, pack.uncertain) for pack in self.packs]
        return policies, settings, dict(self.lists), self.vocabulary.to_json()

    def reading(self) -> tuple[object, ...]:
        """What an analysis depends on beside the action."""
        words = environment_words(self.packs)
        return [pack.catalog for pack in self.packs if pack.catalog], None if words is None else words.by_token, self.surroundings


def _restored(
    label: str, packs: list[tuple[dict[str, Any], dict[str, Any] | None, list[dict[str, Any]]]], vocabulary: dict[str, Any],
    lists: Mapping[str, tuple[str, ...]], assigned: list[tuple[Any, ...]], *rest: Any,
) -> Policies:
    found = []
    for data, catalog, policies in packs:
        pack = pack_from(data)
        pack.catalog = catalog
        pack.policies = tuple(policy_from(policy, pack.name) for policy in policies)
        found.append(pack)
    return Policies(label, tuple(found), vocabulary_from(vocabulary), lists, tuple(map(assignment_from, assigned)), *rest)


def policies_of(
    label: str, space: Workspace, *, stage: str | None = None, releases: Mapping[str, str] | None = None,
) -> Policies:
    """The policies of a workspace that loaded without errors."""
    known = space.surroundings
    return Policies(
        label, tuple(space.packs), space.vocabulary, dict(space.lists), tuple(space.assigned), space.stage,
        None if known is None else known.data, stage, dict(releases or {}),
    )


class Pair:
    """Decides actions with two states of the policies; what an action does is worked out once where both read it alike."""

    def __init__(self, before: Policies, after: Policies, now: str | None) -> None:
        """``now``: the time that waivers are held against (RFC 3339)."""
        self.sides = before, after
        self.gates = before.gate(), after.gate()
        self.now = now
        self.alike = before.reading() == after.reading()
        # Where they look at the same things, only what they do about them differs.
        self._same_looks = self.alike and before.looks() == after.looks()
        self.owners = tuple({policy.id: pack.name for pack in side.packs for policy in pack.policies} for side in self.sides)

    def decide(self, action: Action) -> tuple[Decision, Decision]:
        """Both decisions, without scores of risk. What the engine raises is the caller's to count."""
        (first, one), (second, two) = self.analyses(action)
        return self._decision(0, first, one), self._decision(1, second, two)

    def analyses(self, action: Action) -> tuple[tuple[Action, Analysis], tuple[Action, Analysis]]:
        """The action as each side's context completes it, with what it does: the same twice where both read it alike."""
        completed = self.gates[0].complete(action)
        before = completed, self.gates[0].analyze(completed)
        if self.alike:
            return before, before
        completed = self.gates[1].complete(action)
        return before, (completed, self.gates[1].analyze(completed))

    def decide_unless_silent(self, action: Action) -> tuple[tuple[Decision, Decision] | None, str]:
        """Both decisions, None where neither side has a policy that could match, so that both let the action pass without a word; and the
        coverage of the analysis that the second one rests on. Most actions are such, and the decisions cost as much as the analysis."""
        (first, one), (second, two) = self.analyses(action)
        if self._silent(0, first, one) and (self._same_looks or self._silent(1, second, two)):
            return None, two.coverage
        return (self._decision(0, first, one), self._decision(1, second, two)), two.coverage

    def _silent(self, side: int, action: Action, analysis: Analysis) -> bool:
        engine = self.gates[side].engine
        if engine.defaults and action.surface in engine.defaults:
            return False
        for operation in analysis.operations:  # noqa: SIM110 (a generator would cost another call)
            if engine.index.candidates(operation):
                return False
        return True

    def _decision(self, side: int, action: Action, analysis: Analysis) -> Decision:
        gate, stage = self.gates[side], self.sides[side].stage
        return decide(action, analysis, gate.engine, stage=stage, now=self.now, assigned=gate.assigned(action) if stage is None else None)


def relevant_actor(sides: Sequence[Policies]) -> frozenset[str]:
    """The keys of an action's ``actor`` that any decision can depend on: by the rest, actions that are otherwise the same do not differ."""
    paths: set[str] = set()
    groups = False
    for side in sides:
        groups = groups or bool((side.surroundings or {}).get("groups"))
        for pack in side.packs:
            for policy in pack.policies:
                paths |= _where(policy.where) | _patterns([*policy.clauses, *policy.exceptions, policy.where])
            for waiver in pack.waivers:
                paths |= _where(waiver.where) | _patterns([waiver.conditions, waiver.where])
        for assignment in side.assigned:
            paths |= _where(assignment.conditions) | _patterns([assignment.conditions])
    found = {key for key in ACTOR if f"actor.{key}" in paths}
    if groups and "groups" in found:
        # The context says which groups a user is in.
        found.add("user")
    return frozenset(found)


def _where(conditions: Iterable[Condition]) -> set[str]:
    return {WHERE[condition.field][0] for condition in conditions}


def _patterns(clauses: Iterable[Iterable[Condition]]) -> set[str]:
    return {
        pattern.text for clause in clauses for condition in clause for pattern in condition.patterns if pattern.kind == "context"
    }
