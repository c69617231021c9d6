"""What was measured of one agent, as plain data: the counts of every policy and what did not go as it should."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from packgate.conform.measure import CAUGHT, MISSED, NOT_SEEN, QUIET, RECORDED, WRONG
from packgate.conform.probes import CASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packgate.conform.measure import Measured, Tried

# Of what goes wrong, so many are named.
_NAMED = 40


def lane_data(title: str, version: str, native: Measured | None, hooked: Measured | None) -> dict[str, Any]:
    """The figures of a lane. ``native`` and ``hooked`` are its two passes, None for one that was not made."""
    policies: dict[str, Any] = {}
    for name, measured in (("native", native), ("hook", hooked)):
        for policy, tried in sorted(_by_policy(measured.tried if measured is not None else []).items()):
            policies.setdefault(policy, {})[name] = counts(tried)
    return {
        "title": title,
        "version": version,
        "native": counts(native.tried) if native is not None else None,
        "hook": counts(hooked.tried) if hooked is not None else None,
        "policies": policies,
        "missed": _named(hooked, MISSED),
        "wrong": {"native": _named(native, WRONG), "hook": _named(hooked, WRONG)},
        "refused": hooked.refused[:_NAMED] if hooked is not None else [],
    }


def counts(tried: Sequence[Tried]) -> dict[str, dict[str, int]]:
    """Of the cases that must fire, of their spellings, and of the cases that must not fire: how often each verdict came."""
    groups = {
        "must_fire": [each for each in tried if each.probe.fires and each.probe.way == CASE],
        "spellings": [each for each in tried if each.probe.way != CASE],
        "must_not_fire": [each for each in tried if not each.probe.fires],
    }
    return {name: _tally(group) for name, group in groups.items()}


def _tally(tried: Sequence[Tried]) -> dict[str, int]:
    found = Counter(each.verdict for each in tried)
    return {"tried": len(tried), **{verdict: found[verdict] for verdict in (CAUGHT, MISSED, WRONG, RECORDED, QUIET, NOT_SEEN)}}


def _by_policy(tried: Iterable[Tried]) -> dict[str, list[Tried]]:
    found: dict[str, list[Tried]] = {}
    for each in tried:
        found.setdefault(each.probe.policy, []).append(each)
    return found


def _named(measured: Measured | None, verdict: str) -> list[str]:
    if measured is None:
        return []
    names = sorted(each.probe.name for each in measured.having(verdict))
    return names[:_NAMED]
