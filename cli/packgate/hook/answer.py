"""One request, answered: from the agent's payload to its reply and what the log keeps. Pure but for what `context` reads.

The hook's own process (`run`) and the server answer with this.
"""

from __future__ import annotations

from packgate.approvals.settle import Approvals
from packgate.approvals.store import Store, approvals_folder
from packgate.engine.gate import masker
from packgate.engine.render import to_json
from packgate.eventlog.record import decision_event, gap_event
from packgate.guard.detectors import mask
from packgate.hook.context import complete
from packgate.hook.denials import Denials
from packgate.hook.dialects import MODULES, dialect
from packgate.hook.exchange import ACT, SESSION, PayloadError, Reply, Verdict
from packgate.hook.failure import CLOSED, Failure, answer_of, verdict_of
from packgate.hook.followed import Followed
from packgate.hook.messages import verdict
from packgate.hook.past import Past
from packgate.model.action import ActionError, parse_action

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType
    from typing import Any, Protocol

    from packgate.engine.gate import Gate
    from packgate.engine.risk import History
    from packgate.hook.exchange import Request
    from packgate.hook.settings import Settings
    from packgate.model.action import Action
    from packgate.model.decision import Decision

    class Decides(Protocol):
        """What decides actions: a `Gate`, or what keeps the decisions of one."""

        def complete(self, action: Action, /) -> Action:
            """The action with what the context of the policies says."""

        def decide(self, action: Action, /, *, stage: str | None, now: str | None, history: History | None) -> Decision:
            """The decision on an action."""

    class Remembers(Protocol):
        """What remembers sessions and users: `Past`, or the server."""

        def history(self, action: Action, /) -> History:
            """The history of an action."""

        def note(self, action: Action, decision: Decision, /) -> None:
            """Remember what was decided."""

# Exit code that stops an action in every agent that reads exit codes at all, with the reason on standard error.
STOPS = 2
_LONGEST_DETAIL = 200


class Answer:
    """What a request led to. ``verdict``: what is to be said; ``events``: what the log keeps, in order, their latencies not yet known;
    ``failure``: why nothing was decided, None when it was."""

    __slots__ = ("events", "failure", "verdict")

    def __init__(self, verdict: Verdict, events: list[dict[str, Any]], failure: Failure | None = None) -> None:
        self.verdict = verdict
        self.events = events
        self.failure = failure


def kind_of(agent: str, event: str) -> tuple[ModuleType, str]:
    """The dialect of an agent, and what an event of it is about. Raises `Failure`."""
    if agent not in MODULES:
        raise Failure("unknown-agent", f"{mask(agent)[:_LONGEST_DETAIL]}; it knows {', '.join(sorted(MODULES))}")
    module = dialect(agent)
    if event not in module.EVENTS:
        raise Failure("unknown-event", f"{mask(event)[:_LONGEST_DETAIL]}; of {agent} it knows {', '.join(sorted(module.EVENTS))}")
    return module, str(module.EVENTS[event])


def read_request(module: ModuleType, event: str, payload: Any, environ: Mapping[str, str] | None = None) -> Request:
    """What an agent asks. ``environ``: where an agent says a part of it there. Raises `Failure` for a payload of another form."""
    assemble = getattr(module, "assemble", None)
    try:
        request: Request = module.read(event, payload if assemble is None else assemble(payload, environ or {}))
    except PayloadError as error:
        raise Failure("payload-unreadable", _shown(str(error))) from None
    except RecursionError:
        raise Failure("payload-too-deep") from None
    return request


def decide(
    request: Request, completed: Sequence[dict[str, Any]], gate: Decides, now: str, *, stage: str | None = None,
    after: Callable[[Decision], None] | None = None, approvals: Approvals | None = None, past: Remembers | None = None,
    followed: Followed | None = None,
) -> Answer:
    """Decide all actions of a request. ``completed``: the actions with where and for whom they are; ``now``: RFC 3339; ``stage`` replaces
    those of releases and assignments; ``after`` may make a decision stricter; ``approvals``: what was approved beforehand; ``past``: what
    session and user did before; ``followed``: the calls that this one can tell something of. Raises `Failure` for what is no action."""
    decisions: list[Decision] = []
    late: list[Decision] = []
    actions: list[Action] = []
    for given in completed:
        try:
            action = gate.complete(parse_action(given))
        except ActionError as error:
            raise Failure("payload-unreadable", _shown(str(error))) from None
        if approvals is not None:
            action = approvals.told(action)
        history = None if past is None else past.history(action)
        decision = gate.decide(action, stage=stage, now=now, history=history)
        if len(decisions) == len(request.actions):
            # It was decided, counted and recorded before it ran.
            late.append(decision)
            continue
        if after is not None:
            after(decision)
        decisions.append(decision)
        actions.append(action)
    if approvals is not None:
        approvals.settle(actions, decisions)
    events = []
    for action, decision in zip(actions, decisions, strict=True):
        if past is not None:
            past.note(action, decision)
        hide = masker(action, decision)
        events.append(decision_event(action.data, to_json(decision, hide), now, None, hide))
    said = verdict(request, decisions, late)
    more = [] if followed is None else followed.events(actions, decisions, said)
    return Answer(said, more + events + ([] if approvals is None else approvals.events))


