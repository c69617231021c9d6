"""What a folder of bundles decided with before levels took it over, kept so that it can be in use again.

    KEEP/levels.json    the snapshots that levels activated
    KEEP/before/        a copy of the snapshot that was in use before the first of them
"""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

from packgate.bundle.build import Built
from packgate.bundle.durable import write_whole
from packgate.bundle.index import ASSIGNMENTS
from packgate.bundle.installed import joined, read_active
from packgate.bundle.refusals import Refused
from packgate.bundle.verify import open_bundle
from packgate.installation.local_bundles import Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

_OURS, _BEFORE, _FILES = "levels.json", "before", "files.json"


def keep_before(keep: str, into: str) -> None:
    """Copy what is in use in a folder of bundles, unless a level activated it. Raises `OSError`."""
    active = read_active(into)
    if active is None or active.snapshot in _ours(keep, into):
        return
    place, part = os.path.join(keep, _BEFORE), os.path.join(keep, f"{_BEFORE}-part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(os.path.join(into, "snapshots", active.snapshot), part)
    about = {"into": into, "files": sorted(active.files.values()), "assignments": active.assignments}
    write_whole(os.path.join(part, _FILES), json.dumps(about).encode())
    shutil.rmtree(place, ignore_errors=True)
    os.rename(part, place)


def note_ours(keep: str, into: str) -> None:
    """Note that what is in use was activated by a level."""
    active = read_active(into)
    if active is not None:
        known = [*_ours(keep, into), active.snapshot][-10:]
        write_whole(os.path.join(keep, _OURS), (json.dumps({into: known}) + "\n").encode())


def kept_before(keep: str, into: str, now: str) -> Snapshot | None:
    """The snapshot that was kept, ready to be activated; None when there is none for this folder."""
    place = os.path.join(keep, _BEFORE)
    try:
        with open(os.path.join(place, _FILES), encoding="utf-8") as file:
            data = json.load(file)
        if data["into"] != into:
            return None
        built: Sequence[Built] = [Built(name, _read(place, name)) for name in data["files"]]
        assignments = _read(place, ASSIGNMENTS) if data["assignments"] else None
        joined([open_bundle(each.data, now=now) for each in built], assignments).gate()
    except (OSError, ValueError, KeyError, TypeError, Refused):
        # Damaged, or expired meanwhile: what the repository holds is built instead.
        return None
    return Snapshot(into, tuple(built), assignments, now)


def _ours(keep: str, into: str) -> list[str]:
    try:
        with open(os.path.join(keep, _OURS), encoding="utf-8") as file:
            found = json.load(file).get(into, [])
    except (OSError, ValueError, AttributeError):
        return []
    return [str(each) for each in found]


def _read(place: str, name: str) -> bytes:
    with open(os.path.join(place, name), "rb") as file:
        return file.read()
