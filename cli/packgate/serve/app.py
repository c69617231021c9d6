"""The routes. Requests are decided on the event loop, one by one: a decision takes tens of microseconds, a thread would cost more."""

from __future__ import annotations

import json
import logging
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from packgate import __version__
from packgate.guard.detectors import mask
from packgate.model.action import ActionError, parse_action
from packgate.serve.access import LONGEST_BODY, error_body
from packgate.serve.openapi import description
from packgate.strict_json import decode

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from starlette.types import ASGIApp, Lifespan

    from packgate.model.action import Action
    from packgate.model.decision import Decision
    from packgate.serve.holder import Holder
    from packgate.serve.metrics import Metrics
    from packgate.serve.sessions import Sessions

_LOG = logging.getLogger("packgate.serve")


class Refusal(Exception):
    """A request that is not decided: its status code, and why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Server:
    """What the routes share. ``now`` gives the time as decisions show it; ``started`` is that of the server."""

    def __init__(self, holder: Holder, sessions: Sessions, metrics: Metrics, now: Callable[[], str], stage: str | None) -> None:
        self.stage = stage
        self.holder = holder
        self.sessions = sessions
        self.metrics = metrics
        self.now = now
        self.started = now()

    async def decide(self, request: Request) -> Response:
        """`POST /v1/decide`: an action, and its decision."""
        action = _action(await _body(request))
        began = perf_counter()
        gate = self.holder.current.gate

        def judge(decision: Decision) -> None:
            session = action.actor("session")
            self.sessions.judge(decision, session if isinstance(session, str) else None, gate, monotonic())

        decision, text = gate.decide_text(action, stage=self.stage, now=self.now(), on_error=self.failed, after=judge)
        self.metrics.decided(decision, perf_counter() - began)
        return _json(text)

    async def status(self, request: Request) -> Response:
        """`GET /v1/status`: what is in use."""
        current, failure = self.holder.current, self.holder.failure
        return _json(json.dumps({
            "version": __version__, "started": self.started, "loaded": current.since, "bundles": list(current.packs),
            "refused": None if failure is None else {"time": failure.time, "reason": failure.reason},
            "sessions": len(self.sessions),
        }))

    async def exposition(self, request: Request) -> Response:
        """`GET /metrics`: counters for Prometheus."""
        self.metrics.sessions.set(len(self.sessions))
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


def make_app(server: Server, lifespan: Lifespan[Starlette] | None = None) -> ASGIApp:
    """The application with all its routes."""
    routes = [
        Route("/v1/decide", server.decide, methods=["POST"]),
        Route("/v1/status", server.status, methods=["GET"]),
        Route("/metrics", server.exposition, methods=["GET"]),
        Route("/openapi.json", _describe, methods=["GET"]),
        Route("/healthz", _alive, methods=["GET"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={Refusal: server.refuse})


async def _alive(request: Request) -> Response:
    return Response(status_code=204)


async def _describe(request: Request) -> Response:
    return _json(json.dumps(description()))


async def _body(request: Request) -> bytes:
    """The body of a request. Raises `Refusal`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    # A form of another site can be sent without a question, JSON can't.
    if kind != "application/json":
        raise Refusal(415, "the content type is application/json")
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > LONGEST_BODY:
                raise Refusal(413, f"a body has at most {LONGEST_BODY:,} bytes")
            parts.append(part)
    except ClientDisconnect:
        raise Refusal(400, "the body was cut off") from None
    return b"".join(parts)


def _action(body: bytes) -> Action:
    """The action in a body. Raises `Refusal`."""
    try:
        return parse_action(decode(body, LONGEST_BODY))
    except ActionError as error:
        raise Refusal(422, mask(f"not an action: {error}")) from None


def _json(text: str) -> Response:
    return Response(text, media_type="application/json", headers={"cache-control": "no-store"})


def object_of(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises `Refusal`."""
    try:
        value = decode(body, LONGEST_BODY)
    except ActionError as error:
        raise Refusal(422, mask(str(error))) from None
    if not isinstance(value, dict):
        raise Refusal(422, "the body is not a JSON object")
    return value
