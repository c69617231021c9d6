"""From a decision that wants an approval to the request for one, and from an approval to the one run that it allows."""

from __future__ import annotations

from packgate.approvals.store import APPROVED, DENIED, PENDING, StoreError
from packgate.engine.gate import hiding
from packgate.engine.identity import digest_of
from packgate.eventlog.record import approval_event, masked_action
from packgate.model.action import Action
from packgate.model.policy import APPROVAL_MINUTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from packgate.approvals.store import Store
    from packgate.engine.surroundings import Surroundings
    from packgate.model.decision import Decision

# An action's name, its time and what was found out about it differ when it is asked again; all else has to be the same.
_UNBOUND = ("id", "time", "approval", "risk_signals")
_STOPS = ("deny", "terminate")


class Approvals:
    """The approvals of one installation. ``known``: who is in which group, since a role is a group of the context; ``now``: seconds since
    1970; ``time``: the same in RFC 3339."""

    __slots__ = ("_now", "_store", "_time", "events", "known")

    def __init__(self, store: Store, known: Surroundings | None, now: float, time: str) -> None:
        self._store = store
        self.known = known
        self._now = now
        self._time = time
        # What happened, for the log.
        self.events: list[dict[str, Any]] = []

    def told(self, action: Action) -> Action:
        """The action with the state of its approval, for policies that compare it. A caller's own word for it does not count."""
        try:
            found = self._store.find(scope_digest(action), self._now) if self._store.exists() else None
        except StoreError:
            found = None
        if found is None and action.data.get("approval") is None:
            return action
        return Action({**action.data, "approval": None if found is None else found["state"]}, action.notes, action.filled)

    def settle(self, actions: Sequence[Action], decisions: Sequence[Decision]) -> None:
        """Hold the decisions on one call against what was approved. Either everything that the call needs is approved, and those approvals
        are used up; or what is not is asked for, and the decision says so."""
        waiting = [
            (action, decision) for action, decision in zip(actions, decisions, strict=True)
            if decision.decision == "require_approval" and self._has_approvers(decision)
        ]
        others = [each for each in decisions if all(each is not decision for _, decision in waiting)]
        ready = not any(each.decision in _STOPS or each.decision == "require_approval" for each in others)
        try:
            found = [self._store.find(scope_digest(action), self._now) for action, _ in waiting]
            approved = [request for request, (_, decision) in zip(found, waiting, strict=True) if self._is_approved(request, decision)]
            if waiting and ready and len(approved) == len(waiting) and self._use([decision for _, decision in waiting], approved):
                return
            for action, decision in waiting:
                self._ask(action, decision)
        except StoreError as error:
            for _, decision in waiting:
                decision.pending = True
                decision.message = f"{decision.message} The request for approval can't be kept: {error}.".strip()

    def _has_approvers(self, decision: Decision) -> bool:
        return self.known is not None and bool(decision.approvers) and all(self.known.members(role) for role in decision.approvers)

    def _is_approved(self, request: dict[str, Any] | None, decision: Decision) -> bool:
        """Whether a request covers a decision: by people who still have the roles, and for every policy that asks."""
        if request is None or request["state"] != APPROVED or self.known is None:
            return False
        answers = request["answers"]
        return set(decision.policy_ids) <= set(request["policies"]) and all(
            answers.get(role) in self.known.members(role) for role in decision.approvers
        )

    def _use(self, decisions: Sequence[Decision], requests: Sequence[Any]) -> bool:
        """Use up the approvals of a call; False when another process was faster. What a call does twice was asked for once."""
        if not self._store.use(list({request["id"]: request for request in requests}.values()), self._now):
            return False
        recorded: set[str] = set()
        for decision, request in zip(decisions, requests, strict=True):
            by = ", ".join(sorted(set(request["answers"].values())))
            decision.decision = "redact" if decision.redactions else "alert" if decision.alerts else "allow"
            decision.reason = f"{decision.reason}; approved by {by} ({request['id']}), for this once"
            if request["id"] not in recorded:
                recorded.add(request["id"])
                self._record({**request, "state": "used"}, decision.decision_id)
        return True

    def _ask(self, action: Action, decision: Decision) -> None:
        made = self._request(action, decision)
        kept = self._store.find(made["digest"], self._now)
        if kept is not None and kept["state"] == APPROVED and not self._is_approved(kept, decision):
            # Of other policies or people than those that count now.
            self._store.drop(made["digest"])
            kept = None
        request = kept or self._store.add(made, self._now)
        if request is made:
            self._record(request, decision.decision_id)
        decision.pending = True
        decision.message = f"{decision.message} {_told(request, self._now)}".strip()

    def _request(self, action: Action, decision: Decision) -> dict[str, Any]:
        digest = scope_digest(action)
        created = int(self._now)
        hide = hiding(action, decision)
        return {
            "v": 1, "id": "ap-" + digest_of([digest, created])[:12], "digest": digest, "state": PENDING, "roles": list(decision.approvers),
            "policies": list(decision.policy_ids), "created": created,
            "expires": created + 60 * (decision.approval_minutes or APPROVAL_MINUTES),
            "requester": {name: action.actor(name) for name in ("user", "agent", "session")}, "answers": {}, "note": "",
            "reason": hide(decision.reason), "risk_score": decision.risk_score, "decision_id": decision.decision_id,
            "action": masked_action(action.data, hide),
        }

    def _record(self, request: dict[str, Any], follows: str) -> None:
        state = "requested" if request["state"] == PENDING else request["state"]
        self.events.append(approval_event(self._time, request, state, follows))


def scope_digest(action: Action) -> str:
    """What an approval is bound to: everything that an action says, who asks and where, but for what differs each time it is asked."""
    return digest_of({key: value for key, value in action.data.items() if key not in _UNBOUND and value is not None})


def _told(request: dict[str, Any], now: float) -> str:
    """What the agent is told of a request: what waits, for how long, and how to go on."""
    id, roles = request["id"], " and ".join(request["roles"])
    if request["state"] == DENIED:
        by = ", ".join(sorted(set(request["answers"].values())))
        note = f" ({request['note']})" if request["note"] else ""
        return f"The request {id} for an approval was denied by {by}{note}: don't ask for it again."
    left = max(1, int(request["expires"] - now) // 60)
    if request["state"] == APPROVED:
        return f"The request {id} is approved, but another part of the same call is not yet; it holds for {left} more minutes."
    return (
        f"The request {id} waits for an approval by {roles}, for {left} more minutes; without an answer it stays denied. Tell the person "
        "you work for. When it is approved, do exactly the same again: it then runs once."
    )
