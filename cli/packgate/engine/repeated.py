"""Repeated denials end a session: what ``terminate_after`` of a pack makes of one more denial."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packgate.model.decision import Decision
    from packgate.model.policy import Pack


def terminate_repeated(decision: Decision, packs: Iterable[Pack], earlier: Sequence[float], now: float) -> bool:
    """Make a denial a termination when it reaches the limit of a pack that denies; whether it did.

    ``earlier``: when actions of the same session were denied before, in seconds of the clock that ``now`` is of, in any order. The
    present denial counts too.
    """
    if decision.decision != "deny":
        return False
    for pack in _denying(decision, packs):
        limit = pack.terminate_after
        if limit is None:
            continue
        denials, minutes = limit
        counted = 1 + sum(1 for time in earlier if 0 <= now - time <= 60 * minutes)
        if counted >= denials:
            _terminate(decision, f"{counted} denials within {minutes} minutes end the session ({pack.name})")
            return True
    return False


def _denying(decision: Decision, packs: Iterable[Pack]) -> list[Pack]:
    """The packs that a denial stems from: those with a policy at block, else those whose default denies it."""
    names = {match.pack for match in decision.matches if match.effective == "block"} or set(decision.denied_by)
    return [pack for pack in packs if pack.name in names]


def _terminate(decision: Decision, remark: str) -> None:
    decision.decision = decision.mode = decision.would = "terminate"
    decision.reason = f"{decision.reason}; {remark}"
    decision.message = f"{decision.message} {remark[0].upper()}{remark[1:]}: stop, and tell the person you work for.".strip()
    decision.risk_score = 100
