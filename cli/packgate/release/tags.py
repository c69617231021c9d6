"""Names of release tags: `<pack>/v<version>-<stage>`, with `+r<n>` for a revision that repeats version and stage."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packgate.release.record import Record

STAGES = ("audit", "warn", "block")

_NAME = re.compile(
    r"(?P<pack>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)/v(?P<version>(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*))"
    r"-(?P<stage>audit|warn|block)(?:\+r(?P<again>[1-9]\d*))?"
)


@dataclass(frozen=True, slots=True)
class TagName:
    """What the name of a release tag says. ``again`` is the revision that the name spells out, None in the plain form; the revision
    that counts is the one recorded in the tag."""

    pack: str
    version: str
    stage: str
    again: int | None = None

    def __str__(self) -> str:
        plain = f"{self.pack}/v{self.version}-{self.stage}"
        return plain if self.again is None else f"{plain}+r{self.again}"


@dataclass(frozen=True, slots=True)
class Release:
    """A release as its tag records it. ``revision`` rises by one or more with every release of a pack and is what orders them;
    ``time`` (RFC 3339, UTC) is the tagger's; ``commit`` the full id; ``signed`` the principal of a good signature, None without one;
    ``object`` the id of the tag itself."""

    name: TagName
    revision: int
    commit: str
    time: str
    tagger: str
    record: Record
    signed: str | None = None
    object: str = ""

    @property
    def tag(self) -> str:
        """The tag's name."""
        return str(self.name)


def parse_tag(name: str) -> TagName | None:
    """The parts of a release tag's name; None for any other tag."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    again = found["again"]
    return TagName(found["pack"], found["version"], found["stage"], None if again is None else int(again))
