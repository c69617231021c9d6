"""The only place that asks what time it is; everything else is given the time."""

from __future__ import annotations

from functools import lru_cache
from time import time

from packgate.times import from_epoch


def now() -> str:
    """The current time in UTC, to the second, in RFC 3339: ``2026-01-31T09:30:00Z``."""
    return _written(int(time()))


@lru_cache(maxsize=1)
def _written(seconds: int) -> str:
    return from_epoch(seconds)


def seconds() -> float:
    """The current time in seconds since 1970."""
    return time()


def today() -> str:
    """The current day in UTC: ``2026-01-31``."""
    return now()[:10]
