"""The manifest: what a bundle is, and the digest of everything in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.bundle.canonical import canonical, digest, parse
from packgate.bundle.names import is_plain
from packgate.bundle.refusals import Damaged, MemberAltered, NotCanonical, UnknownSchema
from packgate.model.policy import STAGES
from packgate.times import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MANIFEST = "manifest.json"
SCHEMA = 1

_PACK = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
VERSION = re.compile(r"(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,8})")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_TAG = re.compile(r"[!-~]{1,200}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
MOST_REVISIONS = 2**53


@dataclass(frozen=True, slots=True)
class Member:
    """What the manifest says of a member: SHA-256 in hexadecimal and size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of itself. Times are RFC 3339 in UTC, to the second; ``commit`` and ``tag`` are None for a folder's content;
    ``digest`` (``sha256:…``) is that of the manifest without this key, and names the bundle: it covers every member."""

    pack: str
    version: str
    stage: str
    revision: int
    commit: str | None
    tag: str | None
    created: str
    not_before: str
    expires: str
    minimum_engine: str
    members: Mapping[str, Member]
    digest: str


def seal(fields: dict[str, Any], members: Mapping[str, bytes]) -> bytes:
    """The bytes of a manifest: the fields, every member's digest and size, and the digest of it all."""
    listed = {name: {"sha256": digest(data), "size": len(data)} for name, data in members.items()}
    unsealed = {**fields, "schema": SCHEMA, "members": listed}
    return canonical({**unsealed, "digest": "sha256:" + digest(canonical(unsealed))})


def read_manifest(data: bytes) -> Manifest:
    """A manifest from its bytes. Raises `Refused`: unknown schema, damaged, altered, not canonical, in this order."""
    try:
        value = parse(data)
    except ValueError as error:
        raise Damaged(f"the manifest cannot be read: {error}") from None
    if not isinstance(value, dict) or "schema" not in value:
        raise Damaged("the manifest says no schema")
    if value["schema"] != SCHEMA or isinstance(value["schema"], bool):
        raise UnknownSchema(f"the bundle has schema {value['schema']!r:.40}; this packgate reads {SCHEMA}")
    _check(value)
    unsealed = {name: item for name, item in value.items() if name != "digest"}
    if value["digest"] != "sha256:" + digest(canonical(unsealed)):
        raise MemberAltered("the manifest is not the one that was sealed: its digest does not fit")
    if canonical(value) != data:
        raise NotCanonical("the manifest is not written as a builder writes it")
    members = {name: Member(item["sha256"], item["size"]) for name, item in value["members"].items()}
    fields = {name: item for name, item in value.items() if name not in ("schema", "members")}
    return Manifest(members=members, **fields)


def _check(value: dict[str, Any]) -> None:
    if set(value) != {*_FIELDS, "schema"}:
        odd = sorted(set(value) ^ {*_FIELDS, "schema"})
        raise Damaged(f"the manifest lacks or adds keys: {', '.join(odd):.200}")
    for name, fits in _FIELDS.items():
        if not fits(value[name]):
            raise Damaged(f"the manifest's '{name}' has a wrong form")


def _text(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _count(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= MOST_REVISIONS


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and moment(value) == value


def _are_members(value: Any) -> bool:
    return isinstance(value, dict) and MANIFEST not in value and all(is_plain(name) and _is_member(item) for name, item in value.items())


def _is_member(item: Any) -> bool:
    return isinstance(item, dict) and set(item) == {"sha256", "size"} and _text(_SHA256)(item["sha256"]) and _count(item["size"], 0)


_FIELDS: dict[str, Callable[[Any], bool]] = {
    "pack": _text(_PACK),
    "version": _text(VERSION),
    "stage": lambda value: isinstance(value, str) and value in STAGES,
    "revision": lambda value: _count(value, 1),
    "commit": lambda value: value is None or _text(_COMMIT)(value),
    "tag": lambda value: value is None or _text(_TAG)(value),
    "created": _is_time,
    "not_before": _is_time,
    "expires": _is_time,
    "minimum_engine": _text(VERSION),
    "members": _are_members,
    "digest": _text(re.compile("sha256:" + _SHA256.pattern)),
}
