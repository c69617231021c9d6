"""Verify a log: every line an event, in order, each with the digest of the one before, and all of it as its checkpoints and its head say.

One line is held at a time, whatever the length of the log.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.diagnostics import Diagnostic, Position, Severity
from packgate.eventlog.tail import digest, number_of
from packgate.events.signing import BadCheckpoint, read
from packgate.eventstore.places import is_parquet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from securesystemslib.signer import Key

    from packgate.events.files import LogFiles
    from packgate.events.signing import Statement
    from packgate.eventstore.lines import Line

CHANGED, MISSING, MOVED, NO_EVENT, CUT, CHECKPOINT, TOLD = "PG860", "PG861", "PG862", "PG863", "PG864", "PG865", "PG866"
TITLES = {
    CHANGED: "an event was changed, or comes from elsewhere", MISSING: "events are missing", MOVED: "an event is out of order, or repeated",
    NO_EVENT: "a line is no event", CUT: "the log was cut off", CHECKPOINT: "a checkpoint is not what it should be",
    TOLD: "the log tells of something that went wrong",
}
MOST = 100
# Of a checkpoint and the event that it is for, so many events at most stand between: a rotation, and what the log tells of itself.
_BETWEEN = 8
# Gaps that the log itself tells, and how much each matters. What was cut or altered is an error: the chain goes on around it.
_GAPS = {
    "log-torn": Severity.INFO, "log-unwritable": Severity.WARNING, "log-cut": Severity.ERROR, "log-altered": Severity.ERROR,
    "log-unchained": Severity.WARNING,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A checkpoint and where it stands."""

    statement: Statement
    place: Position


@dataclass(slots=True)
class Verified:
    """What was found. ``events`` are numbered from ``first`` to ``last``; ``signed``: the last event that a signed checkpoint covers;
    ``found`` counts all findings, of which ``findings`` are the first."""

    files: int = 0
    events: int = 0
    first: int | None = None
    last: int | None = None
    head: str | None = None
    checkpoints: int = 0
    signed: int | None = None
    signed_at: str | None = None
    removed: list[dict[str, Any]] = field(default_factory=list)
    found: int = 0
    findings: list[Diagnostic] = field(default_factory=list)


