"""Recorded events as a stream: files of JSON lines or Parquet, each line once, damaged ones told."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from packgate.diagnostics import Diagnostic, Position, Severity
from packgate.eventlog.record import IMPORTED, KINDS
from packgate.eventstore.lines import LONGEST_LINE, read_lines
from packgate.eventstore.places import files_of
from packgate.times import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from packgate.eventstore.lines import Line

MAX_FINDINGS = 100
DAMAGED = "PG850"
# Why an imported event is no evidence.
IGNORED, NOT_REPLAYABLE, NO_TIME = "not asked for", "can't be replayed", "without a time"


@dataclass(frozen=True, slots=True)
class Event:
    """A line that is an event: where it stands, when it happened (UTC), its kind and all that it says."""

    file: str
    line: int
    time: datetime
    kind: str
    data: dict[str, Any]


@dataclass(slots=True)
class EventLines:
    """Reads files of events; afterwards ``findings`` tells the damaged lines (the first hundred), ``damaged`` how many there were,
    and ``repeated`` how many lines stood in the files more than once. ``imported``: whether imported events are given, too; those that
    are not are counted in ``passed_over``, by reason."""

    paths: Iterable[Path]
    now: str
    imported: bool = False
    findings: list[Diagnostic] = field(default_factory=list)
    damaged: int = 0
    repeated: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    _decisions: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[Event]:
        """Every event once: a decision by its id, any other event by its place in its log. Raises `UserError` for an unreadable file."""
        limit = parse_time(self.now) or datetime.max.replace(tzinfo=UTC)
        for path in files_of(map(str, self.paths)):
            seen: dict[int, str] = {}
            for line in read_lines(path):
                if not line.data or line.data.isspace():
                    continue
                event = self._event(path, line, limit)
                if event is not None and self._is_new(event, seen, line.data):
                    yield event

    def _event(self, file: str, line: Line, limit: datetime) -> Event | None:
        try:
            if line.too_long:
                raise ValueError(f"it is longer than {LONGEST_LINE:,} bytes")
            data = json.loads(line.data)
            if isinstance(data, dict) and data.get("v") == 1 and data.get("kind") == IMPORTED:
                reason = self._unfit(data)
                if reason is not None:
                    self.passed_over[reason] += 1
                    return None
            _check(data)
            time = parse_time(data["time"])
            if time is None:
                raise ValueError("its time is not RFC 3339")
            if time > limit:
                raise ValueError("its time lies in the future")
        except (ValueError, RecursionError) as error:
            self._damaged(file, line.number, f"not JSON: {error.msg}" if isinstance(error, json.JSONDecodeError) else _reason(error))
            return None
        return Event(file, line.number, time, data["kind"], data)

    def _unfit(self, data: dict[str, Any]) -> str | None:
        """Why an imported event is not given. It was decided by nobody: no evidence by itself, and no damage either."""
        if not self.imported:
            return IGNORED
        outcome = data.get("outcome")
        if not isinstance(outcome, dict) or not isinstance(outcome.get("id"), str) or not isinstance(data.get("action"), dict):
            return NOT_REPLAYABLE
        # Nothing says that it was not made after the time for which this is asked.
        return NO_TIME if data.get("time") is None else None

    def _is_new(self, event: Event, seen: dict[int, str], line: bytes) -> bool:
        """Whether an event was not read before. Sequence numbers begin again where logs were joined into one file."""
        seq = event.data["seq"]
        named = event.kind in ("decision", IMPORTED)
        if seq is None and not named:
            # A log that is not chained: nothing tells one gap from another of the same second.
            return True
        known = _name(event) if named else line.decode("utf-8", "replace").strip()
        if named and known in self._decisions:
            self.repeated += 1
            return False
        if seq is None:
            self._decisions.add(known)
            return True
        if seq in seen:
            if seen[seq] == known:
                self.repeated += 1
                return False
            if seq != min(seen):
                self._damaged(event.file, event.line, f"the sequence number {seq} stands in this log twice, with other content")
                return False
            seen.clear()
        seen[seq] = known
        if named:
            self._decisions.add(known)
        return True

    def _damaged(self, file: str, number: int, reason: str) -> None:
        self.damaged += 1
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Diagnostic(
                DAMAGED, f"this line is no event that counts: {reason}", Position(file, number), Severity.WARNING,
                hint="evidence rests on whole lines; export the log again",
            ))


def parse_time(text: object) -> datetime | None:
    """An RFC 3339 time, or a day, in UTC; None for anything else. Without an offset it is UTC."""
    if not isinstance(text, str) or len(text) < 10:
        return None
    return parse(text)


def _name(event: Event) -> str:
    """The id of a decision, or of something that was imported."""
    name: str = event.data["decision"]["decision_id"] if event.kind == "decision" else event.data["outcome"]["id"]
    return name


def _check(data: Any) -> None:
    """Raise `ValueError` for what is no event."""
    if not isinstance(data, dict) or data.get("v") != 1:
        raise ValueError("it is not an event of version 1")
    if data.get("kind") not in KINDS:
        raise ValueError("its kind is not one that is known")
    seq = data.get("seq", 0)
    if seq is not None and (not isinstance(seq, int) or isinstance(seq, bool) or seq < 1):
        raise ValueError("it has no sequence number")
    if data["kind"] == "decision":
        decision = data.get("decision")
        if not isinstance(decision, dict) or not isinstance(decision.get("decision_id"), str) or not isinstance(data.get("action"), dict):
            raise ValueError("a decision without an action or an id")
        if not isinstance(decision.get("matches"), list) or not isinstance(decision.get("bundles"), list):
            raise ValueError("a decision without matches or bundles")


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
