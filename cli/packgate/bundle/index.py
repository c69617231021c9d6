"""The index of a snapshot: the current bundle of every pack, and the assignments. It is a TUF target like the bundles that it lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.bundle.canonical import canonical, parse
from packgate.bundle.distrust import IndexMalformed
from packgate.bundle.names import file_name

if TYPE_CHECKING:
    from packgate.bundle.verify import Bundle

INDEX = "index.json"
ASSIGNMENTS = "assignments.yaml"
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """The current bundle of a pack. ``file``: the bundle's file name and target name. ``digest`` is the bundle's own, ``sha256:…``.
    ``ungated``: the reason for which it was published without its gates being computed again, None where they were."""

    pack: str
    version: str
    stage: str
    revision: int
    digest: str
    file: str
    ungated: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """``entries`` by pack, sorted. ``assignments``: digest of the assignments file, None when none is published."""

    entries: tuple[Entry, ...]
    assignments: str | None = None

    def of(self, pack: str) -> Entry | None:
        """The entry of a pack."""
        return next((entry for entry in self.entries if entry.pack == pack), None)


def to_bytes(index: Index) -> bytes:
    """The canonical bytes of an index."""
    packs = [
        {
            "pack": one.pack, "version": one.version, "stage": one.stage, "revision": one.revision,
            "digest": one.digest, "file": one.file, **({} if one.ungated is None else {"ungated": one.ungated}),
        }
        for one in sorted(index.entries, key=lambda one: one.pack)
    ]
    return canonical({"v": 1, "packs": packs, "assignments": index.assignments})


def from_bytes(data: bytes) -> Index:
    """The index of its bytes. Raises `IndexMalformed`."""
    try:
        content = parse(data)
        if content["v"] != 1:
            raise IndexMalformed(f"the index is of format {content['v']}, this packgate reads 1", "update packgate")
        entries = tuple(_entry(one) for one in content["packs"])
        named = content["assignments"]
        found = Index(entries, None if named is None else _digest(named))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexMalformed(f"the index can't be read: {type(error).__name__}: {error}") from None
    names = [one.pack for one in entries]
    if names != sorted(set(names)):
        raise IndexMalformed("the index lists a pack twice, or out of order")
    return found


def entry_of(bundle: Bundle, ungated: str | None = None) -> Entry:
    """How the index lists a bundle. ``ungated`` as of `Entry`."""
    said = bundle.manifest
    return Entry(said.pack, said.version, said.stage, said.revision, said.digest, file_name(said), ungated)


def _entry(one: dict[str, Any]) -> Entry:
    if not _NAME.fullmatch(one["pack"]) or not _FILE.fullmatch(one["file"]) or one["stage"] not in {"audit", "warn", "block"}:
        raise ValueError("an entry with a name or a stage that is none")
    if type(one["revision"]) is not int or one["revision"] < 1:
        raise ValueError("an entry without a revision")
    ungated = one.get("ungated")
    if ungated is not None and not isinstance(ungated, str):
        raise ValueError("an entry whose reason is no text")
    return Entry(one["pack"], str(one["version"]), one["stage"], one["revision"], _digest(one["digest"]), one["file"], ungated)


def _digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise ValueError("a digest that is none")
    return text
