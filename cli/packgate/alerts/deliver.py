"""From the spool to the sinks: each alert at least once, repetitions counted, rates kept, failures tried again.

    alerts.spool     what hooks and servers appended
    alerts.state     how far it was read, and what is still to be sent
    alerts.lock      held while somebody delivers
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from packgate.alerts.attempts import Attempts
from packgate.alerts.sinks import send
from packgate.alerts.state import State, StateFile
from packgate.eventlog.append import LogError
from packgate.eventlog.chain import Log, append_events
from packgate.eventlog.record import alert_event
from packgate.eventlog.spool import spool_of
from packgate.eventlog.times import written

if TYPE_CHECKING:
    from packgate.alerts.attempts import Send
    from packgate.alerts.config import Config

_FIRST_PAUSE, _LONGEST_PAUSE = 10, 3600
_MOST_HELD = 10_000
# How long repetitions are remembered for the next alert like them, and of how many kinds.
_COUNTED = 24 * 60 * 60
_MOST_KINDS = 10_000
# By what alerts are alike.
_ALIKE = ("kind", "decision", "policies", "user", "agent", "session", "repository", "action")


@dataclass(slots=True)
class Delivered:
    """What one pass did."""

    sent: int = 0
    repeated: int = 0
    failed: int = 0
    given_up: int = 0
    waiting: int = 0
    unreadable: int = 0


class Delivery:
    """Delivers the alerts beside one event log."""

    def __init__(self, log: str, config: Config, send: Send = send, attempts: Attempts | None = None) -> None:
        self._log = log
        self._config = config
        self._attempts = attempts or Attempts(send)
        self._sinks = {sink.name: sink for sink in config.sinks}
        self._folder = os.path.dirname(spool_of(log))
        self._state = StateFile(os.path.join(self._folder, "alerts.state"))
        self.done = Delivered()

    def run(self, now: float) -> Delivered | None:
        """One pass; None when another process delivers. ``now``: seconds since 1970. Raises `OSError`."""
        self.done = Delivered()
        os.makedirs(self._folder, 0o700, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with open(os.open(os.path.join(self._folder, "alerts.lock"), flags, 0o600), "w") as lock:
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return None
            state = self._state.read()
            left = [item["alert"] for item in state.held if "sink" not in item]
            state.held = [item for item in state.held if item.get("sink") in self._sinks]
            for alert in [*left, *self._fresh(state)]:
                self._queue(state, alert, now)
            # What was read is kept before anything is sent.
            self._state.write(state)
            self._send_held(state, now)
            self._forget(state, now)
            self._state.write(state)
        self.done.waiting = len(state.held)
        return self.done

    def waiting(self) -> list[dict[str, Any]]:
        """What is still to be sent."""
        return self._state.read().held

    def _fresh(self, state: State) -> list[dict[str, Any]]:
        """Alerts that were appended since the last pass. A spool that was read to its end is emptied. Raises `OSError`."""
        try:
            handle = os.open(spool_of(self._log), os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            state.offset = 0
            return []
        with open(handle, "r+b") as file:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode) or found.st_mode & 0o022 or (found.st_uid not in (0, os.geteuid()) and os.geteuid() != 0):
                raise OSError(1, "others can write it", spool_of(self._log))
            # Somebody emptied it.
            state.offset = state.offset if state.offset <= found.st_size else 0
            file.seek(state.offset)
            data = file.read()
            whole = data[:data.rfind(b"\n") + 1]
            state.offset += len(whole)
            alerts = self._parsed(whole)
            fcntl.lockf(file, fcntl.LOCK_EX)
            if state.offset and state.offset == os.fstat(handle).st_size:
                # Kept before it is gone: were this process to end here, some would be sent twice, and none would be lost.
                self._state.write(state.with_fresh(alerts))
                os.ftruncate(handle, 0)
                state.offset = 0
        return alerts

    def _parsed(self, data: bytes) -> list[dict[str, Any]]:
        found, bad = [], 0
        for line in data.splitlines():
            try:
                alert = json.loads(line)
                found.append({**alert, "targets": list(alert["targets"]), **{key: alert[key] for key in (*_ALIKE, "id", "reason", "time")}})
            except (ValueError, KeyError, TypeError):
                bad += bool(line.strip())
        self.done.unreadable = bad
        return found

    def _queue(self, state: State, alert: dict[str, Any], now: float) -> None:
        for sink in self._config.sinks:
            if not sink.wants(alert["targets"]):
                continue
            key = sha256(json.dumps([sink.name, *(alert[name] for name in _ALIKE)]).encode()).hexdigest()[:32]
            known = state.sent.get(key)
            if known is not None and 0 <= now - known[0] < 60 * self._config.deduplicate_minutes:
                known[1] += 1
                self.done.repeated += 1
                self._record(alert, sink.name, "repeated", 0, None, now)
                continue
            more = {} if known is None or not known[1] else {"repeated": known[1]}
            state.sent[key] = [int(now), 0]
            if len(state.held) < _MOST_HELD:
                state.held.append({"alert": {**alert, **more}, "sink": sink.name, "attempts": 0, "after": 0})
            else:
                self.done.given_up += 1
                self._record(alert, sink.name, "given up", 0, "too many wait", now)

    def _send_held(self, state: State, now: float) -> None:
        """Try what may be sent now, and keep what was not taken."""
        ready: dict[str, list[dict[str, Any]]] = {}
        for item in state.held:
            name = item["sink"]
            room = self._room(state, name, now) - len(ready.get(name, ()))
            # After a clock was set back, no pause is longer than it can be.
            if room > 0 and not now < item["after"] <= now + _LONGEST_PAUSE and not self._attempts.is_busy(name):
                ready.setdefault(name, []).append(item)
        results = self._attempts.run({name: (self._sinks[name], [item["alert"] for item in items]) for name, items in ready.items()})
        over: set[int] = set()
        for name, errors in results.items():
            for item, error in zip(ready[name], errors, strict=False):
                state.times.setdefault(name, []).append(now)
                if self._is_over(item, error, now):
                    over.add(id(item))
        state.held = [item for item in state.held if id(item) not in over]

    def _is_over(self, item: dict[str, Any], error: str | None, now: float) -> bool:
        """Count an attempt; whether the alert needs no further one. ``error``: why it failed; None when it was taken."""
        item["attempts"] += 1
        if error is None:
            self.done.sent += 1
            self._record(item["alert"], item["sink"], "delivered", item["attempts"], None, now)
            return True
        if item["attempts"] >= self._config.attempts:
            self.done.given_up += 1
            self._record(item["alert"], item["sink"], "given up", item["attempts"], error, now)
            return True
        self.done.failed += 1
        item["after"] = now + min(_FIRST_PAUSE * 2 ** (item["attempts"] - 1), _LONGEST_PAUSE)
        item["error"] = error
        return False

    def _room(self, state: State, sink: str, now: float) -> int:
        times = state.times[sink] = [each for each in state.times.get(sink, ()) if 0 <= now - each < 60]
        return self._config.per_minute - len(times)

    def _forget(self, state: State, now: float) -> None:
        oldest = now - 60 * self._config.deduplicate_minutes
        kept = [(key, said) for key, said in state.sent.items() if said[0] > (now - _COUNTED if said[1] else oldest)]
        state.sent = dict(sorted(kept, key=lambda each: each[1][0])[-_MOST_KINDS:])
        state.times = {name: times for name, times in state.times.items() if name in self._sinks}

    def _record(self, alert: dict[str, Any], sink: str, state: str, attempts: int, error: str | None, now: float) -> None:
        try:
            append_events(Log(self._log), [alert_event(written(int(now)), alert, sink, state, attempts, error)])
        except LogError:
            # The loss is counted beside the log.
            return
