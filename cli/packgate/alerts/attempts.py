"""Sending to all sinks at once, a thread for each: one that hangs holds up no other, and is left behind when its time is over."""

from __future__ import annotations

from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from packgate.alerts.sinks import SinkError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from packgate.alerts.config import Sink

    Send = Callable[[Sink, dict[str, Any]], None]

# So long all sinks together may take in one pass.
SECONDS = 12.0


class Attempts:
    """Sends alerts by ``send``, which raises `SinkError`. ``seconds``: how long a pass may take."""

    def __init__(self, send: Send, seconds: float = SECONDS) -> None:
        self._send = send
        self._seconds = seconds
        self._left_behind: dict[str, Thread] = {}

    def is_busy(self, sink: str) -> bool:
        """Whether an attempt of an earlier pass has not ended: a sink that hangs gets no further thread."""
        thread = self._left_behind.get(sink)
        return thread is not None and thread.is_alive()

    def run(self, work: Mapping[str, tuple[Sink, Sequence[dict[str, Any]]]]) -> dict[str, list[str | None]]:
        """Send the alerts of each sink in their order, up to the first that fails. By sink: of each that was tried, why it failed, or
        None. What is missing at the end was not tried."""
        until = monotonic() + self._seconds
        runs = {name: _Run(self._send, sink, alerts, until) for name, (sink, alerts) in work.items()}
        for run in runs.values():
            run.start()
        found: dict[str, list[str | None]] = {}
        for name, run in runs.items():
            run.join(max(0.0, until - monotonic()))
            found[name] = run.told()
            if run.is_alive():
                self._left_behind[name] = run
        return found


class _Run(Thread):
    def __init__(self, send: Send, sink: Sink, alerts: Sequence[dict[str, Any]], until: float) -> None:
        super().__init__(daemon=True, name=f"alerts-{sink.name}")
        self._send = send
        self._sink = sink
        self._alerts = alerts
        self._until = until
        self._results: list[str | None] = []
        self._ended = False

    def run(self) -> None:
        for alert in self._alerts:
            if monotonic() >= self._until:
                break
            error = self._tried(alert)
            self._results.append(error)
            if error is not None:
                break
        self._ended = True

    def _tried(self, alert: dict[str, Any]) -> str | None:
        try:
            self._send(self._sink, alert)
        except SinkError as error:
            return str(error)
        except Exception as error:
            # Whatever a sink answers, the others get theirs. The message may quote an address.
            return type(error).__name__
        return None

    def told(self) -> list[str | None]:
        """What came of the attempts so far; one that is under way has failed."""
        ended, found = self._ended, list(self._results)
        under_way = not ended and len(found) < len(self._alerts) and (not found or found[-1] is None)
        return [*found, "it did not end in time"] if under_way else found
