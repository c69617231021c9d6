"""What followed a decision: the result of its action, and the next action of the session after a warning, a question or a denial.

Every hook is a process of its own, so the calls of a session that are still open stand in a small file beside the log. Lines of it:

    a CALL DECISION SAID SCOPE     an action was decided: what the agent was told, and a digest of the action where it was told anything
    r CALL                         its result came
    n DECISION                     the next action was recorded

The file links; the events are what proves.
"""

from __future__ import annotations

from packgate.approvals.settle import scope_digest
from packgate.eventlog.record import outcome_event
from packgate.hook.denials import FOLDER, append_line, plain_name
from packgate.hook.exchange import ACT, OUTPUT
from packgate.hook.files import read_regular
from packgate.hook.lowering import lowered
from packgate.hook.messages import strictest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from packgate.hook.exchange import Request, Verdict
    from packgate.hook.settings import Settings
    from packgate.model.action import Action
    from packgate.model.decision import Decision

_ENDING = ".calls"
_LARGEST = 32 * 1024
# Of calls, so many are looked back at.
_MOST = 40
# What the agent is told nothing of.
_SILENT = "allow"
_ASKED = "ask"
_NONE = "-"


class _Call:
    """A call that was decided. ``ran``: its result came; ``noted``: what came next is recorded."""

    __slots__ = ("call", "decision", "noted", "ran", "said", "scope")

    def __init__(self, call: str, decision: str, said: str, scope: str) -> None:
        self.call = call
        self.decision = decision
        self.said = said
        self.scope = scope
        self.ran = False
        self.noted = said == _SILENT


class Followed:
    """The calls of one session. ``time``: RFC 3339; ``seconds``: the same since 1970."""

    __slots__ = ("_path", "_request", "_seconds", "_time")

    def __init__(self, request: Request, settings: Settings, time: str, seconds: float) -> None:
        self._request = request
        self._time = time
        self._seconds = int(seconds)
        self._path: str | None = None
        if settings.log is not None and request.session and request.kind in (ACT, OUTPUT):
            self._path = f"{settings.log.rpartition('/')[0]}/{FOLDER}/{plain_name(f'{request.agent}-{request.session}')}{_ENDING}"

    def events(self, actions: Sequence[Action], decisions: Sequence[Decision], verdict: Verdict) -> list[dict[str, Any]]:
        """What this request tells of decisions before it; for an action also remembers it. Where nothing can be kept, nothing is told."""
        if self._path is None:
            return []
        calls = _read(self._path)
        if self._request.kind == OUTPUT:
            return self._result(calls)
        if not decisions:
            return []
        index = strictest(decisions)
        decision, action = decisions[index], actions[index]
        said = lowered(self._request.agent, ACT, verdict, self._request.event)
        waiting = [each for each in calls if not each.noted]
        scope = scope_digest(action)[:16] if waiting or said != _SILENT else _NONE
        found = [self._next(each, decision, scope) for each in waiting]
        lines = [f"n {each.decision}" for each in waiting]
        self._keep([*lines, f"a {_name(self._request.call)} {decision.decision_id} {said} {scope}"], calls)
        return found

    def _result(self, calls: Sequence[_Call]) -> list[dict[str, Any]]:
        """The result of a call: of the one that it names, else of the last whose result has not come."""
        named = _name(self._request.call)
        call = next((each for each in reversed(calls) if not each.ran and (named == _NONE or each.call == named)), None)
        if call is None:
            return []
        self._keep([f"r {call.call}"], calls)
        return [self._event(call, "result", acknowledged=True if call.said == _ASKED else None)]

    def _next(self, call: _Call, decision: Decision, scope: str) -> dict[str, Any]:
        """The next action of a session, after one that the agent was told something of: whether that one ran, and whether it is the same
        again."""
        return self._event(
            call, "next", acknowledged=call.ran if call.said == _ASKED else None, ran=call.ran, next=decision.decision_id,
            decision=decision.decision, mode=decision.mode, repeated=scope == call.scope,
        )

    def _event(self, call: _Call, what: str, **more: Any) -> dict[str, Any]:
        request = self._request
        about = {
            "followed": what, "said": call.said, "agent": request.agent, "session": request.session,
            "call": None if call.call == _NONE else call.call, "acknowledged": None, "ran": what == "result" or None, "next": None,
            "decision": None, "mode": None, "repeated": None,
        }
        return outcome_event(self._time, {**about, **more}, call.decision)

    def _keep(self, lines: Sequence[str], calls: Sequence[_Call]) -> None:
        import os

        assert self._path is not None
        try:
            if len(calls) > 2 * _MOST:
                os.unlink(self._path)
                lines = [*(line for each in calls[-_MOST:] for line in _lines(each)), *lines]
            append_line(self._path, "\n".join(lines), _LARGEST, self._seconds)
        except OSError:
            # What follows is then not linked; the decisions themselves are recorded, and the log tells if it can't be written.
            return


def _read(path: str) -> list[_Call]:
    found: list[_Call] = []
    by_call: dict[str, _Call] = {}
    by_decision: dict[str, _Call] = {}
    for line in (read_regular(path, _LARGEST) or b"").decode("ascii", "replace").split("\n"):
        words = line.split(" ")
        if words[0] == "a" and len(words) == 5:
            call = _Call(*words[1:])
            found.append(call)
            by_call[call.call] = by_decision[call.decision] = call
        elif words[0] == "r" and len(words) == 2 and words[1] in by_call:
            by_call[words[1]].ran = True
        elif words[0] == "n" and len(words) == 2 and words[1] in by_decision:
            by_decision[words[1]].noted = True
    return found


def _lines(call: _Call) -> list[str]:
    """A call as the file keeps it."""
    lines = [f"a {call.call} {call.decision} {call.said} {call.scope}"]
    return lines + [f"r {call.call}"] * call.ran + [f"n {call.decision}"] * (call.noted and call.said != _SILENT)


def _name(call: str | None) -> str:
    """The agent's name for a call as one word."""
    return plain_name(call) or _NONE if call else _NONE
