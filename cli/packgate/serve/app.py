"""The routes. Requests are decided on the event loop, one by one: a decision takes tens of microseconds, a thread would cost more."""

from __future__ import annotations

import json
import logging
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from packgate import __version__, clock
from packgate.approvals.settle import Approvals
from packgate.approvals.store import Store, approvals_folder
from packgate.engine.gate import hiding
from packgate.eventlog.append import LogError
from packgate.eventlog.chain import Log, append_events
from packgate.eventlog.losses import lost
from packgate.eventlog.record import decision_event
from packgate.eventlog.spool import spool
from packgate.guard.detectors import mask
from packgate.model.action import ActionError, parse_action
from packgate.serve.approvals import Answers
from packgate.serve.hooks import Hooks
from packgate.serve.openapi import description
from packgate.serve.past import Past
from packgate.serve.requests import LONGEST_BODY, Refusal, as_json, body_of, error_body
from packgate.strict_json import decode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from starlette.types import ASGIApp, Lifespan

    from packgate.engine.gate import Gate
    from packgate.guard.known import Hiding
    from packgate.hook.settings import Settings
    from packgate.model.action import Action
    from packgate.model.decision import Decision
    from packgate.serve.holder import Holder
    from packgate.serve.metrics import Metrics
    from packgate.serve.sessions import Sessions

_LOG = logging.getLogger("packgate.serve")
# Surfaces on which nothing is done that could wait.
_TEXTS = ("prompt", "output")


class Server:
    """What the routes share. ``now`` gives the time as decisions show it; ``stage`` replaces those of releases and assignments; decisions
    go into ``log`` unless it is None."""

    def __init__(
        self, holder: Holder, sessions: Sessions, metrics: Metrics, now: Callable[[], str], stage: str | None = None,
        log: Log | None = None,
    ) -> None:
        self.stage = stage
        self.log = log
        self.holder = holder
        self.sessions = sessions
        self.past = Past(sessions)
        self.metrics = metrics
        self.now = now
        self.started = now()

    async def decide(self, request: Request) -> Response:
        """`POST /v1/decide`: an action, and its decision."""
        asked = _action(await body_of(request))
        began = perf_counter()
        gate = self.holder.current.gate
        approvals = self.approvals(gate)
        action = gate.complete(asked) if approvals is None else approvals.told(gate.complete(asked))

        # Hides what policies looked for; whatever masking finds where nothing was decided.
        hide: list[Hiding] = []

        def judge(decision: Decision) -> None:
            hide.append(hiding(action, decision))
            session = action.actor("session")
            self.sessions.judge(decision, session if isinstance(session, str) else None, gate, monotonic())
            if approvals is not None and action.surface not in _TEXTS:
                approvals.settle([action], [decision])
            if action.surface not in _TEXTS:
                self.past.note(action, decision)

        history = None if action.surface in _TEXTS else self.past.history(action)
        decision, text = gate.decide_text(action, stage=self.stage, now=self.now(), on_error=self.failed, after=judge, history=history)
        seconds = perf_counter() - began
        self.metrics.decided(decision, seconds)
        if self.log is not None:
            self._record(self.log, action, text, int(seconds * 1_000_000), hide, [] if approvals is None else approvals.events)
        return as_json(text)

    def approvals(self, gate: Gate) -> Approvals | None:
        """The approvals that actions can be held against; None without a place to keep them."""
        if self.log is None:
            return None
        return Approvals(Store(approvals_folder(self.log.path)), gate.engine.surroundings, clock.seconds(), self.now())

    def _record(self, log: Log, action: Action, text: str, latency_us: int, hide: list[Hiding], more: list[dict[str, Any]]) -> None:
        """Append a decision, and what followed at once, to the event log."""
        decision = json.loads(text)
        events = [decision_event(action.data, decision, decision["timestamp"], latency_us, next(iter(hide), None)), *more]
        if self.record(log, events) and not spool(log.path, events):
            self.metrics.unlogged.inc()

    def record(self, log: Log, events: list[dict[str, Any]]) -> bool:
        """Append events to the event log; whether that was possible. What can't be written is counted, and told on standard error; what was
        decided stands."""
        try:
            append_events(log, events)
            return True
        except LogError as error:
            self.metrics.unlogged.inc(len(events))
            _LOG.error("%s could not be recorded: %s", "a decision" if events[0]["kind"] == "decision" else "an answer", error)
            return False

    async def status(self, request: Request) -> Response:
        """`GET /v1/status`: what is in use."""
        current, failure = self.holder.current, self.holder.failure
        return as_json(json.dumps({
            "version": __version__, "started": self.started, "loaded": current.since, "bundles": list(current.packs),
            "refused": None if failure is None else {"time": failure.time, "reason": failure.reason},
            "sessions": len(self.sessions),
        }))

    async def exposition(self, request: Request) -> Response:
        """`GET /metrics`: counters for Prometheus."""
        self.metrics.sessions.set(len(self.sessions))
        self.metrics.lost.set(0 if self.log is None else lost(self.log.path))
        return Response(self.metrics.text(), media_type=self.metrics.content_type)

    def failed(self, error: Exception) -> None:
        """packgate failed on an action, which is denied. The message may quote the action, its kind can't."""
        self.metrics.errors.inc()
        _LOG.error("internal error on an action, which was denied: %s", type(error).__name__)

    def refuse(self, request: Request, error: Exception) -> Response:
        """How a request that can't be decided is answered."""
        assert isinstance(error, Refusal)
        self.metrics.refused.labels(str(error.status)).inc()
        return Response(error_body(error.message), error.status, media_type="application/json")


def make_app(
    server: Server, settings: Settings, simulate: Callable[[Request], Awaitable[Response]], lifespan: Lifespan[Starlette] | None = None,
    approvers: dict[str, str] | None = None,
) -> ASGIApp:
    """The application with all its routes. ``settings``: how hooks are answered; ``simulate`` answers what levels would change;
    ``approvers``: who answers requests, by token."""
    answers = Answers(server, approvers or {})
    routes = [
        Route("/v1/decide", server.decide, methods=["POST"]),
        Route("/v1/hooks/{agent}/{event}", Hooks(server, settings).answer, methods=["POST"]),
        Route("/v1/simulate", simulate, methods=["GET"]),
        Route("/v1/approvals", answers.listed, methods=["GET"]),
        Route("/v1/approvals/{id}", answers.answer, methods=["POST"]),
        Route("/v1/status", server.status, methods=["GET"]),
        Route("/metrics", server.exposition, methods=["GET"]),
        Route("/openapi.json", _describe, methods=["GET"]),
        Route("/healthz", _alive, methods=["GET"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={Refusal: server.refuse})


async def _alive(request: Request) -> Response:
    return Response(status_code=204)


async def _describe(request: Request) -> Response:
    return as_json(json.dumps(description()))


def _action(body: bytes) -> Action:
    """The action in a body. Raises `Refusal`."""
    try:
        return parse_action(decode(body, LONGEST_BODY))
    except ActionError as error:
        raise Refusal(422, mask(f"not an action: {error}")) from None
