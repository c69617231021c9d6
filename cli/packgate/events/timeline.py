"""One session in the order of time: what was asked, what was done, what was decided, and what followed."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from packgate.events.selecting import verdicts
from packgate.events.showing import verdict, what
from packgate.times import parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packgate.events.reading import Read

# Decisions after which the action does not run.
_STOPPED = frozenset(("deny", "require_approval", "terminate"))


@dataclass(slots=True)
class Step:
    """Something that happened in a session. ``followed``: events about it (outcomes, approvals, alerts); ``next``: what the agent did next
    after it was stopped or warned: None for nothing, `same` when it tried the same again, else `other`."""

    event: Read
    followed: list[Read] = field(default_factory=list)
    next: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The step with the words for it."""
        return {
            "time": self.event.time, "kind": self.event.kind, "verdict": verdict(self.event), "what": what(self.event),
            "policies": sorted({str(each.get("policy")) for each in self.event.matches}),
            "result": self.event.outcome.get("result"), "exit_code": self.event.outcome.get("exit_code"),
            "replay": self.event.outcome.get("replay"), "next": self.next, "ids": sorted(self.event.ids),
            "followed": [
                {"time": each.time, "kind": each.kind, "verdict": verdict(each), "outcome": each.data.get("outcome")}
                for each in self.followed
            ],
        }


def timeline(events: Iterable[Read], session: str) -> list[Step]:
    """The steps of a session. Only its events are kept, and those that follow its decisions and stand behind them."""
    own: list[Read] = []
    decided: set[str] = set()
    about: list[Read] = []
    for event in events:
        follows = event.data.get("follows")
        if isinstance(follows, str) and follows in decided:
            about.append(event)
        elif event.actor.get("session") == session:
            own.append(event)
            decided |= event.ids
    # Times are to the second: within one, the order of the record holds.
    order = sorted(range(len(own)), key=lambda place: (_time(own[place]), place))
    steps = [Step(own[place]) for place in order]
    by_id = {id: step for step in steps for id in step.event.ids}
    for event in about:
        by_id[event.data["follows"]].followed.append(event)
    for step, after in pairwise(steps):
        words = verdicts(step.event)
        if _STOPPED & set(words) or "warn" in words or "denied" in words:
            step.next = "same" if what(step.event) == what(after.event) else "other"
    return steps


def _time(event: Read) -> float:
    found = parse(event.time) if event.time is not None else None
    return 0.0 if found is None else found.timestamp()


def as_text(steps: list[Step], session: str) -> str:
    """The steps, with what followed below each."""
    first = steps[0].event
    head = [str(each) for each in (first.actor.get("agent"), first.actor.get("user"), first.action.get("cwd")) if each]
    lines = [f"session {session}" + (f" ({', '.join(head)})" if head else "") + f": {len(steps)} steps", ""]
    for step in steps:
        event = step.event
        lines.append(f"{event.time or '-' * 20}  {verdict(event):22}{what(event)}")
        matched = sorted({f"{each.get('policy')} ({each.get('effective')})" for each in event.matches})
        if matched:
            lines.append(f"{'':22}  by {', '.join(matched)}")
        if event.outcome.get("exit_code"):
            lines.append(f"{'':22}  exit code {event.outcome['exit_code']}")
        lines += [f"{'':22}  then {verdict(each)} at {each.time}" for each in step.followed]
        if step.next is not None:
            lines.append(f"{'':22}  then the agent {'tried the same again' if step.next == 'same' else 'did something else'}")
    return "\n".join(lines) + "\n"
