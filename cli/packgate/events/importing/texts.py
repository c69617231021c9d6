"""Reading values of records whose shape is somebody else's: what is not as expected is absent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def text(data: Mapping[str, Any], key: str) -> str | None:
    """A text that is not empty."""
    value = data.get(key)
    return value if isinstance(value, str) and value else None


def mapping(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    """An object, empty when there is none."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def objects(data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of a list."""
    value = data.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def plain(value: Any) -> str:
    """The text of a message's content: a text, or a list of blocks."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(str(each.get("text")) for each in value if isinstance(each, dict) and isinstance(each.get("text"), str))
    return ""


def decoded(value: Any) -> Any:
    """A JSON value, or what a text holds as JSON; the text itself where it holds none."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
