"""Decisions that clients share: an action that several of them ask about is decided once, where no policy asks whose action it is.

What differs by client (its payload, what is read of it and completed, what is said and how) is done for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.hook.answer import Answer, decide
from packgate.hook.messages import verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packgate.engine.gate import Gate
    from packgate.engine.risk import History
    from packgate.hook.exchange import Request
    from packgate.model.action import Action
    from packgate.model.decision import Decision
    from packgate.model.policy import Condition, Pack

# What of an action says which client asks, where conditions can ask for it.
_OF_CLIENTS = ("id", "actor.agent", "actor.session")
# Decisions that are kept: the payloads of one action come one after another.
_KEPT = 64


class SharedGate:
    """A gate that decides the same action of several clients once. ``shares``: whether no policy can tell clients apart."""

    def __init__(self, gate: Gate, *, shares: bool) -> None:
        self._gate = gate
        self._shares = shares
        self._known: dict[str, Decision] = {}
        self._asked: Iterator[str] = iter(())

    def answer(self, request: Request, completed: Sequence[dict[str, Any]], now: str) -> Answer:
        """As `hook.answer.decide` answers: by it, with the lines for the log, where an action is new; else with the decisions that are
        known. Raises what it raises."""
        keys = [_key(given) for given in completed]
        if self._shares and all(key in self._known for key in keys):
            decisions = [self._known[key] for key in keys]
            count = len(request.actions)
            return Answer(verdict(request, decisions[:count], decisions[count:]), [])
        if len(self._known) > _KEPT:
            self._known.clear()
        self._asked = iter(keys)
        return decide(request, completed, self, now)

    def complete(self, action: Action) -> Action:
        """As `Gate.complete`."""
        return self._gate.complete(action)

    def decide(
        self, action: Action, *, stage: str | None = "block", now: str | None = None, history: History | None = None,
    ) -> Decision:
        """As `Gate.decide`, for `hook.answer.decide`, which asks in order."""
        decision = self._gate.decide(action, stage=stage, now=now, history=history)
        self._known[next(self._asked)] = decision
        return decision


def _key(given: dict[str, Any]) -> str:
    """Equal for actions that differ in who asks alone."""
    actor = {key: value for key, value in given["actor"].items() if key not in ("agent", "session")}
    return repr(sorted({**given, "id": None, "actor": actor}.items()))


def tells_clients_apart(packs: Iterable[Pack]) -> bool:
    """Whether a decision of packs can depend on the client that asks: by what a policy or a waiver asks of the context."""
    return any(_asks(condition) for pack in packs for condition in _conditions(pack))


def _asks(condition: Condition) -> bool:
    return condition.field == "agent" or any(
        pattern.kind == "context" and pattern.text.startswith(_OF_CLIENTS) for pattern in condition.patterns
    )


def _conditions(pack: Pack) -> Iterator[Condition]:
    for policy in pack.policies:
        yield from policy.where
        for clause in (*policy.clauses, *policy.exceptions):
            yield from clause
    for waiver in pack.waivers:
        yield from (*waiver.where, *waiver.conditions)
