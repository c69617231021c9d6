"""Seconds as people and records write them, at no price for loading `datetime`."""

from __future__ import annotations


def written(seconds: int) -> str:
    """Seconds since 1970 in UTC, in RFC 3339."""
    from time import gmtime, strftime

    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(seconds))
