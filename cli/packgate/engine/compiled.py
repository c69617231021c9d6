"""Packs, compiled: what a decision is made from."""

from __future__ import annotations

from packgate.engine.conditions import clause_verdict
from packgate.engine.context import Context
from packgate.engine.identity import packs_key
from packgate.engine.index import Index
from packgate.engine.matcher import NOCASE_TYPES
from packgate.engine.partly import NO
from packgate.engine.patterns import Compiler
from packgate.engine.rules import Rule, unmet
from packgate.engine.stages import Stages
from packgate.engine.trace import trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.engine.conditions import Check
    from packgate.engine.index import Entry
    from packgate.engine.patterns import Detectors
    from packgate.engine.surroundings import Surroundings
    from packgate.engine.trace import Step
    from packgate.model.action import Action
    from packgate.model.operation import Operation
    from packgate.model.policy import Pack


_NOTHING: tuple[Found, ...] = ()
_MOST_STAGES = 200


class Found:
    """A rule that holds of an operation: certainly (`MUST`) or possibly (`MAY`), by the checks of one clause."""

    __slots__ = ("checks", "number", "operation", "place", "rule", "verdict")

    def __init__(
        self, rule: Rule, operation: Operation, place: int, verdict: int, number: int, checks: tuple[Check, ...]
    ) -> None:
        self.rule = rule
        self.operation = operation
        # The operation's place in the action.
        self.place = place
        self.verdict = verdict
        self.number = number
        self.checks = checks

    @property
    def detectors(self) -> list[str]:
        """The detectors and sets by which it holds."""
        return [name for check in self.checks for name in check.detectors]


class Engine:
    """Compiled packs. ``rules`` are in the order of matches: by pack, then by policy id. ``defaults``: by surface, the packs that do not
    simply let run there what no policy allows, with their mode; empty where there are none."""

    __slots__ = ("_stages", "defaults", "index", "key", "packs", "releases", "rules", "surroundings")

    def __init__(self, packs: Sequence[Pack], rules: list[Rule], releases: Mapping[str, str], fold: bool) -> None:
        self.packs = tuple(packs)
        self.defaults = defaults_of(packs)
        self.key = packs_key(packs)
        self.releases = releases
        # What the context says of people and places; set by who knows it.
        self.surroundings: Surroundings | None = None
        # Few actors differ in what they are assigned.
        self._stages: dict[object, Stages] = {}
        self.rules = rules
        for rank, rule in enumerate(rules):
            rule.rank = rank
        self.index = Index(rules, fold)

    def find(self, operation: Operation, place: int, context: Context) -> Sequence[Found]:
        """Rules that hold of an operation, in the order of `rules`."""
        return self.weigh(self.index.candidates(operation), operation, place, context)

    def weigh(self, entries: Sequence[Entry], operation: Operation, place: int, context: Context) -> Sequence[Found]:
        """Rules among the candidates of the index that hold of an operation, in the order of `rules`."""
        best: dict[int, Found] | None = None
        for entry in entries:
            rule = entry.rule
            verdict = clause_verdict(entry.checks, operation, context, rule.strict)
            if verdict == NO:
                continue
            if best is None:
                best = {}
            known = best.get(rule.rank)
            if known is None or (verdict, -entry.number) > (known.verdict, -known.number):
                best[rule.rank] = Found(rule, operation, place, verdict, entry.number, entry.checks)
        if best is None:
            return _NOTHING
        return [best[rank] for rank in sorted(best) if self._stands(best[rank], context)]

    def stages(self, override: str | None, assigned: Mapping[str, str | None] | None) -> Stages:
        """The stages of one decision (see `Stages`). Raises `ValueError` for an unknown stage."""
        key = (override, *assigned.items()) if assigned else override
        found = self._stages.get(key)
        if found is None:
            found = Stages(override, self.packs, self.releases, dict(assigned or {}))
            if len(self._stages) >= _MOST_STAGES:
                self._stages.clear()
            self._stages[key] = found
        return found

    def rule(self, policy: str, pack: str | None = None) -> Rule:
        """A policy by its id, of any pack or of the one named. Raises `KeyError`."""
        for rule in self.rules:
            if rule.policy.id == policy and pack in (None, rule.pack.name):
                return rule
        raise KeyError(policy)

    def trace(self, policy: str, operation: Operation, action: Action) -> list[Step]:
        """Every condition of a policy, judged on one operation of an action. Raises `KeyError`."""
        return trace(self.rule(policy), operation, Context(action, self.surroundings))

    def _stands(self, found: Found, context: Context) -> bool:
        """Whether neither `unless` nor `where` takes a match back; what `where` lacked is remembered."""
        rule = found.rule
        if rule.excused(found.operation, context):
            return False
        check = unmet(rule.where, context, found.operation)
        if check is None:
            return True
        if not context.where_values(check.field, found.operation):
            context.missing[f"{rule.policy.id} compares {check.field}, which the action does not say"] = None
        return False


def defaults_of(packs: Sequence[Pack]) -> dict[str, tuple[tuple[Pack, str], ...]]:
    """By surface, the packs with a default other than allow, and that default."""
    found: dict[str, tuple[tuple[Pack, str], ...]] = {}
    for pack in packs:
        for surface, mode in pack.default.modes.items():
            found[surface] = (*found.get(surface, ()), (pack, mode))
    return found


def compile_packs(
    packs: Sequence[Pack],
    fields: Mapping[str, str],
    *,
    lists: Mapping[str, tuple[str, ...]] | None = None,
    detectors: Detectors | None = None,
    releases: Mapping[str, str] | None = None,
) -> Engine:
    """Compile packs for decisions.

    ``fields``: the type of every field of the vocabulary. ``lists``: named lists of the context; a pack's own come
    first. ``detectors``: called with a detector's id and a text, whether it finds something; it raises `KeyError` for
    an id that it does not know. ``releases``: the stage of a pack's release, by its name. Raises `PatternError` for a
    pattern that cannot be compiled; regular expressions and complicated globs are compiled when they are first
    needed (`patterns.check_pattern` checks them beforehand).
    """
    rules: list[Rule] = []
    for pack in packs:
        compiler = Compiler({**(lists or {}), **pack.lists}, detectors)
        rules.extend(Rule(policy, pack, fields, compiler) for policy in pack.policies)
    rules.sort(key=lambda rule: (rule.pack.name, rule.policy.id))
    return Engine(packs, rules, dict(releases or {}), fields.get("operation", "word") in NOCASE_TYPES)


