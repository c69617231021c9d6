"""Stands in for `re` in the modules of an image: regular expressions that were compiled when it was built, and `re` itself for the rest.

`re` and its compiler cost more than a whole decision. What the compiler would hand to ``_sre.compile`` lies in the image; a pattern that
was not foreseen is compiled by the real `re`, with the same result, only later.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import Match, Pattern
    from typing import Any

    from packgate.hook.opening import Image

IGNORECASE = 2
MULTILINE = 8
DOTALL = 16
VERBOSE = 64

SEGMENT = "patterns"

_PLACE_SIZE = 16
_made: dict[tuple[Any, int], Pattern[Any]] = {}
_image: list[Image] = []
# The number of each pattern, and the places of all; empty until the first pattern is needed.
_known: list[tuple[dict[tuple[Any, int], int], bytes]] = []
# Patterns that the image lacks, in the order they were asked for: what an image is to hold is found out so.
unforeseen: list[tuple[Any, int]] = []


def use(image: Image) -> None:
    """Take patterns from an image."""
    _image[:] = [image]


def compile(pattern: Any, flags: int = 0) -> Pattern[Any]:
    """As `re.compile`."""
    if not isinstance(pattern, (str, bytes)):
        return pattern  # type: ignore[no-any-return]
    key = (pattern, int(flags))
    found = _made.get(key)
    if found is None:
        found = _made[key] = _restored(key) or _compiled(key)
    return found


def _restored(key: tuple[Any, int]) -> Pattern[Any] | None:
    if not _image:
        return None
    if not _known:
        _known.append(_image[0].segment(SEGMENT))
    numbers, places = _known[0]
    number = numbers.get(key)
    if number is None:
        return None
    import _sre  # type: ignore[import-not-found]

    flags, codes, *more = _image[0].part(places[number * _PLACE_SIZE:(number + 1) * _PLACE_SIZE])
    return _sre.compile(key[0], flags, memoryview(codes).cast("I").tolist(), *more)  # type: ignore[no-any-return]


def _compiled(key: tuple[Any, int]) -> Pattern[Any]:
    import re

    unforeseen.append(key)
    return re.compile(*key)


def match(pattern: Any, text: Any, flags: int = 0) -> Match[Any] | None:
    """As `re.match`."""
    return compile(pattern, flags).match(text)


def fullmatch(pattern: Any, text: Any, flags: int = 0) -> Match[Any] | None:
    """As `re.fullmatch`."""
    return compile(pattern, flags).fullmatch(text)


def search(pattern: Any, text: Any, flags: int = 0) -> Match[Any] | None:
    """As `re.search`."""
    return compile(pattern, flags).search(text)


def sub(pattern: Any, replacement: Any, text: Any, count: int = 0, flags: int = 0) -> Any:
    """As `re.sub`."""
    return compile(pattern, flags).sub(replacement, text, count)


def split(pattern: Any, text: Any, maxsplit: int = 0, flags: int = 0) -> list[Any]:
    """As `re.split`."""
    return compile(pattern, flags).split(text, maxsplit)


def findall(pattern: Any, text: Any, flags: int = 0) -> list[Any]:
    """As `re.findall`."""
    return compile(pattern, flags).findall(text)


def finditer(pattern: Any, text: Any, flags: int = 0) -> Iterator[Match[Any]]:
    """As `re.finditer`."""
    return compile(pattern, flags).finditer(text)


def __getattr__(name: str) -> Any:
    """Whatever else `re` has."""
    import re

    return getattr(re, name)
