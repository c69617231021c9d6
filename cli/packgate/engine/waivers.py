"""Whether a waiver still holds: the one function that says so, with the day as an argument."""

from __future__ import annotations

_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def parse_day(text: str) -> tuple[int, int, int] | None:
    """Year, month and day of ``2026-01-31``; None when it is not a day of the calendar."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    parts = text[:4], text[5:7], text[8:]
    if not all(part.isascii() and part.isdigit() for part in parts):
        return None
    year, month, day = int(parts[0]), int(parts[1]), int(parts[2])
    if not (year and 1 <= month <= 12):
        return None
    leap = month == 2 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return (year, month, day) if 1 <= day <= _MONTHS[month - 1] + leap else None


def utc_day(now: str) -> tuple[int, int, int] | None:
    """The day in UTC of an RFC 3339 time or a plain day; a time without an offset is UTC. None when it is neither."""
    if len(now) == 10:
        return parse_day(now)
    if len(now) < 19 or now[10] not in "Tt ":
        return None
    if now[-1] in "Zz" or now.endswith(("+00:00", "-00:00")) or not ("+" in now[19:] or "-" in now[19:]):
        return parse_day(now[:10])
    # Another offset can be another day; rare, hence only here.
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(now).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment.year, moment.month, moment.day


def is_expired(expires: str, now: str | None) -> bool:
    """Whether the last day of a waiver, inclusive and in UTC, has passed. A malformed day, or no known time, counts as
    expired: an exception holds only while that is certain."""
    last = parse_day(expires)
    today = None if now is None else utc_day(now)
    return last is None or today is None or today > last
