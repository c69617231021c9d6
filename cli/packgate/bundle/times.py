"""Moments in UTC, to the second: as text they sort as they follow each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_WRITTEN = "%Y-%m-%dT%H:%M:%SZ"


def moment(text: str) -> str | None:
    """An RFC 3339 time, or a day, as ``2026-01-31T09:30:00Z``; without an offset it is UTC. None when it is neither."""
    try:
        found = datetime.fromisoformat(text)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    # Years before 1000 are written with fewer digits on some systems.
    return found.strftime(_WRITTEN) if found.year >= 1000 else None


def later(time: str, days: int) -> str:
    """A moment (as `moment` writes it) some days later. Raises `OverflowError` beyond the calendar."""
    return (datetime.strptime(time, _WRITTEN) + timedelta(days=days)).strftime(_WRITTEN)


def from_epoch(seconds: int) -> str:
    """The moment of seconds since 1970. Raises `ValueError` or `OverflowError` beyond the calendar."""
    return datetime.fromtimestamp(seconds, UTC).strftime(_WRITTEN)
