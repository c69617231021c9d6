"""From an action to its decision in one call: catalog, analysis and engine joined."""

from __future__ import annotations

from packgate.catalog.load import load_builtin
from packgate.engine.compiled import compile_packs
from packgate.engine.context import Context
from packgate.engine.decide import decide
from packgate.engine.identity import refusal_id
from packgate.engine.render import notes, to_json
from packgate.engine.risk import score, with_signals
from packgate.engine.written import to_text
from packgate.facts.analyze import analyze
from packgate.facts.environment import DEFAULT_WORDS, PRODUCTION, EnvironmentWords
from packgate.guard.detectors import detects, mask
from packgate.guard.known import WHO, mask_with, needs_masking, texts
from packgate.model.decision import Decision
from packgate.model.operation import OPAQUE, Analysis, Note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from packgate.catalog.load import Catalog
    from packgate.engine.assignments import Assignments
    from packgate.engine.compiled import Engine
    from packgate.engine.risk import History
    from packgate.engine.surroundings import Surroundings
    from packgate.engine.trace import Step
    from packgate.guard.known import Hiding
    from packgate.model.action import Action
    from packgate.model.operation import Operation
    from packgate.model.policy import Pack
    from packgate.model.vocabulary import Vocabulary


class Gate:
    """Decides actions. Make it once and use it for many: packs are compiled, programs decoded when they first occur."""

    __slots__ = ("assignments", "catalog", "engine", "words")

    def __init__(
        self, catalog: Catalog, engine: Engine, words: EnvironmentWords | None = None, assignments: Assignments | None = None
    ) -> None:
        """``assignments`` hold where no stage is asked for: they are resolved for the actor of each action."""
        self.catalog = catalog
        self.engine = engine
        self.words = words
        self.assignments = assignments

    @property
    def policy_ids(self) -> frozenset[str]:
        """The ids of all policies that are loaded."""
        return frozenset(rule.policy.id for rule in self.engine.rules)

    def analyze(self, action: Action) -> Analysis:
        """The operations of an action and what stayed unknown."""
        found = analyze(action, self.catalog, self.words)
        known = self.engine.surroundings
        return found if known is None else known.with_hosts(found, Context(action))

    def complete(self, action: Action) -> Action:
        """The action with what the context of the policies says of its user and repository."""
        known = self.engine.surroundings
        return action if known is None else known.complete(action, Context(action))

    def decide(
        self, action: Action, *, stage: str | None = "block", now: str | None = None, history: History | None = None,
    ) -> Decision:
        """The decision on an action. ``stage`` replaces all stages; None lets the packs' own and the actor's assignment hold. ``history``:
        what its session and user did before, for risk and its signals."""
        action = self.complete(action)
        assigned = self.assigned(action) if stage is None else None
        analysis = self.analyze(action)
        if history is not None:
            action = with_signals(action, analysis, history)
        decision = decide(action, analysis, self.engine, stage=stage, now=now, assigned=assigned, analyze=self.analyze)
        score(decision, action, self.engine.surroundings, history)
        return decision

    def assigned(self, action: Action) -> dict[str, str | None]:
        """By pack, the stage that the assignment of an action's actor allows (see `Assignments.resolve`)."""
        return {} if self.assignments is None else self.assignments.resolve([pack.name for pack in self.engine.packs], action)

    def decide_json(
        self, action: Action, *, stage: str | None = "block", now: str | None = None,
        on_error: Callable[[Exception], None] | None = None,
    ) -> dict[str, Any]:
        """The documented JSON of the decision, with every secret in it masked.

        A defect of packgate must not let an action through: whatever fails on the way becomes a denial that says so, and
        ``on_error`` is told. Raises `ValueError` for an unknown stage.
        """
        return dict(self._answer(action, stage, now, on_error, to_json)[1])

    def decide_text(
        self, action: Action, *, stage: str | None = "block", now: str | None = None,
        on_error: Callable[[Exception], None] | None = None, after: Callable[[Decision], None] | None = None,
        history: History | None = None,
    ) -> tuple[str, str]:
        """What was decided, and all that `decide_json` gives as one line of JSON: for streams of actions. ``after`` may make the decision
        stricter before it is written."""
        decision, text = self._answer(action, stage, now, on_error, to_text, after, history)
        return decision.decision, str(text)

    def refuse_json(self, reason: str, *, now: str | None = None, action_id: str | None = None) -> dict[str, Any]:
        """The decision on something that can't be decided: denied, with the reason."""
        return to_json(_refusal(reason, now, action_id), mask)

    def refuse_text(self, reason: str, *, now: str | None = None, action_id: str | None = None) -> str:
        """`refuse_json` as one line of JSON."""
        return to_text(_refusal(reason, now, action_id), mask)

    def _answer(
        self, action: Action, stage: str | None, now: str | None, on_error: Callable[[Exception], None] | None,
        render: Callable[[Decision, Callable[[str], str] | None], Any], after: Callable[[Decision], None] | None = None,
        history: History | None = None,
    ) -> tuple[Decision, Any]:
        """The decision on an action and how it is written; a denial, when anything fails on the way."""
        self.engine.stages(stage, None)
        try:
            decision = self.decide(action, stage=stage, now=now, history=history)
            if after is not None:
                after(decision)
            return decision, render(decision, masker(action, decision))
        except Exception as error:
            if on_error is not None:
                on_error(error)
            reason = f"internal error of packgate ({type(error).__name__}); the action was not analysed, so it is denied"
            decision = _refusal(reason, now, action.id)
            return decision, render(decision, mask)

    def trace(self, policy: str, operation: Operation, action: Action) -> list[Step]:
        """Every condition of a policy, judged on one operation."""
        return self.engine.trace(policy, operation, action)


