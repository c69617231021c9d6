"""Plain data of a known shape: each function gives the value back or raises `ValueError` with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    T = TypeVar("T")


def record(value: Any, keys: Sequence[str], place: str) -> dict[str, Any]:
    """An object with exactly these keys."""
    if not isinstance(value, dict) or set(value) != set(keys):
        raise ValueError(f"{place or 'top'}: expected an object with the keys {', '.join(keys)}")
    return value


def mapping(value: Any, place: str, item: Callable[[Any, str], T]) -> dict[str, T]:
    """An object whose values have one shape."""
    if not isinstance(value, dict):
        raise ValueError(f"{place}: expected an object")
    return {name: item(each, f"{place}/{name}") for name, each in value.items()}


def items(value: Any, place: str) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise ValueError(f"{place}: expected a list")
    return value


def pair(value: Any, place: str) -> tuple[Any, Any]:
    """A list of two."""
    first, second = (*items(value, place), None, None)[:2]
    if len(value) != 2:
        raise ValueError(f"{place}: expected two items")
    return first, second


def text(value: Any, place: str) -> str:
    """A text."""
    if not isinstance(value, str):
        raise ValueError(f"{place}: expected a text")
    return value


def texts(value: Any, place: str) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(text(item, place) for item in items(value, place))


def number(value: Any, place: str) -> int:
    """An integer."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{place}: expected an integer")
    return value


def flag(value: Any, place: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError(f"{place}: expected true or false")
    return value


def choice(value: Any, choices: Sequence[str], place: str) -> str:
    """One of some words."""
    found = text(value, place)
    if found not in choices:
        raise ValueError(f"{place}: {found!r:.40} is none of {', '.join(choices)}")
    return found
