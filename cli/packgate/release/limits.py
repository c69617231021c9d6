"""What must hold before a promotion: the gates of packgate.yaml, with defaults for what it does not say."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from packgate.release.subject import POLICY, THREAT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packgate.release.subject import Subject
    from packgate.source.result import LoadResult

NEXT = {"audit": "warn", "warn": "block"}


@dataclass(frozen=True, slots=True)
class Limits:
    """The gates of one stage; `docs/promoting.md` says what each is for. Shares are from 0 to 1."""

    min_cases: int = 1
    min_coverage: float = 0.0
    min_days: int = 0
    min_events: int = 0
    max_benign_rate: float = 1.0
    max_match_rate: float = 1.0
    max_open_reports: int = 0
    min_approvals: int = 0
    min_reviewed: float = 0.0
    min_users: int = 0
    max_would_block_rate: float = 1.0
    min_heed_rate: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """By the keys of packgate.yaml."""
        return asdict(self)


DEFAULTS = {
    "warn": Limits(min_days=3, min_events=200, max_benign_rate=0.05),
    "block": Limits(min_coverage=0.8, min_days=7, min_events=1000, max_benign_rate=0.01, min_approvals=1),
}
_KEYS = frozenset(field.name for field in fields(Limits))


def limits_for(settings: Mapping[str, Any] | None, stage: str) -> Limits:
    """The gates before a stage, by the data of packgate.yaml (None: there is none). Keys that it lacks keep their default.

    Raises `ValueError` for a stage that nothing is promoted to.
    """
    if stage not in DEFAULTS:
        raise ValueError(f"nothing is promoted to {stage!r}")
    given = ((settings or {}).get("gates") or {}).get(stage) or {}
    return Limits(**{**DEFAULTS[stage].as_json(), **{key: value for key, value in given.items() if key in _KEYS}})


def limits_of(settings: Mapping[str, Any] | None, stage: str, subject: Subject, pack: LoadResult) -> Limits:
    """The gates before a stage for what is promoted: those of packgate.yaml, tightened by the pack's rollout.yaml.

    What rollout.yaml asks for a policy holds for all that moves that policy, its layer and its pack too. It tightens alone: of two limits
    the stricter one holds, so that a pack can't excuse itself from what its repository asks. Raises as `limits_for`.
    """
    found = limits_for(settings, stage).as_json()
    for given in _tightened(subject, pack, stage):
        for key, value in given.items():
            if key in _KEYS:
                found[key] = min(found[key], value) if key.startswith("max_") else max(found[key], value)
    return Limits(**found)


def _tightened(subject: Subject, pack: LoadResult, stage: str) -> Iterator[Mapping[str, Any]]:
    """What rollout.yaml asks for what is promoted, for its threat layers and for its policies."""
    file = pack.rollout
    data = file.data if file is not None and isinstance(file.data, dict) else {}
    gates = data.get("gates") or {}
    layers = {each.threat for each in pack.pack.policies if each.id in subject.policies} if pack.pack is not None else set()
    if subject.kind == THREAT:
        layers = {subject.name}
    names = {"threats": layers, "policies": {subject.name} if subject.kind == POLICY else subject.policies}
    for section, wanted in names.items():
        for name, given in sorted((gates.get(section) or {}).items()):
            if name in wanted:
                yield given.get(stage) or {}
