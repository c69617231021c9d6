"""The only place that asks what time it is; everything else is given the time."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from time import time


def now() -> str:
    """The current time in UTC, to the second, in RFC 3339: ``2026-01-31T09:30:00Z``."""
    return _written(int(time()))


@lru_cache(maxsize=1)
def _written(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def today() -> str:
    """The current day in UTC: ``2026-01-31``."""
    return now()[:10]
