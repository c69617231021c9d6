"""Build a bundle: a loaded pack and the facts of its release in, the archive's bytes out. No clock, no environment."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from packgate import __version__
from packgate.bundle.archive import write_archive
from packgate.bundle.canonical import canonical
from packgate.bundle.compiled import COMPILED, to_data
from packgate.bundle.limits import DEFAULT
from packgate.bundle.manifest import MANIFEST, seal
from packgate.bundle.names import file_name, is_plain
from packgate.bundle.provenance import PROVENANCE, provenance
from packgate.bundle.refusals import Refused
from packgate.bundle.sources import gather, used_files
from packgate.bundle.verify import read_bundle
from packgate.errors import UserError
from packgate.source.vocabulary import builtin_vocabulary
from packgate.times import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.source.result import LoadResult
    from packgate.source.workspace import Workspace

# How long a bundle holds when nothing else is said.
DAYS = 365
TARGETS = "targets/"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the release says. ``created``: its time (`times.moment`), from which on the bundle holds; ``days``: for how long."""

    stage: str
    revision: int
    created: str
    commit: str | None = None
    tag: str | None = None
    days: int = DAYS


@dataclass(frozen=True, slots=True)
class Built:
    """A bundle's file."""

    name: str
    data: bytes


def build(
    space: Workspace, result: LoadResult, facts: Facts, *, targets: Mapping[str, bytes] | None = None, engine: str = __version__
) -> Built:
    """A bundle of a pack that was loaded without errors.

    ``space``: the repository around the pack, for its context; ``targets``: rendered files by their path; ``engine``: the version that
    builds. Raises `UserError` for what no bundle can hold.
    """
    pack = result.pack
    if pack is None or result.header is None:
        raise UserError(f"{result.path}: not a pack that was loaded without errors")
    compiled = to_data(pack, result.vocabulary, builtin_vocabulary(), space.lists, space.surroundings)
    members = gather(result, used_files(space.context, compiled))
    members[COMPILED] = canonical(compiled)
    members.update(_targets(targets or {}))
    fields = _fields(pack.name, pack.version, facts, engine)
    members[PROVENANCE] = provenance(fields, members, engine)
    order = [MANIFEST, *sorted(members)]
    data = write_archive({**members, MANIFEST: seal(fields, members)}, order)
    try:
        # What is too large, or written with other bytes than it is read, is found here and not by those who download it.
        bundle = read_bundle(data, DEFAULT)
        bundle.load()
    except Refused as refusal:
        raise UserError(f"{pack.name}: no enforcement point would take this bundle: {refusal.message}") from refusal
    return Built(file_name(bundle.manifest), data)


def _fields(pack: str, version: str, facts: Facts, engine: str) -> dict[str, Any]:
    said = asdict(facts)
    days = said.pop("days")
    try:
        expires = later(facts.created, days)
    except OverflowError:
        raise UserError(f"{days} days after {facts.created} is beyond the calendar") from None
    # A pack may use whatever the engine that tested it knows; patches of one minor version know the same.
    minimum = re.sub(r"^(\d+\.\d+).*", r"\1.0", engine)
    return {**said, "pack": pack, "version": version, "not_before": facts.created, "expires": expires, "minimum_engine": minimum}


def _targets(files: Mapping[str, bytes]) -> dict[str, bytes]:
    found = {TARGETS + name: content for name, content in files.items()}
    for name in found:
        if not is_plain(name):
            raise UserError(f"{name}: a bundle can't have a file with this name")
    return found
