"""What a folder of pulled bundles decides with: packs, the stages of their releases, assignments.

    INTO/active.json            which snapshot is in use, and the highest revision of every pack that ever was: replaced in one step
    INTO/snapshots/<id>/        a whole snapshot: index.json, the bundles, assignments.yaml
    INTO/trust/                 trusted metadata (`trust`)
    INTO/last.json              how the last pull ended, for people and monitoring
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.bundle.assigned import read_assignments
from packgate.bundle.context import joined_context
from packgate.bundle.distrust import Unloadable
from packgate.bundle.index import ASSIGNMENTS
from packgate.bundle.verify import Held, read_bundle
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.bundle.verify import Bundle
    from packgate.engine.gate import Gate
    from packgate.engine.surroundings import Surroundings
    from packgate.model.policy import Pack
    from packgate.model.vocabulary import Vocabulary

ACTIVE = "active.json"


@dataclass(frozen=True, slots=True)
class Active:
    """The pointer to what is in use. ``files``: bundle file by pack, below the snapshot's folder. ``held``: the floor of every pack."""

    snapshot: str
    files: Mapping[str, str]
    held: Mapping[str, Held]
    assignments: bool = False
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Installed:
    """The installed packs with what decisions need. ``releases``: the stage of each pack's release. ``assignments``: the file's entries in
    order, None when none is published."""

    packs: tuple[Pack, ...]
    vocabulary: Vocabulary
    releases: Mapping[str, str]
    assignments: Sequence[dict[str, Any]] | None = None
    bundles: Sequence[Bundle] = field(default_factory=tuple)
    surroundings: Surroundings | None = None

    def gate(self) -> Gate:
        """The gate of the installed packs. Raises what compiling them raises.

        An assignment that names a list of the context is not for enforcement points, which have no context: `Unloadable`.
        """
        from packgate.engine.assignments import Assignments
        from packgate.engine.gate import build_gate
        from packgate.source.build import build_assignment

        items = [build_assignment(item, number) for number, item in enumerate(self.assignments or ())]
        try:
            assignments = Assignments(items) if items else None
        except ValueError as error:
            raise Unloadable(f"the assignments can't be used: {error}") from error
        return build_gate(self.packs, self.vocabulary, releases=self.releases, assignments=assignments, surroundings=self.surroundings)


def read_active(folder: str) -> Active | None:
    """What is in use in a folder of bundles; None when nothing was ever activated. Raises `UserError` for a file that can't be read."""
    path = os.path.join(folder, ACTIVE)
    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        held = {name: Held(name, one["revision"], one["digest"]) for name, one in data["held"].items()}
        return Active(data["snapshot"], data["files"], held, data["assignments"], data["previous"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path} can't be read: {error}", "the folder was changed by something else; pull into a new one") from None


def load_installed(folder: str) -> Installed:
    """The snapshot that is in use in a folder of bundles, verified again.

    A bundle that has expired meanwhile still decides: an enforcement point that no news reaches must not stop protecting.
    Raises `UserError` when nothing is installed, `Refused` when a file was altered on the disk.
    """
    active = read_active(folder)
    if active is None:
        raise UserError(f"{folder}: no bundle is installed here", f"packgate bundle pull URL --root ROOT.json --into {folder}")
    place = os.path.join(folder, "snapshots", active.snapshot)
    try:
        bundles = [read_bundle(_bytes(os.path.join(place, file))) for _, file in sorted(active.files.items())]
        assignments = _bytes(os.path.join(place, ASSIGNMENTS)) if active.assignments else None
    except OSError as error:
        raise UserError(f"{error.filename}: {error.strerror}", "packgate bundle pull fetches it again") from None
    for bundle in bundles:
        if bundle.held != active.held.get(bundle.manifest.pack):
            raise Unloadable(f"{place} holds another bundle of {bundle.manifest.pack} than was activated")
    return joined(bundles, assignments)


def joined(bundles: Sequence[Bundle], assignments: bytes | None) -> Installed:
    """Bundles of one snapshot, loaded together. Raises `Refused`."""
    loaded = [bundle.load() for bundle in bundles]
    if not loaded:
        raise Unloadable("the snapshot holds no bundle")
    vocabulary = loaded[0].vocabulary
    for one in loaded[1:]:
        for name, kind in one.vocabulary.fields.items():
            if name in vocabulary.fields and vocabulary.fields[name].type != kind.type:
                raise Unloadable(f"the field '{name}' has another type in {one.packs[0].name} than in a pack that is loaded with it")
        vocabulary = vocabulary.extended(one.vocabulary.families.values(), one.vocabulary.fields.values())
    packs = []
    for one in loaded:
        for pack in one.packs:
            # Two bundles may carry lists of one name from different repositories: each pack keeps its own.
            pack.lists = {**one.lists, **pack.lists}
            packs.append(pack)
    try:
        entries = None if assignments is None else read_assignments(assignments, ASSIGNMENTS)
    except UserError as error:
        raise Unloadable(error.message) from None
    releases = {name: stage for one in loaded for name, stage in one.releases.items()}
    return Installed(tuple(packs), vocabulary, releases, entries, tuple(bundles), joined_context(one.context for one in loaded))


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
