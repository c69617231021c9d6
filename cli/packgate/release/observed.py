"""What recorded events say about a subject of promotion: counted in one pass, nothing kept but ids and small numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.diagnostics import Diagnostic, Position, Severity
from packgate.engine.stages import cap
from packgate.eventlog.record import IMPORTED
from packgate.impact.warnings import Warnings
from packgate.model.policy import MODE_RANK
from packgate.release.eventlines import parse_time
from packgate.times import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from packgate.release.eventlines import Event
    from packgate.release.subject import Subject

    Asked = Callable[[dict[str, Any]], bool] | None
    # The matches of an imported event, or why it is no evidence.
    Replayed = Callable[[dict[str, Any]], list[dict[str, Any]] | str] | None
    Wanted = tuple[Subject, str, Asked, Asked, Replayed]

UNKNOWN_DECISION = "PG851"
FALSE_POSITIVE, BENIGN, HARMFUL, RESOLVED = "false-positive", "benign", "harmful", "resolved"
JUDGEMENTS = (FALSE_POSITIVE, BENIGN, HARMFUL, RESOLVED)


@dataclass(frozen=True, slots=True)
class Observed:
    """The evidence in events. ``events`` are decisions made while the subject stood where it stands, on ``days`` different days (UTC);
    ``matched`` of them were matched. ``benign`` are those not judged harmful; in ``stopped`` of these the promotion would change what
    happens, and ``reviewed`` of those are of clusters that somebody reviewed. ``open_reports`` are (decision, policy) pairs;
    ``approvals`` who approved. ``left_out``: decisions of other packs, versions and stages, and of the time before. ``users``: different
    people of whom actions were recorded; ``would_block``: events that the policies' own modes would stop; ``warned``: warnings that were
    given, ``heeded``: by policy that warned, how many were heeded, and of how many that is known. ``imported``: how many of the events
    were imported, None where none may count; ``passed_over``: by reason, imported ones that don't."""

    events: int = 0
    days: int = 0
    first: str | None = None
    last: str | None = None
    matched: int = 0
    benign: int = 0
    stopped: int = 0
    open_reports: tuple[tuple[str, str], ...] = ()
    approvals: tuple[str, ...] = ()
    left_out: int = 0
    reviewed: int = 0
    users: int = 0
    would_block: int = 0
    warned: int = 0
    heeded: tuple[tuple[str, int, int], ...] = ()
    imported: int | None = None
    passed_over: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class _Judged:
    """What people said about one decision: policy ("" for all of them) -> is a report open; and the last word on the action."""

    reports: dict[str, tuple[datetime, bool]] = field(default_factory=dict)
    harmful: tuple[datetime, bool] | None = None
    place: Position | None = None


def observe(
    events: Iterable[Event], subject: Subject, to: str, concerns: Callable[[dict[str, Any]], bool] | None = None,
    covered: Callable[[dict[str, Any]], bool] | None = None, replay: Replayed = None,
) -> tuple[Observed, list[Diagnostic]]:
    """Count events for a promotion to the stage ``to``; findings are reports that belong to no decision that was given.

    ``concerns``: whether an action is one of those that the subject is about (an assignment: those of its actors); all are by default.
    ``covered``: whether somebody reviewed actions such as one; none are by default. ``replay``: decides what was imported; without it
    that does not count.
    """
    return observe_all(events, [(subject, to, concerns, covered, replay)])[0]


def observe_all(events: Iterable[Event], wanted: Sequence[Wanted]) -> list[tuple[Observed, list[Diagnostic]]]:
    """`observe` for several promotions in one pass; each with subject, stage, ``concerns``, ``covered`` and ``replay``."""
    counters = [_Counter(*each) for each in wanted]
    for event in events:
        for counter in counters:
            counter.add(event)
    return [counter.result() for counter in counters]


