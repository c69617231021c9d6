"""Moments in UTC, to the second: as text they sort as they follow each other. What time it is now only `clock` asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_WRITTEN = "%Y-%m-%dT%H:%M:%SZ"


def parse(text: str) -> datetime | None:
    """An RFC 3339 time, or a day, in UTC; without an offset it is UTC. None when it is neither."""
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def written(time: datetime) -> str:
    """A time in UTC as ``2026-01-31T09:30:00Z``."""
    return time.strftime(_WRITTEN)


def moment(text: str) -> str | None:
    """What `parse` reads, as `written` writes it; None when it reads nothing."""
    found = parse(text)
    # Years before 1000 are written with fewer digits on some systems.
    return written(found) if found is not None and found.year >= 1000 else None


def later(time: str, days: int) -> str:
    """A moment (as `moment` writes it) some days later. Raises `OverflowError` beyond the calendar."""
    return written(datetime.strptime(time, _WRITTEN) + timedelta(days=days))


def from_epoch(seconds: int) -> str:
    """The moment of seconds since 1970. Raises `ValueError` or `OverflowError` beyond the calendar."""
    return written(datetime.fromtimestamp(seconds, UTC))
