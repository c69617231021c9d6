"""All detectors, and the sets of them that a policy can name."""

from __future__ import annotations

from packgate.guard.detector import PERSONAL, SECRET, Detector
from packgate.guard.tables import ai, cloud, generic, hosting, keys, personal, services, stores

# The order is that of precedence: of hits that overlap, the one that comes first here gives its name.
DETECTORS: tuple[Detector, ...] = (
    *keys.ROWS, *hosting.ROWS, *cloud.ROWS, *ai.ROWS, *services.ROWS, *stores.ROWS, *generic.ROWS, *personal.ROWS,
)
BY_ID: dict[str, Detector] = {detector.id: detector for detector in DETECTORS}
RANK: dict[str, int] = {detector.id: rank for rank, detector in enumerate(DETECTORS)}

SECRETS = "secrets"
PERSONAL_DATA = "personal-data"
# Behind an id: its documented examples, reserved numbers and placeholders count too.
OR_EXAMPLE = "-or-example"


def _sets() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {SECRETS: [], PERSONAL_DATA: []}
    for detector in DETECTORS:
        if not detector.loose:
            found[SECRETS if detector.kind == SECRET else PERSONAL_DATA].append(detector.id)
            for group in detector.groups:
                found.setdefault(group, []).append(detector.id)
    return {name: tuple(ids) for name, ids in found.items()}


SETS: dict[str, tuple[str, ...]] = _sets()


def members(name: str) -> tuple[str, ...]:
    """The ids of the detectors that a policy names: one, or those of a set. Raises `KeyError` for a name that there is not."""
    plain = name.removesuffix(OR_EXAMPLE)
    if plain in SETS:
        return SETS[plain]
    return (BY_ID[plain].id,)


def is_name(name: str) -> bool:
    """Whether there is a detector or set of a name that a policy writes."""
    plain = name.removesuffix(OR_EXAMPLE)
    return plain in SETS or plain in BY_ID


def names() -> tuple[str, ...]:
    """Every name that a policy can write, without the ending `OR_EXAMPLE`: sets, then detectors in the order of the table."""
    return (*SETS, *BY_ID)


__all__ = [
    "BY_ID", "DETECTORS", "OR_EXAMPLE", "PERSONAL", "PERSONAL_DATA", "RANK", "SECRET", "SECRETS", "SETS", "is_name", "members",
    "names",
]
