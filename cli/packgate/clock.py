"""The only place that asks what time it is; everything else is given the time."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """The current time in UTC, to the second, in RFC 3339: ``2026-01-31T09:30:00Z``."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def today() -> str:
    """The current day in UTC: ``2026-01-31``."""
    return now()[:10]
