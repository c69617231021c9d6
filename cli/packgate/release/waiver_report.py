"""Waivers with their state and what each let through, by recorded events."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from packgate.engine.waivers import is_expired, parse_day, utc_day
from packgate.source.pointer import pointer
from packgate.times import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packgate.release.eventlines import Event
    from packgate.source.result import LoadResult

ACTIVE, SOON, EXPIRED, MALFORMED = "active", "expires soon", "expired", "malformed"
SOON_DAYS = 14
_EXAMPLES = 3
# How the engine says which waiver it used: see `engine.decide`.
_REMARK = re.compile(r"waiver (?P<id>\S+) of (?P<policy>\S+) holds until ")


@dataclass(slots=True)
class WaiverState:
    """A waiver on a day. ``left``: days until its last one, negative when that is over, None for a malformed date. ``count`` actions were
    let through, the last at ``last``; ``examples`` are some of them, to be masked before they are shown."""

    id: str
    pack: str
    policy: str
    state: str
    expires: str
    left: int | None
    owner: str
    approver: str
    reason: str
    place: str
    count: int = 0
    last: str | None = None
    examples: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Every key, always."""
        return {name: getattr(self, name) for name in WaiverState.__slots__}


def waiver_states(results: Iterable[LoadResult], now: str, soon: int = SOON_DAYS) -> list[WaiverState]:
    """The waivers of packs at a time (RFC 3339), those of packs with errors included, by pack, then in the order of the file."""
    found: list[WaiverState] = []
    for result in results:
        name = result.pack.name if result.pack is not None else _name(result)
        found += [_state(name, place, item, now, soon) for place, item in _items(result)]
    return sorted(found, key=lambda each: each.pack)


def count_uses(states: Sequence[WaiverState], events: Iterable[Event]) -> None:
    """Add to each waiver what it let through: the decisions in which it waived a match of its policy."""
    by_policy: dict[tuple[str, str], list[WaiverState]] = {}
    for state in states:
        by_policy.setdefault((state.pack, state.policy), []).append(state)
    for event in events:
        if event.kind != "decision":
            continue
        decision = event.data["decision"]
        notes = _used(decision)
        waived = {
            (str(match.get("pack")), str(match.get("policy"))) for match in decision["matches"]
            if isinstance(match, dict) and match.get("waived") is True
        }
        for key in sorted(waived):
            candidates = by_policy.get(key, [])
            # Without its remark a decision tells the policy only: that is enough where the policy has one waiver.
            named = [each for each in candidates if (each.id, each.policy) in notes] or (candidates if len(candidates) == 1 else [])
            for state in named:
                _count(state, event)


def _count(state: WaiverState, event: Event) -> None:
    time = written(event.time)
    state.count += 1
    state.last = time if state.last is None else max(state.last, time)
    shown = _shown(event.data["action"])
    if len(state.examples) < _EXAMPLES and shown not in state.examples:
        state.examples.append(shown)


def _used(decision: dict[str, Any]) -> set[tuple[str, str]]:
    """The waivers that a decision names as holding, with their policies."""
    analysis = decision.get("analysis")
    notes = analysis.get("notes") if isinstance(analysis, dict) else None
    texts = [note if isinstance(note, str) else str(note.get("text", "")) if isinstance(note, dict) else "" for note in notes or ()]
    return {(found["id"], found["policy"]) for text in texts for found in _REMARK.finditer(text)}


def _shown(action: dict[str, Any]) -> str:
    """An action in a few words: its command, path, tool or address."""
    for keys in (("command",), ("operation", "path"), ("server", "tool"), ("method", "url"), ("text",)):
        values = [action[key] for key in keys if isinstance(action.get(key), str)]
        if len(values) == len(keys) or (values and keys[-1] == "url"):
            return " ".join(" ".join(values).split())
    return str(action.get("surface", "an action"))


def _state(pack: str, place: str, item: dict[str, Any], now: str, soon: int) -> WaiverState:
    expires = str(item.get("expires", ""))
    last, today = parse_day(expires), utc_day(now)
    left = None if last is None or today is None else date(*last).toordinal() - date(*today).toordinal()
    if last is None:
        state = MALFORMED
    elif is_expired(expires, now):
        state = EXPIRED
    else:
        state = SOON if left is not None and left <= soon else ACTIVE
    name, policy, owner, approver, reason = (str(item.get(key, "")).strip() for key in ("id", "policy", "owner", "approver", "reason"))
    return WaiverState(name, pack, policy, state, expires, left, owner, approver, reason, place)


def _items(result: LoadResult) -> Iterator[tuple[str, dict[str, Any]]]:
    """The waivers as written, with their place, whether or not they fit the schema: a malformed one is listed too."""
    file = result.waivers
    given = file.data.get("waivers") if file is not None and isinstance(file.data, dict) else None
    for index, item in enumerate(given if isinstance(given, list) else ()):
        if file is not None and isinstance(item, dict):
            yield str(file.position(pointer("waivers", index))).rpartition(":")[0], item


def _name(result: LoadResult) -> str:
    header = result.header
    return str(header.data.get("name", result.path)) if header is not None and isinstance(header.data, dict) else result.path