class Verifier:
    """Verifies one log. ``keys``: who may have signed its checkpoints; without any, signatures are not held against anything."""

    def __init__(self, log: LogFiles, keys: Sequence[Key], claims: Sequence[Claim] = ()) -> None:
        self._log = log
        self._keys = keys
        self._claims: dict[int, list[Claim]] = {}
        for claim in claims:
            self._claims.setdefault(claim.statement.seq, []).append(claim)
        self._place = Position(log.path)
        self._top = Position(log.path)
        self._start: tuple[int, str | None, Position] | None = None
        self._result = Verified()
        self._recent: deque[tuple[int, str]] = deque(maxlen=_BETWEEN)

    def verify(self) -> Verified:
        """Read the whole log. Raises `UserError` for a file that can't be read."""
        result = self._result
        for path, lines in self._log.files():
            result.files += 1
            self._file(path, lines)
            if is_parquet(path):
                self._columns(path)
        self._end()
        return result

    def _file(self, path: str, lines: Iterator[Line]) -> None:
        for line in lines:
            self._place = Position(path, line.number)
            if not line.whole:
                # Nobody was told that it is written; the next writer sets it aside.
                self._say(NO_EVENT, "the line is cut off", hint="the next event that is written sets it aside, and says so")
            else:
                self._line(line.data)

    def _columns(self, path: str) -> None:
        """What a Parquet file says beside its events."""
        from packgate.eventstore.checking import unlike

        found = unlike(path)
        if found is None:
            self._say(CHANGED, "the columns are not those that packgate writes: the column 'event' alone was checked", Position(path),
                      severity=Severity.WARNING)
            return
        for number, names in found:
            what = f"the column '{names[0]}' says" if len(names) == 1 else f"the columns {', '.join(names)} say"
            self._say(CHANGED, f"{what} something else than the event of this row", Position(path, number))

    def _line(self, data: bytes) -> None:
        number, event = number_of(data), _event(data)
        if number is None or event is None:
            self._say(NO_EVENT, "the line is no event of a chained log")
            return
        self._result.events += 1
        self._follow(number, event["prev"], data)
        if event["kind"] == "gap":
            self._gap(event["outcome"])
        elif event["kind"] == "checkpoint":
            self._checkpoint(event)

    def _follow(self, number: int, prev: str | None, data: bytes) -> None:
        """Hold an event against the one before it."""
        result = self._result
        last, here = result.last, self._place
        if last is not None and number <= last:
            self._say(MOVED, f"event {number} stands behind event {last}: it was moved, repeated, or comes from elsewhere")
            return
        if last is None:
            self._begin(number, prev)
        elif number > last + 1:
            self._say(MISSING, f"{_events(last + 1, number - 1)} missing before this line")
        elif prev != result.head:
            self._say(
                CHANGED, f"event {last} is not the one that event {number} ({here.file}:{here.line}) was written after: "
                "one of them was changed, or comes from elsewhere", self._top,
            )
        result.last, result.head, self._top = number, digest(data), here
        self._recent.append((number, result.head))
        for claim in self._claims.pop(number, ()):
            if claim.statement.head != result.head:
                self._say(CHANGED, f"event {number} is not the one that the checkpoint at {claim.place.file}:{claim.place.line} is for")
            else:
                self._signed(claim.statement)

    def _begin(self, number: int, prev: str | None) -> None:
        self._result.first = number
        if number > 1 or prev is not None:
            self._start = number, prev, self._place

    def _gap(self, outcome: Any) -> None:
        severity = _GAPS.get(outcome.get("failure", "")) if isinstance(outcome, dict) else None
        if severity is not None:
            self._say(TOLD, f"the log says: {outcome.get('message')}", severity=severity)

    def _checkpoint(self, event: Mapping[str, Any]) -> None:
        outcome = event["outcome"] if isinstance(event["outcome"], dict) else {}
        if outcome.get("checkpoint") == "rotated":
            self._removed(outcome.get("removed"))
        elif outcome.get("checkpoint") == "signed":
            try:
                statement = read(outcome.get("envelope"), self._keys)
            except BadCheckpoint as error:
                self._say(CHECKPOINT, str(error))
                return
            if (statement.seq, statement.head) not in self._recent:
                self._say(CHECKPOINT, f"it is for event {statement.seq} of {statement.time}, and stands behind event {event['seq'] - 1}")
                return
            self._result.checkpoints += 1
            self._signed(statement)

    def _signed(self, statement: Statement) -> None:
        result = self._result
        if self._keys and (result.signed is None or statement.seq > result.signed):
            result.signed, result.signed_at = statement.seq, statement.time

    def _removed(self, removed: Any) -> None:
        """What a rotation took away is not missing."""
        for each in removed if isinstance(removed, list) else ():
            if isinstance(each, dict):
                self._result.removed.append(each)
                if self._start is not None and (each.get("last"), each.get("head")) == (self._start[0] - 1, self._start[1]):
                    self._start = None

    def _end(self) -> None:
        """What the whole log has to be held against."""
        result, head = self._result, self._log.head
        if self._start is not None:
            number, _, place = self._start
            what = f"{_events(1, number - 1)} missing before this line" if number > 1 else "what stood before this line is missing"
            self._say(MISSING, f"{what}, and no rotation says that they were removed", place)
        last = result.last or 0
        if self._log.damaged:
            self._say(CUT, "the log's head can't be read", Position(f"{self._log.path}.head"))
        if head is not None and head.number > last:
            self._say(CUT, f"the log ends with event {last}, and {head.number} was written", self._top)
        elif head is not None and head.number == last and head.digest != result.head:
            self._say(CHANGED, f"event {last} is not the one that was written", self._top)
        self._outside(last)
        if self._keys and result.signed is None:
            self._say(CHECKPOINT, "no checkpoint is signed by a key that was given", self._top)

    def _outside(self, last: int) -> None:
        """Checkpoints of events that the log does not hold."""
        for seq, claims in sorted(self._claims.items()):
            if seq > last:
                claim = claims[0]
                self._say(CUT, f"the log ends with event {last}, and at {claim.statement.time} had come to event {seq} "
                          f"(checkpoint at {claim.place.file}:{claim.place.line})", self._top)
            elif seq >= (self._result.first or 1):
                self._say(MISSING, f"event {seq} is missing, for which there is a checkpoint", claims[0].place)

    def _say(
        self, code: str, message: str, place: Position | None = None, *, severity: Severity = Severity.ERROR, hint: str | None = None,
    ) -> None:
        self._result.found += 1
        if len(self._result.findings) < MOST or (severity is Severity.ERROR and self._result.found < 2 * MOST):
            self._result.findings.append(Diagnostic(code, message, place or self._place, severity, hint=hint))


def read_claims(path: str, keys: Sequence[Key]) -> tuple[list[Claim], list[Diagnostic]]:
    """The checkpoints of a file, one a line, and what is wrong with others. Raises `OSError`."""
    claims: list[Claim] = []
    findings: list[Diagnostic] = []
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            place = Position(path, number)
            try:
                claims.append(Claim(read(_json(line), keys), place))
            except BadCheckpoint as error:
                if len(findings) < MOST:
                    findings.append(Diagnostic(CHECKPOINT, str(error), place))
    return claims, findings


_KEYS = ["v", "seq", "time", "kind", "action", "decision", "latency_us", "follows", "outcome", "prev"]


def _event(data: bytes) -> dict[str, Any] | None:
    found = _json(data)
    return found if isinstance(found, dict) and list(found) == _KEYS else None


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _events(first: int, last: int) -> str:
    return f"event {first} is" if first == last else f"events {first} to {last} are"
