"""Counters for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

if TYPE_CHECKING:
    from packgate.serve.holder import Loaded

# Seconds: a decision takes tens of microseconds, the slowest known ones half a second.
_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
_DECISIONS = ("allow", "alert", "redact", "require_approval", "deny", "terminate")


class Metrics:
    """All that is counted, in a registry of its own."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry(auto_describe=True)
        self._decisions = Counter("packgate_decisions", "Decisions by what was decided.", ["decision"], registry=registry)
        self._answers = {name: self._decisions.labels(name) for name in _DECISIONS}
        self.seconds = Histogram("packgate_decision_seconds", "Time that a decision takes.", buckets=_BUCKETS, registry=registry)
        self.refused = Counter("packgate_refused_requests", "Requests not decided, by status code.", ["status"], registry=registry)
        self.errors = Counter("packgate_internal_errors", "Decisions on which packgate failed; each is a denial.", registry=registry)
        self.unlogged = Counter("packgate_unlogged_events", "Decisions that could not be written to the event log.", registry=registry)
        self.unsigned = Counter("packgate_failed_checkpoints", "Times that the event log could not be signed.", registry=registry)
        self.lost = Gauge("packgate_lost_events", "Events of any writer that could not be written to the event log.", registry=registry)
        self.reloads = Counter("packgate_reloads", "Attempts to load what was published.", ["result"], registry=registry)
        self.sessions = Gauge("packgate_sessions", "Sessions with a denial that is remembered.", registry=registry)
        self._packs = Gauge("packgate_pack_info", "Packs in use.", ["pack", "version", "stage", "digest"], registry=registry)
        for result in ("loaded", "kept"):
            self.reloads.labels(result)

    def decided(self, decision: str, seconds: float) -> None:
        """Count a decision."""
        self._answers[decision].inc()
        self.seconds.observe(seconds)

    def use(self, loaded: Loaded) -> None:
        """Name the packs in use."""
        self._packs.clear()
        for pack in loaded.packs:
            self._packs.labels(pack["pack"], pack["version"], pack["stage"], pack["digest"] or "").set(1)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self._registry)
