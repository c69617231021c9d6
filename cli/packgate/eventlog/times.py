"""Seconds as people and records write them, at no price for loading `datetime`."""

from __future__ import annotations


def written(seconds: int) -> str:
    """Seconds since 1970 in UTC, in RFC 3339."""
    from time import gmtime, strftime

    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(seconds))


def day_number(time: str) -> int | None:
    """The day of a time in UTC (``2026-01-31T…Z``), counted, so that days can be subtracted; None for anything else."""
    year, month, day = time[:4], time[5:7], time[8:10]
    if not (time.endswith("Z") and time[10:11] == "T" and time[4:5] == time[7:8] == "-" and (year + month + day).isdigit()):
        return None
    # Years begin in March here, so that a day more in February is at their end: H. Zeller, Acta Mathematica 9, 1887.
    months = int(year) * 12 + int(month) - 3
    years = months // 12
    return 365 * years + years // 4 - years // 100 + years // 400 + (153 * (months % 12) + 2) // 5 + int(day)
