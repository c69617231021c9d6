"""The gate of an image: packs, catalog and assignments of which each part is read when a decision first comes across it."""

from __future__ import annotations

from packgate.catalog.lookup import Catalog
from packgate.engine.assignments import Assignments
from packgate.engine.gate import Gate, environment_words
from packgate.engine.plain import assignment_from
from packgate.engine.prepared import PreparedEngine
from packgate.hook.opening import PLACE_SIZE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.hook.opening import Image

# The segments of an image that a gate is made from.
COMMON = "gate"
FAMILY = "family "
PROGRAMS = "catalog"


class PreparedCatalog(Catalog):
    """A catalog of which each program is read from the image when it first occurs. ``places``: those of the programs, one after another."""

    __slots__ = ("_image", "_places")

    def __init__(self, image: Image, data: dict[str, Any]) -> None:
        self._image = image
        self._places: bytes = data["places"]
        super().__init__({**data, "programs": [None] * (len(self._places) // PLACE_SIZE)})

    def entry(self, index: int) -> dict[str, Any]:
        """The decoded structure of a program by its number."""
        found = self.entries[index]
        if found is None:
            found = self.entries[index] = self._image.part(self._places[index * PLACE_SIZE:(index + 1) * PLACE_SIZE])
        return found  # type: ignore[no-any-return]


def open_gate(image: Image) -> Gate:
    """The gate of an image. Raises `ImageError` for a damaged one, now or when a decision needs what is damaged."""
    common = image.segment(COMMON)
    places: bytes = common["rules"]

    def family(name: str) -> Any:
        return image.segment(FAMILY + name) if image.has(FAMILY + name) else None

    def rule(rank: int) -> Any:
        return image.part(places[rank * PLACE_SIZE:(rank + 1) * PLACE_SIZE])

    engine = PreparedEngine(common["engine"], family, rule, _detects)
    items = [assignment_from(item) for item in common["assignments"]]
    catalog = PreparedCatalog(image, image.segment(PROGRAMS))
    return Gate(catalog, engine, environment_words(engine.packs), Assignments(items) if items else None)


def _detects(detector: str, text: str) -> bool:
    from packgate.guard.detectors import detects

    return detects(detector, text)