def refuse(
    failure: Failure, on_failure: Mapping[str, str] | None, kind: str | None, surfaces: Sequence[str], now: str, about: Mapping[str, Any],
) -> Answer:
    """The answer that was fixed for a failure, and its gap in the log. ``about``: agent, event, session and tool, as far as known."""
    answer = answer_of(on_failure, kind, surfaces)
    outcome = {
        "failure": failure.code, "message": failure.sentence, "on_failure": answer, "answered": "deny" if answer == CLOSED else "allow",
        "surfaces": sorted(set(surfaces)), **about,
    }
    return Answer(verdict_of(failure, answer), [gap_event(now, None, outcome)], failure)


def respond(
    request: Request, open_gate: Callable[[], Gate], settings: Settings, environ: Mapping[str, str], now: str, seconds: float | None = None,
) -> Answer:
    """`decide`, or the answer for a failure. A session that starts learns whether policies are there. ``seconds``: the time since 1970,
    where denials of the session are to be counted."""

    def work() -> Answer:
        gate = open_gate()
        if request.kind == SESSION and not request.actions:
            return Answer(Verdict("allow"), [])
        denials = Denials(request, settings)
        approvals = None if seconds is None else open_approvals(request, settings, gate, seconds, now)

        def judge(decision: Decision) -> None:
            if seconds is not None:
                denials.judge(decision, gate, seconds)

        completed = complete(request, settings, environ)
        past = None
        if seconds is not None and request.kind == ACT and completed:
            past = Past(denials, settings, completed[0]["actor"]["user"], seconds)
        followed = None if seconds is None else Followed(request, settings, now, seconds)
        return decide(request, completed, gate, now, after=judge, approvals=approvals, past=past, followed=followed)

    return guarded(work, request, settings, now)


def open_approvals(request: Request, settings: Settings, gate: Gate, seconds: float, now: str) -> Approvals | None:
    """The approvals that an action can be held against; None for what is no action, without a place to keep them, and where no group is
    declared, so that nobody could approve."""
    known = gate.engine.surroundings
    if request.kind != ACT or settings.log is None or known is None or not known.data["groups"]:
        return None
    return Approvals(Store(approvals_folder(settings.log)), known, seconds, now)


def guarded(work: Callable[[], Answer], request: Request, settings: Settings, now: str) -> Answer:
    """What ``work`` answers, or the answer that was fixed for a failure: whatever it raises."""
    try:
        return work()
    except Failure as failure:
        found = failure
    except RecursionError:
        found = Failure("payload-too-deep")
    except MemoryError:
        found = Failure("killed", "out of memory")
    except Exception as error:  # A defect must not let an action through.
        found = Failure("internal-error", type(error).__name__)
    return refuse(found, settings.on_failure, request.kind, surfaces_of(request), now, about(request))


def surfaces_of(request: Request) -> list[str]:
    """The surfaces that a request touches, each once."""
    return list(dict.fromkeys(str(action["surface"]) for action in request.actions))


def about(request: Request) -> dict[str, Any]:
    """What a gap says of its request."""
    return {
        "agent": request.agent, "event": request.event, "session": request.session,
        "tool": None if request.tool is None else mask(request.tool)[:_LONGEST_DETAIL], "call": request.call,
    }


def reply_of(module: ModuleType | None, event: str, said: Verdict) -> Reply:
    """How a verdict is said. Without a dialect, or when it can't say it, by exit code and standard error, which most agents understand."""
    if module is not None and event in module.EVENTS:
        try:
            reply: Reply = module.answer(event, said)
            return reply
        except Exception:
            # What follows says it in the plain way; a verdict is never lost.
            module = None
    if said.outcome in ("allow", "warn"):
        return Reply(None, said.reason and f"{said.reason}\n", 0)
    return Reply(None, f"{said.for_agent}\n", STOPS)


def _shown(text: str) -> str:
    """A message that may quote the payload, for a log and a reply."""
    return mask(text)[:_LONGEST_DETAIL]

