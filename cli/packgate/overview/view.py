"""All that the page says, as plain data: joined from the packs, git, recorded events, a simulation and the reviews."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.overview.change import change_view
from packgate.overview.evidence import NO_EVENTS, event_parts
from packgate.overview.policies import policy_parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.events.baseline import Baseline
    from packgate.events.reading import Damage
    from packgate.gitio import Repository
    from packgate.overview.recorded import Recorded
    from packgate.release.history import History
    from packgate.review.store import Review
    from packgate.source.workspace import Workspace

NO_SIMULATION = "No simulation was given (--simulation FILE): what a change would do is not known."
_EVENT_PARTS = ("trends", "noisy", "heed", "normal")


@dataclass(frozen=True, slots=True)
class File:
    """A file that the page was made from: its name, what it holds, its size in bytes and its digest."""

    name: str
    what: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Counted:
    """Events, counted."""

    recorded: Recorded
    base: Baseline
    damage: Damage


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a page is made from. ``now``: the time that it is for (RFC 3339); ``repository`` and ``history`` are None outside of git,
    ``counted`` and ``simulation`` where none was given."""

    title: str
    now: str
    packgate: str
    space: Workspace
    repository: Repository | None
    history: History | None
    counted: Counted | None = None
    simulation: Mapping[str, Any] | None = None
    reviews: Sequence[Review] = ()
    files: Sequence[File] = field(default_factory=tuple)


def view_of(inputs: Inputs) -> dict[str, Any]:
    """The view; every part says what it was made from (``sources``) and what it lacks (``missing``)."""
    parts = policy_parts(inputs.space, inputs.repository, inputs.history, inputs.now)
    owners = {policy.id: pack.name for pack in inputs.space.packs for policy in pack.policies}
    counted = inputs.counted
    if counted is None:
        parts.update({name: {"sources": [], "missing": [NO_EVENTS], "none": True} for name in _EVENT_PARTS})
    else:
        found = event_parts(counted.recorded, counted.base, counted.damage, owners)
        parts.update({name: {**part, "none": not counted.recorded.kinds} for name, part in found.items()})
    return {
        "title": inputs.title, "now": inputs.now, "packgate": inputs.packgate, "commit": _commit(inputs.repository), "parts": parts,
        "files": [{"name": each.name, "what": each.what, "size": each.size, "digest": each.digest} for each in inputs.files],
        "change": _change(inputs),
    }


def _commit(repository: Repository | None) -> str | None:
    return repository.commit("HEAD")[:12] if repository is not None and repository.knows("HEAD") else None


def _change(inputs: Inputs) -> dict[str, Any]:
    simulation = inputs.simulation
    if simulation is None:
        return {"sources": [], "missing": [NO_SIMULATION], "none": True}
    found = change_view(simulation, inputs.reviews, inputs.space)
    read = found["read"]
    missing: list[str] = []
    partly = sorted((name, count) for name, count in found["replayed"]["coverage"].items() if name != "full")
    for words, count in (
        ("Events that can't be replayed, and say nothing of either side", found["unreplayed"]),
        ("Lines that are neither events nor actions", read["damaged"]),
        *((f"Actions that were understood only in part ({name})", count) for name, count in partly),
        ("Clusters about policies that say something else here (simulate again)", found["older"]),
    ):
        if count:
            missing.append(f"{words}: {count:,}.")
    files = ", ".join(found["files"])
    sources = [f"{found['replayed']['events']:,} replayed actions, {found['replayed']['distinct']:,} distinct, of {files}"]
    if inputs.reviews:
        sources.append("the reviews in the working tree")
    else:
        missing.append("There are no reviews here: every cluster is open.")
    return {"sources": sources, "missing": missing, "none": False, **found}
