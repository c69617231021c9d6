"""From the spool to the sinks: each alert at least once, repetitions counted, rates kept, failures tried again.

    alerts.spool     what hooks and servers appended
    alerts.state     how far it was read, and what is still to be sent; replaced in one step
    alerts.lock      held while somebody delivers
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.alerts.sinks import SinkError, send
from packgate.eventlog.append import LogError, append
from packgate.eventlog.record import alert_event
from packgate.eventlog.spool import spool_of
from packgate.eventlog.times import written

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.alerts.config import Config, Sink

_FIRST_PAUSE, _LONGEST_PAUSE = 10, 3600
_MOST_HELD = 10_000
# How long repetitions are remembered for the next alert like them.
_COUNTED = 24 * 60 * 60
# By what alerts are alike.
_ALIKE = ("kind", "decision", "policies", "user", "agent", "session", "repository", "action")


@dataclass(slots=True)
class State:
    """``held``: alerts to be sent, each with its sink, attempts and the time before which it isn't tried; ``sent``: by sink and likeness,
    when one was sent, and how many like it were not; ``times``: by sink, when alerts were sent within the last minute."""

    offset: int = 0
    held: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, list[int]] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)


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

    def __init__(self, log: str, config: Config, send: Callable[[Sink, dict[str, Any]], None] = send) -> None:
        self._log = log
        self._config = config
        self._send = send
        self._folder = os.path.dirname(spool_of(log))
        self.done = Delivered()

    def run(self, now: float) -> Delivered | None:
        """One pass; None when another process delivers. ``now``: seconds since 1970. Raises `OSError`."""
        self.done = Delivered()
        os.makedirs(self._folder, 0o700, exist_ok=True)
        with open(os.open(os.path.join(self._folder, "alerts.lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "w") as lock:
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return None
            state = self._read()
            for alert in self._fresh(state):
                self._queue(state, alert, now)
            # What was read is kept before anything is sent.
            self._write(state)
            self._send_held(state, now)
            self._forget(state, now)
            self._write(state)
        self.done.waiting = len(state.held)
        return self.done

    def waiting(self) -> list[dict[str, Any]]:
        """What is still to be sent."""
        return self._read().held

    def _fresh(self, state: State) -> list[dict[str, Any]]:
        """Alerts that were appended since the last pass. A spool that was read to its end is emptied."""
        try:
            handle = os.open(spool_of(self._log), os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            state.offset = 0
            return []
        with open(handle, "r+b") as file:
            size = os.fstat(handle).st_size
            # Somebody emptied it.
            state.offset = state.offset if state.offset <= size else 0
            file.seek(state.offset)
            data = file.read()
            whole = data[:data.rfind(b"\n") + 1]
            state.offset += len(whole)
            fcntl.lockf(file, fcntl.LOCK_EX)
            if state.offset and state.offset == os.fstat(handle).st_size:
                # The state says so first: were this process to end here, nothing would be sent twice.
                self._write(State(0, [*state.held, *({"alert": each} for each in self._parsed(whole))], state.sent, state.times))
                os.ftruncate(handle, 0)
                state.offset = 0
        return self._parsed(whole)

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
            key = json.dumps([sink.name, *(alert[name] for name in _ALIKE)])
            known = state.sent.get(key)
            if known is not None and now - known[0] < 60 * self._config.deduplicate_minutes:
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
        sinks = {sink.name: sink for sink in self._config.sinks}
        held, state.held = state.held, []
        broken: set[str] = set()
        for item in held:
            sink = sinks.get(item.get("sink", ""))
            if sink is None:
                if "sink" not in item:
                    self._queue(state, item["alert"], now)
                continue
            if item["after"] > now or sink.name in broken or not self._has_room(state, sink, now):
                state.held.append(item)
            elif not self._sent(state, sink, item, now):
                broken.add(sink.name)

    def _sent(self, state: State, sink: Sink, item: dict[str, Any], now: float) -> bool:
        attempts = item["attempts"] + 1
        state.times.setdefault(sink.name, []).append(now)
        try:
            self._send(sink, item["alert"])
        except SinkError as error:
            if attempts >= self._config.attempts:
                self.done.given_up += 1
                self._record(item["alert"], sink.name, "given up", attempts, str(error), now)
            else:
                self.done.failed += 1
                after = now + min(_FIRST_PAUSE * 2 ** (attempts - 1), _LONGEST_PAUSE)
                state.held.append({**item, "attempts": attempts, "after": after, "error": str(error)})
            return False
        self.done.sent += 1
        self._record(item["alert"], sink.name, "delivered", attempts, None, now)
        return True

    def _has_room(self, state: State, sink: Sink, now: float) -> bool:
        times = state.times[sink.name] = [each for each in state.times.get(sink.name, ()) if 0 <= now - each < 60]
        return len(times) < self._config.per_minute

    def _forget(self, state: State, now: float) -> None:
        oldest = now - 60 * self._config.deduplicate_minutes
        state.sent = {key: said for key, said in state.sent.items() if said[0] > (now - _COUNTED if said[1] else oldest)}

    def _record(self, alert: dict[str, Any], sink: str, state: str, attempts: int, error: str | None, now: float) -> None:
        try:
            append(self._log, alert_event(written(int(now)), alert, sink, state, attempts, error))
        except LogError:
            # The loss is counted beside the log.
            return

    def _read(self) -> State:
        try:
            with open(os.path.join(self._folder, "alerts.state"), encoding="utf-8") as file:
                return State(**json.load(file))
        except FileNotFoundError:
            return State()
        except (ValueError, TypeError):
            # Better an alert twice than none.
            return State()

    def _write(self, state: State) -> None:
        path = os.path.join(self._folder, "alerts.state")
        data = json.dumps({"offset": state.offset, "held": state.held, "sent": state.sent, "times": state.times}).encode()
        handle = os.open(f"{path}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with open(handle, "wb") as file:
            file.write(data)
        os.replace(f"{path}.new", path)
