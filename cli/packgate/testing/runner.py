"""Run cases and corpora against packs; a failure says which operations were found and what came near."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from packgate.diagnostics import Diagnostic, Severity
from packgate.guard.known import mask_with, texts
from packgate.model.action import ActionError, parse_action
from packgate.model.policy import MODE_RANK
from packgate.model.value import show
from packgate.testing import codes
from packgate.testing.cases import MUST_FIRE, show_action
from packgate.testing.outcome import FAILED, GAP_CLOSED, KNOWN_GAP, NOT_RUN, PASSED, CorpusOutcome, Outcome
from packgate.testing.spread import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from packgate.engine.gate import Gate
    from packgate.model.decision import Decision
    from packgate.model.operation import Operation
    from packgate.testing.cases import Case
    from packgate.testing.corpus import CorpusCase

# Fields that say most about an operation, in the order in which they are shown.
_TELLING = ("operation", "path", "branch", "environment", "host", "user", "target", "service", "provider", "database", "table", "clause",
            "url", "variable", "package", "image", "tool", "origin", "effect", "via")


def run_case(case: Case, gate: Gate) -> Outcome:
    """Decide a case's action with the given packs and hold the answer against its polarity. Stages play no part."""
    if case.action is None:
        return Outcome(case, NOT_RUN)
    try:
        action = parse_action(case.action)
    except ActionError as error:
        return Outcome(case, FAILED, _finding(case, codes.BAD_ACTION, f"the action can't be decided: {error}"))
    decision = gate.decide(action)
    mode = next((match.mode for match in decision.matches if match.policy == case.policy), None)
    fired = mode is not None
    fits = mode is None or _mode_fits(case, mode)
    passed = fired == (case.polarity == MUST_FIRE) and fits
    if case.todo is not None:
        return _known_gap(case, passed)
    if passed:
        return Outcome(case, PASSED)
    if not fits:
        message = f"{_policy(case)} fires with mode {mode}, not {case.mode}: {case.label}"
        return Outcome(case, FAILED, _finding(case, codes.OTHER_MODE, message))
    return Outcome(case, FAILED, _missed(case, decision) if case.polarity == MUST_FIRE else _fired(case, decision))


def run_cases(cases: Iterable[Case], gate: Gate, progress: Callable[[], None] | None = None) -> list[Outcome]:
    """Every case, in order; ``progress`` is called after each."""
    outcomes = []
    for case in cases:
        outcomes.append(run_case(case, gate))
        if progress is not None:
            progress()
    return outcomes


def run_together(outcomes: Iterable[Outcome], gate: Gate) -> list[Diagnostic]:
    """Cases that passed with their pack alone, run again with all packs loaded: findings for those that now fail."""
    findings = []
    for outcome in outcomes:
        if outcome.status != PASSED:
            continue
        again = run_case(outcome.case, gate)
        if again.status == FAILED:
            message = f"{outcome.case.name} passes with pack '{outcome.case.pack}' alone and fails with the packs loaded together"
            findings.append(_finding(outcome.case, codes.TOGETHER, message))
    return findings


def run_corpus(cases: Sequence[CorpusCase], gate: Gate, progress: Callable[[], None] | None = None) -> list[CorpusOutcome]:
    """Every case of the corpora, in order: a harmless command must not be warned about or stopped, an attack must fire its policies.

    Policies that an attack names but that are not loaded are passed over. Without ``progress`` to tell, the work is spread over the
    processors.
    """
    known = gate.policy_ids

    def problems(part: Sequence[CorpusCase]) -> list[Diagnostic | None]:
        found = []
        for case in part:
            found.append(_corpus_problem(case, gate, known))
            if progress is not None:
                progress()
        return found

    found = [problems(cases)] if progress is not None else spread(problems, cases)
    return [CorpusOutcome(case, finding) for case, finding in zip(cases, itertools.chain.from_iterable(found), strict=True)]


def _corpus_problem(case: CorpusCase, gate: Gate, known: frozenset[str]) -> Diagnostic | None:
    try:
        decision = gate.decide(parse_action(case.action))
    except ActionError as error:
        return Diagnostic(codes.BAD_ACTION, f"the action can't be decided: {error}", case.file.position(case.place))
    label = show_action(case.action)
    if case.polarity == "benign":
        loud = sorted({m.policy for m in decision.matches if MODE_RANK[m.mode] >= MODE_RANK["warn"] and m.policy not in case.audits})
        if not loud:
            return None
        return _corpus_finding(case, codes.BENIGN_FIRED, f"harmless, but fires {', '.join(loud)}: {label}", decision)
    missed = [policy for policy in case.fires if policy in known and policy not in decision.policy_ids]
    if not missed:
        return None
    return _corpus_finding(case, codes.ATTACK_MISSED, f"does not fire {', '.join(missed)}: {label}", decision)


def _corpus_finding(case: CorpusCase, code: str, message: str, decision: Decision) -> Diagnostic:
    hide = mask_with(texts(case.action))
    return Diagnostic(code, hide(message), case.file.position(case.place), hint=hide(found_operations(decision)))


def _mode_fits(case: Case, mode: str) -> bool:
    """Whether a policy fired as the case states; a pack that extends the case's may be stricter."""
    return case.mode in (None, mode) or (case.inherited and MODE_RANK[mode] > MODE_RANK[case.mode or mode])


def _known_gap(case: Case, passed: bool) -> Outcome:
    if not passed:
        return Outcome(case, KNOWN_GAP)
    message = f"{case.name} is marked todo and passes now: {case.label}"
    return Outcome(case, GAP_CLOSED, _finding(case, codes.GAP_CLOSED, message, hint="remove `todo`", severity=Severity.WARNING))


def _missed(case: Case, decision: Decision) -> Diagnostic:
    message = f"{_policy(case)} must fire and does not: {case.label}"
    may = " (it may: part of the command is unknown)" if case.policy in decision.may_match else ""
    return _finding(case, codes.DID_NOT_FIRE, message + may, hint=found_operations(decision))


def _fired(case: Case, decision: Decision) -> Diagnostic:
    operation = next(match.operation for match in decision.matches if match.policy == case.policy)
    message = f"{_policy(case)} must not fire and does: {case.label}"
    return _finding(case, codes.FIRED, message, hint=f"fired on {describe(operation)}")


def _policy(case: Case) -> str:
    return f"{case.policy} (inherited by {case.pack})" if case.inherited else case.policy


def _finding(case: Case, code: str, message: str, hint: str | None = None, severity: Severity = Severity.ERROR) -> Diagnostic:
    hide = mask_with(texts(case.action))
    return case.file.diagnostic(code, hide(message), case.place, hint=hint and hide(hint), severity=severity)


def found_operations(decision: Decision) -> str:
    """What the analysis found, on one line; what stayed unknown is said too."""
    found = "; ".join(describe(operation) for operation in decision.analysis.operations[:6])
    more = len(decision.analysis.operations) - 6
    text = f"operations found: {found or 'none'}" + (f"; and {more} more" if more > 0 else "")
    notes = "; ".join(note.text for note in decision.analysis.notes[:3])
    return f"{text}. Notes: {notes}" if notes else text


def describe(operation: Operation) -> str:
    """An operation as a phrase: its families and the fields that say most."""
    families = "/".join(family for family in operation.families if family != "command") or "command"
    fields = ", ".join(f"{name}={'|'.join(show(value) for value in operation.get(name))}" for name in _TELLING if operation.get(name))
    return f"{families}({fields})"
