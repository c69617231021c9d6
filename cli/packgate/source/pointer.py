"""JSON pointers (RFC 6901): the names of places in a document."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Union

    Part = Union[str, int]


def escape(part: str) -> str:
    """One step of a pointer, with ``~`` and ``/`` escaped."""
    if "~" in part or "/" in part:
        return part.replace("~", "~0").replace("/", "~1")
    return part


def pointer(*parts: Part) -> str:
    """The pointer of a path: ``pointer("policies", 0, "id")`` is ``/policies/0/id``; no parts is the whole document."""
    return "".join("/" + escape(str(part)) for part in parts)


def parent(place: str) -> str:
    """The pointer one step up; the document is its own parent."""
    return place.rpartition("/")[0]


def is_within(place: str, roots: Iterable[str]) -> bool:
    """Whether a pointer is one of the roots or below one."""
    return any(place == root or place.startswith(root + "/") for root in roots)