def _refusal(reason: str, now: str | None, action_id: str | None) -> Decision:
    decision = Decision(refusal_id(reason, action_id, now), action_id, now, Analysis([], [Note("input", reason, OPAQUE)]))
    decision.decision = "deny"
    decision.mode = decision.would = "block"
    decision.reason = decision.message = reason
    decision.risk_score = 100
    return decision


def masker(action: Action, decision: Decision) -> Hiding | None:
    """What hides the secrets of an action in the texts of a decision; None where there are none."""
    quoted = _quoted(decision)
    if not quoted:
        return None
    sources = texts(action.data)
    if decision.looked_for or needs_masking(sources, quoted):
        return hiding(action, decision)
    return None


def hiding(action: Action, decision: Decision) -> Hiding:
    """What hides the secrets of an action wherever it is quoted, and the personal data that a policy looked for."""
    # Who acts is a person by nature, and no find.
    people = texts({key: value for key, value in action.data.items() if key not in WHO}) if decision.looked_for else None
    return mask_with(texts(action.data), decision.looked_for, people)


def _quoted(decision: Decision) -> list[str]:
    """The texts of a decision that can quote the action; messages are the pack's own."""
    found = notes(decision)
    if decision.mode is not None:
        found.append(decision.reason)
        for match in decision.matches:
            for values in match.fields.values():
                found.extend(values)
    return found


def build_gate(
    packs: Sequence[Pack], vocabulary: Vocabulary, *, lists: Mapping[str, tuple[str, ...]] | None = None,
    words: EnvironmentWords | None = None, assignments: Assignments | None = None, releases: Mapping[str, str] | None = None,
    surroundings: Surroundings | None = None,
) -> Gate:
    """A gate for packs. ``releases``: the stage of a pack's release, by its name; ``surroundings``: what the context says. Raises what
    compiling them raises: packs that were loaded without errors compile."""
    catalog = load_builtin()
    for pack in packs:
        if pack.catalog:
            catalog = catalog.merged(pack.catalog)
    fields = {name: field.type for name, field in vocabulary.fields.items()}
    engine = compile_packs(packs, fields, lists=lists, detectors=detects, releases=releases)
    engine.surroundings = surroundings
    return Gate(catalog, engine, words or environment_words(packs), assignments)


def environment_words(packs: Sequence[Pack]) -> EnvironmentWords | None:
    """The built-in words of environments with those that packs add; a word of production stays one. None when none is added."""
    added = [(name, words) for pack in packs for name, words in pack.environments.items()]
    if not added:
        return None
    merged = dict(DEFAULT_WORDS)
    for name, words in added:
        merged[name] = merged.get(name, ()) + words
    merged[PRODUCTION] = merged.pop(PRODUCTION)  # The last one counts.
    return EnvironmentWords(merged)
