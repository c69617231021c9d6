"""Writes the file of an image (see `hook.opening` for its form)."""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any

from packgate.hook.opening import check_sum, tag

if TYPE_CHECKING:
    from types import CodeType

    from packgate.hook.opening import Image


class ImageWriter:
    """Collects segments. Equal contents give equal bytes."""

    def __init__(self) -> None:
        self._segments: list[bytes] = []
        self._size = 0
        self._places: dict[str, bytes] = {}

    def continue_from(self, image: Image, data: bytes) -> None:
        """Begin with all segments of an image, whose file has these bytes. Raises `ImageError` when one is damaged."""
        for name in image.places:
            image.segment(name)
        self._segments = [data[image.start:]]
        self._size = len(data) - image.start
        self._places = dict(image.places)

    def part(self, value: Any) -> bytes:
        """Add what can be marshalled; its place, for a table of places."""
        data = marshal.dumps(value)
        place = self._size.to_bytes(4, "little") + len(data).to_bytes(4, "little") + check_sum(data)
        self._segments.append(data)
        self._size += len(data)
        return place

    def segment(self, name: str, value: Any) -> None:
        """Add a segment that is found by its name."""
        self._places[name] = self.part(value)

    def finish(self, about: dict[str, Any], boot: dict[str, CodeType]) -> bytes:
        """The bytes of the file."""
        header = marshal.dumps((about, self._places, boot))
        return b"".join([tag(), len(header).to_bytes(4, "little"), check_sum(header), header, *self._segments])
