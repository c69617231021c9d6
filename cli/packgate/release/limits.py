"""What must hold before a promotion: the gates of packgate.yaml, with defaults for what it does not say."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

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
