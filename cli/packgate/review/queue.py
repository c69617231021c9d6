"""The queue: the clusters of a simulation, each with what was said of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.review.store import ACCEPT, REJECT, TEST, WAIVE, Review, latest
from packgate.source.schema import schema_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

OPEN, CHANGED = "open", "changed"
STATES = {ACCEPT: "accepted", REJECT: "rejected", WAIVE: "waived", TEST: "tested"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A cluster as JSON (see ``schema/simulation.schema.json``) with the review that counts. ``state``: `OPEN`; `CHANGED` when a policy
    says something else than when it was reviewed; else what was decided."""

    item: Mapping[str, Any]
    review: Review | None
    state: str

    @property
    def id(self) -> str:
        """The cluster's id."""
        return str(self.item["id"])

    @property
    def is_open(self) -> bool:
        """Whether somebody has to look at it."""
        return self.state in (OPEN, CHANGED)

    @property
    def because(self) -> list[str]:
        """The policies, as ``pack/policy``."""
        return [f"{each['pack']}/{each['policy']}" for each in self.item["because"]]


def queue(simulation: Mapping[str, Any], reviews: Iterable[Review]) -> list[Entry]:
    """The clusters of a simulation, given as JSON, in its order."""
    known = latest(reviews)
    return [Entry(item, known.get(item["id"]), _state(item, known.get(item["id"]))) for item in simulation["clusters"]]


def _state(item: Mapping[str, Any], review: Review | None) -> str:
    if review is None:
        return OPEN
    return STATES[review.decision] if review.conditions == item["conditions"] else CHANGED


def reviewed_share(entries: Sequence[Entry]) -> tuple[int, int]:
    """How many events stand in clusters that are not open, and how many in all."""
    return sum(each.item["events"] for each in entries if not each.is_open), sum(each.item["events"] for each in entries)


def find(entries: Sequence[Entry], name: str) -> Entry:
    """The entry with an id, or the only one whose id begins so. Raises `UserError`."""
    wanted = name if name.startswith("c-") else f"c-{name}"
    found = [each for each in entries if each.id == wanted] or [each for each in entries if each.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(f"'{name}' stands for several clusters: {', '.join(each.id for each in found)}")
    raise UserError(f"the simulation has no cluster '{name}'", "`packgate review list` shows them")


def read_simulation(text: bytes, shown: str) -> dict[str, Any]:
    """What `packgate simulate --format json` printed. Raises `UserError`."""
    hint = "it is what `packgate simulate --format json` prints"
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{shown}: not JSON: {error}", hint) from error
    errors = schema_errors(data, "simulation")
    if errors:
        place = "/".join(str(part) for part in errors[0].absolute_path)
        raise UserError(f"{shown}: no simulation: {place or 'it'}: {errors[0].message[:200]}", hint)
    found: dict[str, Any] = data
    return found
