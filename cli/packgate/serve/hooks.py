"""`POST /v1/hooks/AGENT/EVENT`: an agent's own payload, answered in its dialect, for agents whose hooks can call an address."""

from __future__ import annotations

import asyncio
import json
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

from starlette.responses import Response

from packgate import clock
from packgate.hook import answer
from packgate.hook.context import complete
from packgate.hook.exchange import ACT, SESSION, Verdict
from packgate.hook.failure import Failure
from packgate.hook.followed import Followed
from packgate.hook.payload import decode_payload
from packgate.hook.recording import record
from packgate.serve.requests import Refusal, as_json, body_of

if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from starlette.requests import Request as HttpRequest

    from packgate.hook.answer import Answer
    from packgate.hook.exchange import Request
    from packgate.hook.settings import Settings
    from packgate.model.decision import Decision
    from packgate.serve.app import Server


class Hooks:
    """Answers hooks with the packs of a server, as an installation's settings say."""

    def __init__(self, server: Server, settings: Settings) -> None:
        self._server = server
        self._settings = settings

    async def answer(self, request: HttpRequest) -> Response:
        """One payload. Raises `Refusal` for an agent or event that there is none of."""
        began = perf_counter()
        agent, event = request.path_params["agent"], request.path_params["event"]
        try:
            module, kind = answer.kind_of(agent, event)
        except Failure as failure:
            raise Refusal(404, failure.sentence) from None
        found = await self._answer(module, kind, event, await body_of(request))
        self._count(found, perf_counter() - began)
        verdict = record(found, self._settings, int((perf_counter() - began) * 1_000_000), self._unrecorded)
        reply = answer.reply_of(module, event, verdict)
        if reply.stdout is None and reply.exit_code:
            raise Refusal(409, f"{agent} is told this by an exit code, which its hook's program gives: {reply.stderr.strip()}")
        return as_json(json.dumps(reply.stdout or {}))

    async def _answer(self, module: ModuleType, kind: str, event: str, body: bytes) -> Answer:
        settings, now = self._settings, self._server.now()
        try:
            request = answer.read_request(module, event, decode_payload(body))
        except Failure as failure:
            return answer.refuse(failure, settings.on_failure, kind, (), now, {"agent": module.AGENT, "event": event})
        gate = self._server.holder.current.gate
        try:
            # It reads the repository's files, and a file system that hangs must not keep others waiting.
            completed = await asyncio.wait_for(asyncio.to_thread(complete, request, settings, {}), settings.deadline_ms / 1000)
        except TimeoutError:
            late = Failure("time-out", "the repository could not be read in time")
            return answer.refuse(late, settings.on_failure, kind, answer.surfaces_of(request), now, answer.about(request))

        def judge(decision: Decision) -> None:
            self._server.sessions.judge(decision, request.session, gate, monotonic())

        def work() -> Answer:
            if request.kind == SESSION and not request.actions:
                return answer.Answer(Verdict("allow"), [])
            past = self._server.past if request.kind == ACT else None
            approvals = answer.open_approvals(request, settings, gate, clock.seconds(), now)
            followed = Followed(request, settings, now, clock.seconds())
            return answer.decide(
                request, completed, gate, now, stage=self._server.stage, after=judge, approvals=approvals, past=past, followed=followed,
            )

        return self._guarded(work, request)

    def _guarded(self, work: Any, request: Request) -> Answer:
        found = answer.guarded(work, request, self._settings, self._server.now())
        if found.failure is not None and found.failure.code == "internal-error":
            self._server.metrics.errors.inc()
        return found

    def _unrecorded(self) -> None:
        self._server.metrics.unlogged.inc()

    def _count(self, found: Answer, seconds: float) -> None:
        for event in found.events:
            if event["decision"] is not None:
                self._server.metrics.decided(event["decision"]["decision"], seconds)
