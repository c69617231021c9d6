"""Names: of members, which may lead nowhere but into their bundle, and of the bundle's file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packgate.bundle.refusals import AbsolutePath, NotCanonical, ParentPath

if TYPE_CHECKING:
    from packgate.bundle.manifest import Manifest

SUFFIX = ".packgate"
LONGEST = 100
_PLAIN = re.compile(r"[A-Za-z0-9._@+-]+(?:/[A-Za-z0-9._@+-]+)*")
_DRIVE = re.compile(r"[A-Za-z]:")


def check_name(name: str) -> None:
    """Refuse a member's name that is absolute, has `..`, or that a builder would not write. Raises `Refused`."""
    parts = re.split(r"[/\\]", name)
    if name.startswith(("/", "\\", "~")) or _DRIVE.match(name):
        raise AbsolutePath(f"the member '{name}' is an absolute path")
    if ".." in parts:
        raise ParentPath(f"the member '{name}' leads out of the bundle")
    if not is_plain(name):
        raise NotCanonical(f"a builder gives no member the name '{name}'")


def is_plain(name: str) -> bool:
    """Whether a builder may give a member this name: relative, without `.` and `..`, ASCII without blanks, of 100 characters at most."""
    return len(name) <= LONGEST and _PLAIN.fullmatch(name) is not None and not {".", ".."} & set(name.split("/"))


def file_name(manifest: Manifest) -> str:
    """What a bundle's file is called: ``recommended-1.4.0-warn-r17.packgate``."""
    return file_name_of(manifest.pack, manifest.version, manifest.stage, manifest.revision)


def file_name_of(pack: str, version: str, stage: str, revision: int) -> str:
    """The same of a release, before there is a bundle of it."""
    return f"{pack}-{version}-{stage}-r{revision}{SUFFIX}"
