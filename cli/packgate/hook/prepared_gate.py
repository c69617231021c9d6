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
    from collections.abc import Iterator, Mapping
    from typing import Any

    from packgate.hook.opening import Image

# The segments of an image that a gate is made from.
COMMON = "gate"
FAMILY = "family "
PROGRAMS = "catalog"
# And the one with what masking looks for first.
LOOK = "look"


class Names:
    """A dictionary from names to numbers that is one text, ``\\nNAME\\tNUMBER\\n…``: to look a few up takes less than to make it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def get(self, name: str) -> int | None:
        """The number of a name."""
        if "\n" in name or "\t" in name:
            return None
        start = self._text.find(f"\n{name}\t")
        if start < 0:
            return None
        start += len(name) + 2
        return int(self._text[start:self._text.index("\n", start)])

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter([line.partition("\t")[0] for line in self._text.split("\n")[1:-1]])

    @staticmethod
    def text(numbers: Mapping[str, int]) -> str:
        """The text of a dictionary. Raises `ValueError` for a name that can't stand in it."""
        if any("\n" in name or "\t" in name for name in numbers):
            raise ValueError("a name of the catalog has a line end or a tab")
        return "\n" + "".join([f"{name}\t{number}\n" for name, number in numbers.items()])


class Levels:
    """The levels of a program, each decoded when it is reached."""

    __slots__ = ("_parts",)

    def __init__(self, parts: list[bytes]) -> None:
        self._parts = parts

    def __getitem__(self, index: int) -> Any:
        from marshal import loads

        return loads(self._parts[index])  # noqa: S302 - the image was checked


class PreparedCatalog(Catalog):
    """A catalog of which each program is read from the image when it first occurs. ``places``: those of the programs, one after another."""

    __slots__ = ("_image", "_places")

    def __init__(self, image: Image, data: dict[str, Any]) -> None:
        self._image = image
        self._places: bytes = data["places"]
        super().__init__({**data, "names": Names(data["names"]), "programs": [None] * (len(self._places) // PLACE_SIZE)})

    def entry(self, index: int) -> dict[str, Any]:
        """The structure of a program by its number."""
        found = self.entries[index]
        if found is None:
            read = self._image.part(self._places[index * PLACE_SIZE:(index + 1) * PLACE_SIZE])
            found = self.entries[index] = {**read, "levels": Levels(read["levels"])}
        return found  # type: ignore[no-any-return]

    @staticmethod
    def program_to(entry: dict[str, Any]) -> dict[str, Any]:
        """A program as an image holds it."""
        from marshal import dumps

        return {**entry, "levels": [dumps(level) for level in entry["levels"]]}


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
