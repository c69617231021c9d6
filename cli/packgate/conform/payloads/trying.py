"""What becomes of an action when an agent's client asks the hook about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.conform.lane import RAN, UNSEEN, Seen
from packgate.conform.measure import judge
from packgate.conform.payloads.filling import Inexpressible, fill
from packgate.conform.payloads.understood import understand
from packgate.hook.exchange import ACT, OUTPUT
from packgate.hook.lowering import TABLE

if TYPE_CHECKING:
    from packgate.conform.payloads.asking import Hook
    from packgate.conform.payloads.filling import Payload
    from packgate.conform.probes import Probe

# Beside the verdicts of `measure`: the hook could not decide, or nothing that the agent understands could say the warning.
FAILED, UNSAID = "failed", "unsaid"


@dataclass(frozen=True, slots=True)
class Tried:
    """``verdict``: of `measure`, or one of the two above; ``why``: the reason of what was not seen or failed."""

    verdict: str
    why: str = ""


class _Failed(Exception):
    """The hook could not decide; the text is the cause."""


def attempt(agent: str, probe: Probe, hook: Hook) -> Tried:
    """Ask the hook about a probe as an agent's client does, and hold what the client makes of the answer against the packs."""
    try:
        seen = _seen(agent, probe, hook)
    except Inexpressible as error:
        seen = Seen(UNSEEN, told=str(error))
    except _Failed as error:
        return Tried(FAILED, str(error))
    if seen.outcome == RAN and probe.loud and not probe.stops and cannot_warn(agent):
        return Tried(UNSAID)
    return Tried(judge(probe, seen, native=False), seen.told if seen.outcome == UNSEEN else "")


def cannot_warn(agent: str) -> str:
    """Why an agent can't be told beside an action that runs; empty where it can."""
    rows = TABLE[agent]
    carried, note = rows[ACT]["warn"]
    return note if carried == "allow" and OUTPUT not in rows else ""


def _seen(agent: str, probe: Probe, hook: Hook) -> Seen:
    call = fill(agent, probe.action)
    told: list[str] = []
    for payload in call.before:
        seen = _understood(agent, payload, probe, hook)
        if seen.stopped:
            return seen
        told.append(seen.told)
    if call.after is not None and probe.loud and not probe.stops:
        told.append(_understood(agent, call.after, probe, hook).told)
    return Seen(RAN, told="\n".join(text for text in told if text))


def _understood(agent: str, payload: Payload, probe: Probe, hook: Hook) -> Seen:
    answered = hook.answer(agent, payload, probe.action)
    if answered.failure is not None:
        raise _Failed(answered.failure)
    return understand(agent, payload.event, answered.said)
