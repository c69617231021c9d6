"""Hold a pack against evasion: every command that must fire, written differently, still fires; as mere data it does not.

`docs/evasion-and-mutation.md` lists the rewrites. A rewritten command is never run, only decided.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.engine.rules import Rule
from packgate.guard.known import mask_with, texts
from packgate.model.action import ActionError, parse_action
from packgate.model.operation import FULL
from packgate.testing import codes
from packgate.testing.cases import MUST_FIRE
from packgate.testing.evasions import REWRITES, WRAPS
from packgate.testing.evasions.rewrite import Rewrite
from packgate.testing.evasions.subject import Subject
from packgate.testing.runner import found_operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from packgate.diagnostics import Diagnostic
    from packgate.engine.gate import Gate
    from packgate.model.decision import Decision
    from packgate.testing.cases import Case

# Text that no policy means: what fires with it in the place of a command fires by the wrap itself.
_NEUTRAL = "a quiet afternoon"
# With how many of a policy's commands each way of writing is tried, unless all are asked for.
COMMANDS = 4


@dataclass(slots=True)
class Tally:
    """Counts of attempts: ``held`` are right; of the rest, ``flagged`` are those that the decision calls unsure."""

    tried: int = 0
    held: int = 0
    flagged: int = 0

    def add(self, held: bool, flagged: bool) -> None:
        """Count one attempt."""
        self.tried += 1
        self.held += held
        self.flagged += flagged and not held

    @property
    def score(self) -> float | None:
        """The share that held, in percent; None of nothing."""
        return 100 * self.held / self.tried if self.tried else None

    def to_json(self) -> dict[str, float | int | None]:
        """As plain data."""
        score = self.score
        return {"tried": self.tried, "held": self.held, "flagged": self.flagged, "score": None if score is None else round(score, 2)}


@dataclass(slots=True)
class Miss:
    """The cases of one policy that one rewrite changes for, with the first rewritten command and what was found in it."""

    case: Case
    rewrite: Rewrite
    command: str
    found: str
    flagged: bool
    is_data: bool
    more: int = 0


@dataclass(slots=True)
class EvasionRun:
    """What became of all rewrites. ``fires`` and ``data`` count by policy, ``by_rewrite`` and ``by_wrap`` by the way of writing;
    ``effects`` counts wraps in which the data is the effect; ``passed_over`` are policies without a command to rewrite, with the
    reason."""

    fires: dict[str, Tally] = field(default_factory=dict)
    data: dict[str, Tally] = field(default_factory=dict)
    by_rewrite: dict[str, Tally] = field(default_factory=dict)
    by_wrap: dict[str, Tally] = field(default_factory=dict)
    effects: int = 0
    misses: list[Miss] = field(default_factory=list)
    passed_over: dict[str, str] = field(default_factory=dict)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """A finding for every policy and rewrite that does not hold."""
        return [_finding(miss) for miss in self.misses]

    def to_json(self) -> dict[str, object]:
        """All counts as plain data."""
        return {
            "rewrites": total(self.fires.values()).to_json(),
            "data": total(self.data.values()).to_json(),
            "data_is_the_effect": self.effects,
            "policies": {
                policy: {"rewrites": tally.to_json(), "data": self.data.get(policy, Tally()).to_json()}
                for policy, tally in self.fires.items()
            },
            "by_rewrite": {name: tally.to_json() for name, tally in self.by_rewrite.items()},
            "by_data": {name: tally.to_json() for name, tally in self.by_wrap.items()},
            "passed_over": dict(self.passed_over),
        }


def chain(rewrites: Sequence[Rewrite], turn: int) -> list[Rewrite]:
    """Each rewrite followed by another one; ``turn`` says which."""
    count = len(rewrites)
    return [_then(first, [rewrites[(7 * place + 13 * turn + step) % count] for step in range(5)]) for place, first in enumerate(rewrites)]


def _then(first: Rewrite, following: Sequence[Rewrite]) -> Rewrite:
    """A rewrite of what the first one makes, by the first of some that applies."""

    def apply(subject: Subject) -> str | None:
        command = first.apply(subject)
        if command is None:
            return None
        again = Subject(command, subject.cwd, subject.home)
        for each in following:
            twice = each.apply(again)
            if twice is not None:
                return twice
        return None

    return Rewrite(first.id, f"{first.title}, and rewritten again", "both rewrites keep the meaning", apply)


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies."""
    found = Tally()
    for tally in tallies:
        found.tried += tally.tried
        found.held += tally.held
        found.flagged += tally.flagged
    return found


