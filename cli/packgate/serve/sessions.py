"""What the server remembers of agents' sessions: when each was denied something. Bounded, and gone when the server stops."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from packgate.engine.repeated import terminate_repeated
from packgate.engine.risk import DENIAL_SECONDS

if TYPE_CHECKING:
    from packgate.engine.gate import Gate
    from packgate.model.decision import Decision

MOST_SESSIONS = 10_000
# The most that `terminate_after` can ask for.
MOST_DENIALS = 1_000


class Sessions:
    """Denials by session. The sessions that were denied something longest ago are forgotten first."""

    def __init__(self, most: int = MOST_SESSIONS) -> None:
        self._most = most
        self._denied: OrderedDict[str, deque[float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._denied)

    def denials(self, session: str | None, now: float) -> int:
        """How often a session was denied something within the last hour."""
        return sum(1 for time in self._denied.get(session or "", ()) if 0 <= now - time <= DENIAL_SECONDS)

    def judge(self, decision: Decision, session: str | None, gate: Gate, now: float) -> None:
        """Count a denial of a session, and make it a termination when it reaches the limit of a pack. ``now``: seconds of a clock."""
        if session is None or decision.decision != "deny":
            return
        earlier = self._denied.get(session)
        terminate_repeated(decision, gate.engine.packs, earlier or (), now)
        if earlier is None:
            earlier = self._denied[session] = deque(maxlen=MOST_DENIALS)
            if len(self._denied) > self._most:
                self._denied.popitem(last=False)
        earlier.append(now)
        self._denied.move_to_end(session)
