"""What the server remembers of users: what each touched before. Bounded, and gone when the server stops."""

from __future__ import annotations

from collections import OrderedDict
from time import monotonic
from typing import TYPE_CHECKING

from packgate.engine.risk import LEARNING, History, touched

if TYPE_CHECKING:
    from packgate.model.action import Action
    from packgate.model.decision import Decision
    from packgate.serve.sessions import Sessions

_MOST_USERS, _MOST_NAMES = 1_000, 4_000
_RUNS = ("allow", "alert", "redact")


class Past:
    """The past of all users; that of sessions is in ``sessions``."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._users: OrderedDict[str, tuple[list[int], set[str]]] = OrderedDict()

    def history(self, action: Action) -> History:
        """The history of an action."""
        session, user = action.actor("session"), action.actor("user")
        denials = self._sessions.denials(session if isinstance(session, str) else None, monotonic())
        known = self._users.get(user) if isinstance(user, str) else None
        if known is None or known[0][0] < LEARNING or len(known[1]) >= _MOST_NAMES:
            return History(denials)
        return History(denials, known[1])

    def note(self, action: Action, decision: Decision) -> None:
        """Remember what an action that runs touches."""
        user = action.actor("user")
        if not isinstance(user, str) or decision.decision not in _RUNS:
            return
        count, names = self._users.setdefault(user, ([0], set()))
        count[0] += 1
        if len(names) < _MOST_NAMES:
            names.update(touched(action, decision.analysis))
        self._users.move_to_end(user)
        if len(self._users) > _MOST_USERS:
            self._users.popitem(last=False)
