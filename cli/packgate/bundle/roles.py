"""The four roles that sign a repository of bundles: how many keys, how many signatures, for how long."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from packgate.errors import UserError
from packgate.times import parse

ROLES = ("root", "targets", "snapshot", "timestamp")


@dataclass(frozen=True, slots=True)
class RoleSettings:
    """``keys``: how many keys the role has. ``threshold``: how many of them must sign. ``days``: how long a signature is good."""

    keys: int = 1
    threshold: int = 1
    days: int = 30


# A root is renewed by hand once a year. The timestamp is what shows an enforcement point that it isn't kept from news: it is short.
DEFAULTS = {
    "root": RoleSettings(days=365),
    "targets": RoleSettings(days=90),
    "snapshot": RoleSettings(days=30),
    "timestamp": RoleSettings(days=7),
}


def role_settings(keys: tuple[str, ...], thresholds: tuple[str, ...], expires: tuple[str, ...]) -> dict[str, RoleSettings]:
    """The settings of every role, from options of the form ROLE=NUMBER. Raises `UserError`."""
    settings = dict(DEFAULTS)
    for option, values, field in (("--keys", keys, "keys"), ("--threshold", thresholds, "threshold"), ("--expires", expires, "days")):
        for role, number in role_numbers(option, values).items():
            settings[role] = replace(settings[role], **{field: number})
    for role, one in settings.items():
        if one.threshold > one.keys:
            raise UserError(
                f"role {role}: {one.threshold} signatures are asked of {one.keys} {'key' if one.keys == 1 else 'keys'}",
                f"--keys {role}={one.threshold} makes as many keys as must sign",
            )
    return settings


def role_numbers(option: str, values: tuple[str, ...]) -> dict[str, int]:
    """Options of the form ROLE=NUMBER as a mapping. Raises `UserError`."""
    found = {}
    for value in values:
        role, _, number = value.partition("=")
        if role not in ROLES or not number.isascii() or not number.isdigit() or not 0 < int(number) < 10_000:
            raise UserError(f"{option} {value}: expected ROLE=NUMBER", f"roles are {', '.join(ROLES)}; e.g. {option} root=3")
        found[role] = int(number)
    return found


def utc(text: str) -> datetime:
    """An RFC 3339 time (or a day, which is its beginning) as a datetime in UTC. Raises `UserError`."""
    found = parse(text)
    if found is None:
        raise UserError(f"not a time: {text!r}", "write it like 2026-01-31T12:00:00Z")
    return found.replace(microsecond=0)


def expiry(now: str, days: int) -> datetime:
    """When a signature made at ``now`` (RFC 3339) stops being good."""
    return utc(now) + timedelta(days=days)