def evade(
    cases: Sequence[Case], gate: Gate, tick: Callable[[], None] | None = None, *,
    rewrites: Sequence[Rewrite] = REWRITES, wraps: Sequence[Rewrite] = WRAPS, chained: bool = False, commands: int | None = COMMANDS,
) -> EvasionRun:
    """Rewrite the must_fire commands among ``cases`` and decide each with the pack's ``gate``; ``tick`` is called after every case.

    ``commands``: each way of writing is tried with about so many of a policy's commands, which differ from way to way; None: with all.
    ``chained``: each rewritten command is rewritten once more, in a way that differs from case to case, and that is decided.
    Cases that do not fire as they stand are `packgate test`'s matter and are passed over, as are policies that allow: they lift
    a default, so a rewrite that they miss is stopped, not let through.
    """
    run = EvasionRun()
    fit: list[Case] = []
    for case in cases:
        if case.polarity == MUST_FIRE:
            why = _unfit(case, gate, gate.engine.rule(case.policy, case.pack))
            if why is None:
                fit.append(case)
            else:
                run.passed_over.setdefault(case.policy, why)
    ways = _ways(fit, commands)
    tried = {case.policy for case in fit}
    run.passed_over = {policy: why for policy, why in run.passed_over.items() if policy not in tried}
    for case in cases:
        place = ways.get(id(case))
        if place is not None:
            tries = chain(rewrites, case.number + len(run.fires)) if chained else rewrites
            attempts = _Attempts(case, gate, gate.engine.rule(case.policy, case.pack), run)
            attempts.make(tries[place], () if chained else wraps[place])
        if tick is not None:
            tick()
    return run


def ways_of_cases(cases: Iterable[Case], gate: Gate, commands: int | None = COMMANDS) -> dict[int, slice]:
    """Which of the ways of writing each case is tried in, by the `id` of the case: all cases together try each way with about ``commands``
    of a policy's commands (see `evade`). Cases with nothing to rewrite are left out."""
    return _ways([
        case for case in cases if case.polarity == MUST_FIRE and _unfit(case, gate, gate.engine.rule(case.policy, case.pack)) is None
    ], commands)


