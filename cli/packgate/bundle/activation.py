"""Activation: a staged snapshot becomes the one in use by one atomic step, and a crash at any point leaves the old one or the new one.

The step is the replacement of `active.json`, which names the snapshot and the floors of all packs together. What it names is on the disk
before; what nothing names is swept by the next pull.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from typing import TYPE_CHECKING

from packgate.bundle.durable import sync_folder, sync_tree, write_whole
from packgate.bundle.installed import ACTIVE, read_active

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.bundle.installed import Active
    from packgate.bundle.verify import Bundle

_STAGING = "staging-"
LAST = "last.json"


def stage(into: str) -> str:
    """A new folder to stage a snapshot in. Raises `OSError`."""
    place = os.path.join(into, "snapshots")
    os.makedirs(place, exist_ok=True)
    return tempfile.mkdtemp(prefix=_STAGING, dir=place)


def discard(folder: str) -> None:
    """Remove a staged snapshot."""
    shutil.rmtree(folder, ignore_errors=True)


def snapshot_name(index: bytes, packs: Sequence[str]) -> str:
    """The name of a snapshot: it follows from the index and the packs that are wanted of it."""
    return hashlib.sha256(index + "\n".join(packs).encode()).hexdigest()[:32]


def activate(
    into: str, staged: str, name: str, bundles: Sequence[Bundle], files: Mapping[str, str], assignments: bool, now: str
) -> None:
    """Make a staged snapshot the one in use. It has been verified and loaded. Raises `OSError`, with what was in use still in use."""
    before = read_active(into)
    os.chmod(staged, 0o755)  # noqa: S103 - the content is public, and the hook of another user reads it
    sync_tree(staged)
    place = os.path.join(into, "snapshots", name)
    # A folder of this name that is not in use may stem from an activation that was cut off: what was staged now is known to be whole.
    if os.path.isdir(place):
        shutil.rmtree(place)
    os.rename(staged, place)
    sync_folder(os.path.dirname(place))
    held = {} if before is None else dict(before.held)
    held.update({bundle.manifest.pack: bundle.held for bundle in bundles})
    pointer = {
        "v": 1, "snapshot": name, "previous": None if before is None else before.snapshot, "files": dict(files), "assignments": assignments,
        "held": {pack: {"revision": one.revision, "digest": one.digest} for pack, one in sorted(held.items())}, "time": now,
    }
    write_whole(os.path.join(into, ACTIVE), (json.dumps(pointer, indent=1, sort_keys=True) + "\n").encode())


def note(into: str, result: Mapping[str, object]) -> None:
    """Write down how a pull ended, for monitoring; nothing depends on it. Raises `OSError`."""
    write_whole(os.path.join(into, LAST), (json.dumps(result, indent=1, sort_keys=True) + "\n").encode())


def sweep(into: str, active: Active | None) -> None:
    """Remove staged and unnamed snapshots; the one in use and the one before it stay. Only with the lock held."""
    place = os.path.join(into, "snapshots")
    if not os.path.isdir(place):
        return
    keep = set() if active is None else {active.snapshot, active.previous}
    for name in os.listdir(place):
        if name not in keep:
            shutil.rmtree(os.path.join(place, name), ignore_errors=True)
    for name in os.listdir(into):
        if name.startswith(".") and name.endswith(".part"):
            os.remove(os.path.join(into, name))