class _Counter:
    def __init__(
        self, subject: Subject, to: str, concerns: Callable[[dict[str, Any]], bool] | None,
        covered: Callable[[dict[str, Any]], bool] | None, replay: Replayed,
    ) -> None:
        self.subject = subject
        self.to = to
        self.concerns = concerns
        self.covered = covered
        self.replay = replay
        self.imported = 0
        self.passed_over: Counter[str] = Counter()
        self.reviewed: set[str] = set()
        self.since = parse_time(subject.since)
        # Decision -> the policies of the subject that matched, and whether the promotion changes what happens.
        self.matches: dict[str, tuple[frozenset[str], bool]] = {}
        self.counted: set[str] = set()
        self.others: set[str] = set()
        self.days: set[date] = set()
        self.span: tuple[datetime, datetime] | None = None
        self.judged: dict[str, _Judged] = {}
        self.approvals: set[str] = set()
        self.users: set[str] = set()
        self.would_block: set[str] = set()
        self.warnings = Warnings()

    def add(self, event: Event) -> None:
        if event.kind == "decision":
            self._decision(event)
        elif event.kind == "outcome":
            self._outcome(event)
            self.warnings.add(event.data)
        elif event.kind == "approval":
            self._approval(event)
        elif event.kind == IMPORTED and self.replay is not None:
            self._imported(event, self.replay)

    def _decision(self, event: Event) -> None:
        decision = event.data["decision"]
        name: str = decision["decision_id"]
        if not self._counts(event, decision):
            self.others.add(name)
            return
        matches = [match for match in decision["matches"] if self._is_ours(match)]
        if not all(self._at_stage(match) for match in matches):
            self.others.add(name)
            return
        if self._count(name, event, matches):
            self.warnings.add(event.data)

    def _imported(self, event: Event, replay: Callable[[dict[str, Any]], list[dict[str, Any]] | str]) -> None:
        """An action that nobody decided then. The stage of then is nothing to it: it is what the policies say of it now that counts."""
        if self.concerns is not None and not self.concerns(event.data["action"]):
            self.others.add(event.data["outcome"]["id"])
            return
        found = replay(event.data)
        if isinstance(found, str):
            self.passed_over[found] += 1
            return
        self.imported += 1
        self._count(event.data["outcome"]["id"], event, [match for match in found if self._is_ours(match)])

    def _count(self, name: str, event: Event, matches: list[dict[str, Any]]) -> bool:
        """Count an action; whether any of the subject's policies matched it and was not waived."""
        self.counted.add(name)
        self.days.add(event.time.date())
        self.span = (event.time, event.time) if self.span is None else (min(self.span[0], event.time), max(self.span[1], event.time))
        actor = event.data["action"].get("actor")
        user = actor.get("user") if isinstance(actor, dict) else None
        if isinstance(user, str) and user:
            self.users.add(user)
        live = [match for match in matches if match.get("waived") is not True]
        if live:
            if any(MODE_RANK[match["mode"]] > MODE_RANK["warn"] for match in live):
                self.would_block.add(name)
            changes = any(self._changes(match) for match in live)
            self.matches[name] = frozenset(match["policy"] for match in live), changes
            if changes and self.covered is not None and self.covered(event.data["action"]):
                self.reviewed.add(name)
        return bool(live)

    def _counts(self, event: Event, decision: dict[str, Any]) -> bool:
        if self.since is None or event.time < self.since:
            return False
        bundles = [each for each in decision["bundles"] if isinstance(each, dict) and each.get("pack") == self.subject.pack]
        if not any(self.subject.covers_bundle(each.get("version"), each.get("stage")) for each in bundles):
            return False
        return self.concerns is None or self.concerns(event.data["action"])

    def _is_ours(self, match: object) -> bool:
        return (
            isinstance(match, dict) and match.get("pack") == self.subject.pack and match.get("policy") in self.subject.policies
            and match.get("mode") in MODE_RANK
        )

    def _at_stage(self, match: dict[str, Any]) -> bool:
        """Whether a layer's or policy's match had the mode that its stage allows; another one was recorded at another stage."""
        if self.subject.kind not in ("threat", "policy") or match.get("waived") is True:
            return True
        return bool(match.get("effective") == cap(match["mode"], self.subject.stage))

    def _changes(self, match: dict[str, Any]) -> bool:
        mode = match["mode"]
        return MODE_RANK[cap(mode, self.to)] > MODE_RANK[cap(mode, self.subject.stage)]

    def _outcome(self, event: Event) -> None:
        judgement, policy = _judgement(event.data.get("outcome"))
        decision = event.data.get("follows")
        if judgement is None or not isinstance(decision, str):
            return
        entry = self.judged.setdefault(decision, _Judged(place=Position(event.file, event.line)))
        if judgement in (FALSE_POSITIVE, RESOLVED):
            known = entry.reports.get(policy)
            if known is None or event.time >= known[0]:
                entry.reports[policy] = event.time, judgement == FALSE_POSITIVE
        if judgement != RESOLVED and (entry.harmful is None or event.time >= entry.harmful[0]):
            entry.harmful = event.time, judgement == HARMFUL

    def _approval(self, event: Event) -> None:
        given = event.data.get("outcome")
        if not isinstance(given, dict) or (self.since is not None and event.time < self.since):
            return
        wanted: dict[str, str | None] = {"pack": self.subject.pack, "version": self.subject.version, "to": self.to}
        # An approval of a layer is not one of the pack, nor the other way round.
        for kind in ("threat", "policy", "assignment"):
            wanted[kind] = self.subject.name if kind == self.subject.kind else None
        by = given.get("by")
        if isinstance(by, str) and by.strip() and all(given.get(key) == value for key, value in wanted.items()):
            self.approvals.add(by.strip())

    def result(self) -> tuple[Observed, list[Diagnostic]]:
        findings: list[Diagnostic] = []
        open_reports: list[tuple[str, str]] = []
        for decision, entry in sorted(self.judged.items()):
            for policy in self._open(entry):
                if decision in self.counted:
                    names = self.matches.get(decision, (frozenset(), False))[0]
                    open_reports += [(decision, name) for name in sorted(names) if policy in ("", name)]
                elif decision not in self.others and policy in self.subject.policies:
                    open_reports.append((decision, policy))
                elif decision not in self.others and policy == "" and entry.place is not None:
                    findings.append(Diagnostic(
                        UNKNOWN_DECISION, f"a false positive is reported of decision {decision}, which no file given holds", entry.place,
                        Severity.WARNING, hint="give the log that holds the decision as well, or name the policy in the report",
                    ))
        harmful = {name for name, entry in self.judged.items() if name in self.counted and entry.harmful is not None and entry.harmful[1]}
        stopped = sum(changes and name not in harmful for name, (_, changes) in self.matches.items())
        first, last = ((None, None) if self.span is None else (written(each) for each in self.span))
        return Observed(
            len(self.counted), len(self.days), first, last, len(self.matches), len(self.counted) - len(harmful), stopped,
            tuple(dict.fromkeys(open_reports)), tuple(sorted(self.approvals)), len(self.others), len(self.reviewed - harmful),
            len(self.users), len(self.would_block), *self._heeded(), None if self.replay is None else self.imported,
            tuple(sorted(self.passed_over.items())),
        ), findings

    def _heeded(self) -> tuple[int, tuple[tuple[str, int, int], ...]]:
        """How many warnings the subject's policies gave, and by policy how many were heeded, and of how many that is known."""
        rows = [row for row in self.warnings.rows() if row.pack == self.subject.pack and row.policy in self.subject.policies]
        return sum(row.given for row in rows), tuple((row.policy, row.heeded, row.known) for row in rows)

    @staticmethod
    def _open(entry: _Judged) -> list[str]:
        """The policies with an open report; a resolution that names none closes the older ones of all."""
        closed = entry.reports.get("")
        last = closed[0] if closed is not None and not closed[1] else None
        return [name for name, (time, is_open) in sorted(entry.reports.items()) if is_open and (last is None or time > last)]


def _judgement(outcome: object) -> tuple[str | None, str]:
    """What an outcome says of its decision, and of which policy ("" for all)."""
    if isinstance(outcome, str):
        return (outcome if outcome in JUDGEMENTS else None), ""
    if not isinstance(outcome, dict) or outcome.get("judgement") not in JUDGEMENTS:
        return None, ""
    policy = outcome.get("policy")
    return str(outcome["judgement"]), policy if isinstance(policy, str) else ""