def _ways(fit: Sequence[Case], commands: int | None) -> dict[int, slice]:
    left = Counter(case.policy for case in fit)
    steps = {policy: max(1, -(-count // commands)) if commands else 1 for policy, count in left.items()}
    found = {}
    for case in fit:
        left[case.policy] -= 1
        found[id(case)] = slice(left[case.policy] % steps[case.policy], None, steps[case.policy])
    return found


def _unfit(case: Case, gate: Gate, rule: Rule) -> str | None:
    """Why a case has nothing to rewrite; None when it has."""
    action = case.action
    if case.todo is not None or action is None or action.get("surface") != "shell":
        return "no must_fire case is a shell command"
    if action.get("shell", "bash") != "bash":
        return "no must_fire case is a command of bash"
    if rule.strict:
        return "the policy allows"
    try:
        Subject(action["command"], action["cwd"], action["home"])
        decision = gate.decide(parse_action(action))
    except (ActionError, ValueError):
        return "no must_fire case can be read"
    return None if _fires(decision, case.policy) else "no must_fire case fires as it stands"


class _Attempts:
    """All attempts with one case."""

    __slots__ = ("action", "case", "gate", "rule", "run", "subject")

    def __init__(self, case: Case, gate: Gate, rule: Rule, run: EvasionRun) -> None:
        assert case.action is not None
        self.case = case
        self.gate = gate
        self.rule = rule
        self.run = run
        self.action = case.action
        self.subject = Subject(self.action["command"], self.action["cwd"], self.action["home"], self.action.get("env"))

    def make(self, rewrites: Sequence[Rewrite], wraps: Sequence[Rewrite]) -> None:
        """Try every way of writing that applies."""
        policy = self.case.policy
        fires = self.run.fires.setdefault(policy, Tally())
        data = self.run.data.setdefault(policy, Tally())
        for rewrite in rewrites:
            command = rewrite.apply(self.subject)
            if command is not None:
                self._rewritten(rewrite, command, fires)
        for wrap in wraps:
            command = wrap.apply(self.subject)
            if command is not None:
                self._wrapped(wrap, command, data)

    def _rewritten(self, rewrite: Rewrite, command: str, tally: Tally) -> None:
        decision = self._decide(command)
        held = _fires(decision, self.case.policy)
        flagged = decision.analysis.coverage != FULL or self.case.policy in decision.may_match
        for each in (tally, self.run.by_rewrite.setdefault(rewrite.id, Tally())):
            each.add(held, flagged)
        if not held:
            self._miss(rewrite, command, decision, flagged, is_data=False)

    def _wrapped(self, wrap: Rewrite, command: str, tally: Tally) -> None:
        decision = self._decide(command)
        fired = _fires(decision, self.case.policy)
        if fired and self._is_effect(wrap, decision):
            self.run.effects += 1
            return
        for each in (tally, self.run.by_wrap.setdefault(wrap.id, Tally())):
            each.add(not fired, False)
        if fired:
            self._miss(wrap, command, decision, False, is_data=True)

    def _is_effect(self, wrap: Rewrite, decision: Decision) -> bool:
        """Whether the policy is about the text itself, or about what the wrap does with any text."""
        matched = next(match for match in decision.matches if match.policy == self.case.policy)
        text_fields = {check.field for clause in self.rule.clauses for check in clause if check.type == "text"}
        if text_fields & matched.fields.keys():
            return True
        neutral = wrap.apply(Subject(_NEUTRAL, self.subject.cwd, self.subject.home))
        return neutral is not None and _fires(self._decide(neutral), self.case.policy)

    def _decide(self, command: str) -> Decision:
        return self.gate.decide(parse_action({**self.action, "command": command}))

    def _miss(self, rewrite: Rewrite, command: str, decision: Decision, flagged: bool, *, is_data: bool) -> None:
        for known in self.run.misses:
            if known.rewrite.id == rewrite.id and known.case.policy == self.case.policy and known.is_data == is_data:
                known.more += 1
                known.flagged = known.flagged and flagged
                return
        self.run.misses.append(Miss(self.case, rewrite, command, found_operations(decision), flagged, is_data))


def _fires(decision: Decision, policy: str) -> bool:
    return any(match.policy == policy for match in decision.matches)


def _finding(miss: Miss) -> Diagnostic:
    """The finding of a miss; one that the decision itself calls unsure is a warning."""
    hide = mask_with(texts({**(miss.case.action or {}), "command": miss.command}))
    shown = miss.command.replace("\n", "⏎")
    more = f" (and {miss.more} more of its cases)" if miss.more else ""
    if miss.is_data:
        message = f"{miss.case.policy} fires on data ({miss.rewrite.id}: {miss.rewrite.title}): {shown}{more}"
        return miss.case.file.diagnostic(codes.DATA_FIRED, hide(message), miss.case.place, hint=hide(miss.found))
    message = f"{miss.case.policy} no longer fires when rewritten ({miss.rewrite.id}: {miss.rewrite.title}): {shown}{more}"
    hint = f"same meaning: {miss.rewrite.why}; {miss.found}"
    severity = Severity.WARNING if miss.flagged else Severity.ERROR
    return miss.case.file.diagnostic(codes.EVADED, hide(message), miss.case.place, hint=hide(hint), severity=severity)
