"""Recorded events in one pass: each once, counted by day and by policy, and handed on to whoever counts more."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

from packgate.impact.warnings import Warnings
from packgate.times import parse, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packgate.events.reading import Read

# What an enforcement point did with an action, as a person notices it. The last: of what was imported nobody decided anything.
PASS, AUDIT, WARN, STOP, UNDECIDED = "pass", "audit", "warn", "stop", "undecided"
OUTCOMES = (PASS, AUDIT, WARN, STOP, UNDECIDED)
STOPPED = frozenset(("deny", "require_approval", "terminate"))
IMPORTED = "imported"
# Of a repeated event nothing more is kept than this, so that a million of them take some tens of megabytes.
_DIGEST = 8


@dataclass(slots=True)
class PolicyCount:
    """What was recorded of one policy: matches that were not waived, by outcome of their effective mode, waived ones, and open reports of
    false positives."""

    outcomes: Counter[str] = field(default_factory=Counter)
    waived: int = 0
    reports: set[str] = field(default_factory=set)

    @property
    def interruptions(self) -> int:
        """How often it stopped or warned."""
        return self.outcomes[STOP] + self.outcomes[WARN]


class Recorded:
    """Counts what enforcement points recorded. ``days``: outcomes by day (UTC); ``policies`` by (pack, policy); ``gaps``: what could not be
    decided, by cause; ``repeated``: lines that stood in the files before; ``future``: events after ``now``, which count nowhere;
    ``timeless``: actions without a time; ``would``: by mode, what the packs of then would have done at stage block."""

    def __init__(self, now: str) -> None:
        self.now = now
        self.kinds: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.would: Counter[str] = Counter()
        self.days: dict[str, Counter[str]] = {}
        self.policies: dict[tuple[str, str], PolicyCount] = {}
        self.gaps: Counter[str] = Counter()
        self.repeated = self.future = self.timeless = 0
        self.warnings = Warnings()
        self._seen: set[bytes] = set()
        self._reports: dict[tuple[str, str], tuple[str, bool]] = {}
        self._matched: dict[str, tuple[tuple[str, str], ...]] = {}

    def passing(self, events: Iterable[Read]) -> Iterator[Read]:
        """The events that count, each once, counted as they pass."""
        for event in events:
            if self._is_new(event) and self._is_past(event):
                self.kinds[event.kind] += 1
                self._count(event)
                yield event

    def _is_new(self, event: Read) -> bool:
        """A decision or an imported action by its id; anything else stands in one log only."""
        name = event.decision.get("decision_id") if event.kind == "decision" else event.action.get("id")
        if event.kind not in ("decision", IMPORTED) or not isinstance(name, str):
            return True
        digest = blake2b(f"{event.kind} {name}".encode("utf-8", "replace"), digest_size=_DIGEST).digest()
        if digest in self._seen:
            self.repeated += 1
            return False
        self._seen.add(digest)
        return True

    def _is_past(self, event: Read) -> bool:
        time = parse(event.time) if event.time is not None else None
        limit = parse(self.now)
        if time is not None and limit is not None and time > limit:
            self.future += 1
            return False
        return True

    def _count(self, event: Read) -> None:
        if event.kind == "decision":
            self._decision(event)
        elif event.kind == IMPORTED:
            if event.action:
                self._add(event, UNDECIDED)
        elif event.kind == "gap":
            self.gaps[str(event.outcome.get("failure") or "unknown")] += 1
        elif event.kind == "outcome":
            self._judgement(event)
            self.warnings.add(event.data)

    def _decision(self, event: Read) -> None:
        self._add(event, outcome_of(event.decision.get("decision"), event.decision.get("mode")))
        self.would[str(event.decision.get("would") or PASS)] += 1
        names = []
        for match in event.matches:
            name = str(match.get("pack")), str(match.get("policy"))
            count = self.policies.setdefault(name, PolicyCount())
            if match.get("waived") is True:
                count.waived += 1
            else:
                count.outcomes[outcome_of(None, match.get("effective"))] += 1
                names.append(name)
        decision = event.decision.get("decision_id")
        if isinstance(decision, str) and names:
            self._matched[decision] = tuple(names)
        self.warnings.add(event.data)

    def _add(self, event: Read, outcome: str) -> None:
        self.outcomes[outcome] += 1
        moment = parse(event.time) if event.time is not None else None
        if moment is None:
            self.timeless += 1
        else:
            self.days.setdefault(written(moment)[:10], Counter())[outcome] += 1

    def _judgement(self, event: Read) -> None:
        """A person's word on a decision: a report of a false positive is open until the last word takes it back."""
        said = event.data.get("outcome")
        word = said if isinstance(said, str) else event.outcome.get("judgement")
        follows = event.data.get("follows")
        if word in ("false-positive", "resolved", "harmful") and isinstance(follows, str):
            policy = event.outcome.get("policy")
            key, time = (follows, policy if isinstance(policy, str) else ""), event.time or ""
            if key not in self._reports or time >= self._reports[key][0]:
                self._reports[key] = time, word == "false-positive"

    def finish(self) -> None:
        """What is only known at the end: which reports are open, and of which policies."""
        for (decision, policy), (_, is_open) in self._reports.items():
            for name in self._matched.get(decision, ()):
                if is_open and policy in ("", name[1]):
                    self.policies[name].reports.add(decision)


def outcome_of(decision: object, mode: object) -> str:
    """One of `OUTCOMES` for a decision, or for the effective mode of a match."""
    if (isinstance(decision, str) and decision in STOPPED) or mode in ("block", "terminate", "require-approval"):
        return STOP
    return WARN if mode == "warn" else AUDIT if mode == "audit" else PASS
