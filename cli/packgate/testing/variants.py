"""Cases that stand for several: one for every value of `each`."""

from __future__ import annotations

from typing import Any

PLACEHOLDER = "{each}"
_FILLED = ("command", "action", "context", "prompt")


def variants(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The cases, as plain data, that a case stands for: itself, or one a value of its `each` with ``{each}`` filled in."""
    values = case.get("each")
    if values is None:
        return [case]
    common = {key: value for key, value in case.items() if key != "each"}
    return [{**common, **{key: _filled(case[key], value) for key in _FILLED if key in case}} for value in values]


def _filled(data: Any, value: str) -> Any:
    if isinstance(data, str):
        return data.replace(PLACEHOLDER, value)
    if isinstance(data, list):
        return [_filled(item, value) for item in data]
    if isinstance(data, dict):
        return {key: _filled(item, value) for key, item in data.items()}
    return data
