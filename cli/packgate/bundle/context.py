"""What a bundle says of people, repositories, paths and hosts: its shape, and what several bundles say together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.bundle import shapes
from packgate.engine.surroundings import PARENTS, SECTIONS, Surroundings, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_OF_HOSTS = ("environment", "network")


def read_context(value: Any, place: str) -> dict[str, Any]:
    """Plain data for `Surroundings`. Raises `ValueError` for another form."""
    data = shapes.record(value, SECTIONS, place)
    return {
        "groups": {name: list(users) for name, users in shapes.mapping(data["groups"], f"{place}/groups", shapes.texts).items()},
        "repositories": _entries(data["repositories"], f"{place}/repositories", (*PARENTS, "paths")),
        "paths": _entries(data["paths"], f"{place}/paths", tuple(PARENTS)),
        "hosts": _entries(data["hosts"], f"{place}/hosts", _OF_HOSTS),
    }


def _entries(value: Any, place: str, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    found = []
    for index, item in enumerate(shapes.items(value, place)):
        at = f"{place}/{index}"
        if not isinstance(item, dict) or "match" not in item or not set(item) <= {"match", *keys}:
            raise ValueError(f"{at}: expected an object with match and some of {', '.join(keys)}")
        entry: dict[str, Any] = {name: shapes.text(item[name], f"{at}/{name}") for name in keys if name in item and name != "paths"}
        entry["match"] = list(shapes.texts(item["match"], f"{at}/match"))
        if "paths" in item:
            entry["paths"] = _entries(item["paths"], f"{at}/paths", tuple(PARENTS))
        found.append(entry)
    return found


def joined_context(said: Iterable[Mapping[str, Any] | None]) -> Surroundings | None:
    """What bundles say together, in their order; None when they say nothing."""
    known = [data for data in said if data is not None]
    return Surroundings(plain(known)) if known else None
